// This engine: what the planner chooses, and each algorithm of the table that supports the shape. Every row has an engine
// of its own, so that its first call finds nothing compiled and its peak of memory is its own.
import { createEngine, type Engine, type PreparedConv, type Tensor } from 'webgpu-conv';
import { planningEngine } from '../runner/planning-engine.js';
import { PLANNED, PLANNED_NHWC } from '../runner/result.js';
import { type Operand, toNhwc } from '../shapes/operands.js';
import { geometryOf, problemOf } from '../shapes/shape.js';
import type { Competitor, Contender, Task } from './competitor.js';

class EngineContender implements Contender {
  readonly layout: 'nchw' | 'nhwc';
  readonly #engine: Engine;
  readonly #task: Task;
  readonly #input: Operand;
  readonly #inputs: Tensor[];
  readonly #filter: Tensor;
  #prepared: PreparedConv | undefined;
  #peakBytes: number | undefined;

  constructor(engine: Engine, task: Task) {
    const { input, filter } = task.operands;
    this.layout = task.variant === PLANNED_NHWC ? 'nhwc' : 'nchw';
    this.#engine = engine;
    this.#task = task;
    this.#input = this.layout === 'nhwc' ? toNhwc(input) : input;
    this.#inputs = [this.#upload()];
    this.#filter = engine.tensor(filter.data, filter.shape);
  }

  #upload(): Tensor {
    return this.#engine.tensor(this.#input.data, this.#input.shape, { layout: this.layout });
  }

  async prepare(): Promise<void> {
    const { shape, variant } = this.#task;
    const options = {
      ...geometryOf(shape),
      ...(variant === PLANNED || variant === PLANNED_NHWC ? {} : { algorithm: variant }),
      inputShape: this.#input.shape,
      inputLayout: this.layout,
      filter: this.#filter,
    };
    this.#prepared = await (shape.operator === 'conv'
      ? this.#engine.prepareConv2d(options)
      : this.#engine.prepareConvTranspose2d(options));
  }

  run(input: 0 | 1): void {
    this.#inputs[input] ??= this.#upload(); // the second one not before the peak is noted
    this.#prepared!.run(this.#inputs[input]!).dispose(); // which the engine does when the work is done
  }

  async wait(): Promise<void> {
    await this.#engine.finish();
    this.#peakBytes ??= this.#engine.memory().peakBytes;
  }

  async endToEnd(): Promise<Float32Array> {
    using x = this.#upload();
    using y = this.#prepared!.run(x);
    return await y.read();
  }

  errorGrowth(): number {
    return this.#prepared!.errorGrowth;
  }

  plan(): string {
    const { algorithm, variant } = this.#prepared!;
    return `${algorithm}/${variant}`;
  }

  peakBytes(): number {
    return this.#peakBytes!;
  }

  dispose(): void {
    this.#engine.dispose();
  }
}

export const competitor: Competitor = {
  async variants(shape) {
    const { algorithms } = (await planningEngine()).supports(problemOf(shape));
    return [
      PLANNED,
      PLANNED_NHWC,
      ...algorithms.filter(({ supported }) => supported).map(({ algorithm }) => algorithm),
    ];
  },
  async open(task) {
    return new EngineContender(await createEngine(), task);
  },
};
