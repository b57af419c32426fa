// Buffers that a measurement needs, filled with random values and given back together.
import { foldTerms } from '../algorithms/channel-terms.js';
import type { PooledBuffer } from '../gpu/buffer-pool.js';
import type { BufferSlice } from '../gpu/command-stream.js';
import type { GpuContext } from '../gpu/context.js';
import {
  axisPitches,
  type ConvProblem,
  convFilterShape,
  elementCount,
  type FloatDType,
  hasChannelTerms,
  type Shape,
  storedBytes,
  toHalfBits,
} from '../problem/index.js';

/** Values between −1 and 1 that look random (a linear congruential generator, D. Knuth's constants), the same for the same seed. */
export function scratchValues(count: number, seed: number): Float32Array<ArrayBuffer> {
  let state = seed >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Values for a filter; products of columns and rows, where the problem says that its filter is of that kind. */
export function scratchFilter(problem: ConvProblem, seed: number): Float32Array<ArrayBuffer> {
  const shape = convFilterShape(problem);
  const values = scratchValues(elementCount(shape), seed);
  if (!problem.filterIsSeparable) return values;
  const { o, h, w } = axisPitches(shape, problem.filterLayout);
  const [rows, columns] = problem.axes.map(({ filterSize }) => filterSize) as [number, number];
  for (let filter = 0; filter < problem.outputChannels; filter++) {
    const factors = scratchValues(rows + columns, seed + filter);
    for (let r = 0; r < rows; r++) {
      for (let s = 0; s < columns; s++) values[filter * o + r * h + s * w] = factors[r]! * factors[rows + s]!;
    }
  }
  return values;
}

export class Scratch {
  readonly #gpu: GpuContext;
  readonly #taken: PooledBuffer[] = [];

  constructor(gpu: GpuContext) {
    this.#gpu = gpu;
  }

  /** A buffer of values, stored as a tensor would be. */
  upload(values: Float32Array, dtype: FloatDType): BufferSlice {
    const sizeBytes = storedBytes([values.length], dtype);
    const bits = new Uint8Array(sizeBytes);
    const data = dtype === 'float16' ? toHalfBits(values) : values;
    bits.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return this.#take(this.#gpu.upload('storage', bits), sizeBytes);
  }

  /** A tensor of random values. */
  tensor(shape: Shape, dtype: FloatDType): BufferSlice {
    return this.upload(scratchValues(elementCount(shape), 1), dtype);
  }

  /** Room for a tensor. */
  space(shape: Shape, dtype: FloatDType): BufferSlice {
    return this.bytes(storedBytes(shape, dtype));
  }

  /** Folded terms of an epilogue that change nothing much; undefined if it has none. */
  terms({ epilogue, outputChannels }: ConvProblem): BufferSlice | undefined {
    if (!hasChannelTerms(epilogue)) return undefined;
    const bias = scratchValues(outputChannels, 2);
    return this.upload(foldTerms(outputChannels, { bias, slope: [0.25] }), 'float32');
  }

  bytes(sizeBytes: number): BufferSlice {
    return this.#take(this.#gpu.acquire(sizeBytes), sizeBytes);
  }

  #take(pooled: PooledBuffer, sizeBytes: number): BufferSlice {
    this.#taken.push(pooled);
    return { buffer: pooled.buffer, offsetBytes: 0, sizeBytes };
  }

  release(): void {
    for (const pooled of this.#taken) this.#gpu.release(pooled);
    this.#taken.length = 0;
  }
}
