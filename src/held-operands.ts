// What a call keeps hold of while it waits for pipelines.
import type { Conv2dCall } from './conv2d-options.js';
import type { GpuContext } from './gpu/context.js';
import { TensorStorage } from './tensor.js';

/** Operands of a call that stay as they are until its commands are recorded, whatever the caller does meanwhile. */
export class HeldOperands {
  readonly #bias: TensorStorage | Float32Array | undefined;
  readonly #held: TensorStorage[] = [];

  constructor({ input, filter, bias }: Conv2dCall) {
    this.#bias = bias === undefined || bias instanceof TensorStorage ? bias : Float32Array.from(bias);
    for (const storage of [input, filter, this.#bias]) {
      if (storage instanceof TensorStorage) this.#held.push(storage.retain());
    }
  }

  /** The bias as a storage, uploaded now if it was an array. */
  uploadBias(gpu: GpuContext): TensorStorage | undefined {
    if (!(this.#bias instanceof Float32Array)) return this.#bias;
    const uploaded = new TensorStorage(gpu, gpu.upload('storage', this.#bias), this.#bias.byteLength);
    this.#held.push(uploaded);
    return uploaded;
  }

  release(): void {
    for (const storage of this.#held) storage.release();
  }
}
