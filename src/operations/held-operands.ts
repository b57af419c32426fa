// What a call keeps hold of while it waits for pipelines, and its channel terms on their way to the kernels.
import { foldTerms, planTerms, type TermSlices } from '../algorithms/channel-terms.js';
import type { RecordedSteps } from '../algorithms/recorded-plan.js';
import type { BufferSlice } from '../gpu/command-stream.js';
import type { GpuContext } from '../gpu/context.js';
import { CHANNEL_TERMS, type ChannelTerm, type FloatDType } from '../problem/index.js';
import { TensorStorage } from '../tensor.js';
import type { ChannelTerms } from './conv-options.js';

type Held = Float32Array | { readonly storage: TensorStorage; readonly dtype: FloatDType };
type Folding = RecordedSteps<{ readonly terms: TermSlices; readonly folded: BufferSlice }>;

/** Operands of a call that stay as they are until its commands are recorded, whatever the caller does meanwhile. */
export class HeldOperands {
  readonly #gpu: GpuContext;
  readonly #channels: number;
  readonly #slopes: number;
  readonly #terms: ReadonlyMap<ChannelTerm, Held>;
  readonly #held: TensorStorage[] = [];
  #folding: Folding | undefined;

  constructor(
    gpu: GpuContext,
    { channels, slopes, terms }: ChannelTerms,
    storages: readonly (TensorStorage | undefined)[],
  ) {
    this.#gpu = gpu;
    this.#channels = channels;
    this.#slopes = slopes;
    const held = new Map<ChannelTerm, Held>();
    for (const term of CHANNEL_TERMS) {
      const operand = terms[term];
      if (operand === undefined) continue;
      held.set(term, 'storage' in operand ? operand : Float32Array.from(operand));
      if ('storage' in operand) this.#held.push(operand.storage.retain());
    }
    this.#terms = held;
    for (const storage of storages) if (storage) this.#held.push(storage.retain());
  }

  /** Compiles what folds the terms, where one of them lies on the GPU. */
  async prepare(): Promise<void> {
    if (![...this.#terms.values()].some((term) => 'storage' in term)) return;
    const dtypes = Object.fromEntries(
      [...this.#terms].map(([term, held]) => [term, 'storage' in held ? held.dtype : 'float32']),
    );
    this.#folding = await planTerms(this.#gpu, this.#channels, this.#slopes, dtypes);
  }

  /** The folded terms, recorded or uploaded now; undefined if there are none. Released with the other operands. */
  recordTerms(): TensorStorage | undefined {
    const gpu = this.#gpu;
    if (this.#terms.size === 0) return undefined;
    if (!this.#folding) {
      const values = Object.fromEntries(this.#terms) as Partial<Record<ChannelTerm, Float32Array>>;
      return this.#hold(this.#upload(foldTerms(this.#channels, values)));
    }
    const folding = this.#folding;
    const storages = [...this.#terms].map(([term, held]): [ChannelTerm, TensorStorage] => [
      term,
      'storage' in held ? held.storage : this.#hold(this.#upload(held)),
    ]);
    const bytes = 16 * this.#channels;
    const sources = storages.map(([, storage]) => storage);
    const folded = this.#hold(new TensorStorage(gpu, gpu.acquire(bytes), bytes, sources));
    const terms = Object.fromEntries(storages.map(([term, { slice }]) => [term, slice]));
    gpu.faults.guard('fold the epilogue', () => folding.record(gpu.stream, { terms, folded: folded.slice }));
    return folded;
  }

  #upload(values: Float32Array): TensorStorage {
    return new TensorStorage(this.#gpu, this.#gpu.upload('storage', values), values.byteLength);
  }

  #hold(storage: TensorStorage): TensorStorage {
    this.#held.push(storage);
    return storage;
  }

  release(): void {
    this.#folding?.dispose();
    for (const storage of this.#held) storage.release();
  }
}
