// The sums of a loss on the GPU, from the first step after they were read to the last before.
import { InvalidArgumentError } from '../errors.js';
import type { GpuContext } from '../gpu/context.js';
import { recordOutput } from '../operations/record.js';
import { type Tensor, TensorStorage, useTensor } from '../tensor.js';
import type { LossPlan } from './losses.js';

/** What sums come to. */
export interface LossMeans {
  readonly loss: number;
  /** Share of the rows whose largest logit was the target's; 0 where targets are no classes. */
  readonly right: number;
}

export class LossSums {
  readonly #gpu: GpuContext;
  readonly #plan: LossPlan;
  readonly #storage: TensorStorage;
  #steps = 0;
  /** Number of the oldest submission that the sums depend on. */
  #oldest = Number.POSITIVE_INFINITY;

  constructor(gpu: GpuContext, plan: LossPlan) {
    this.#gpu = gpu;
    this.#plan = plan;
    const bytes = 8 * plan.parts;
    this.#storage = new TensorStorage(gpu, gpu.acquire(bytes), bytes);
  }

  /** Records the loss of an output, and adds it. Returns its gradient. */
  record(output: Tensor, targets: TensorStorage): Tensor {
    const storage = useTensor(this.#gpu, 'loss', 'output', output);
    const { shape, layout } = output;
    const gradient = recordOutput(this.#gpu, 'record the loss', shape, layout, 'float32', [storage, targets], (slice) =>
      this.#plan.record(
        { output: storage.slice, targets: targets.slice, gradient: slice, sums: this.#storage.slice },
        this.#steps > 0,
      ),
    );
    this.#steps++;
    this.#oldest = Math.min(this.#oldest, useTensor(this.#gpu, 'loss', 'gradient', gradient).oldest);
    return gradient;
  }

  /** Reads the means since the last time, and begins anew. */
  async read(action: string): Promise<LossMeans> {
    const { parts, terms } = this.#plan;
    const count = this.#steps * terms;
    if (count === 0) {
      throw new InvalidArgumentError(`${action}: no step was taken since the loss was last read. Take one first.`);
    }
    const reading = this.#gpu.download(this.#storage.slice.buffer, 8 * parts, this.#oldest, action);
    this.#steps = 0;
    this.#oldest = Number.POSITIVE_INFINITY;
    const sums = new Float32Array(await reading);
    let [loss, right] = [0, 0];
    for (let part = 0; part < parts; part++) {
      loss += sums[2 * part]!;
      right += sums[2 * part + 1]!;
    }
    return { loss: loss / count, right: right / count };
  }

  dispose(): void {
    this.#storage.release();
  }
}
