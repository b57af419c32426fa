// A tensor: a handle to values that lie on the GPU until somebody reads them. Tensors never change; the buffer behind one is
// counted, so that work recorded with it, and prepared convolutions that hold it, outlive its disposal.
import { InvalidArgumentError, InvalidTensorError } from './errors.js';
import type { PooledBuffer } from './gpu/buffer-pool.js';
import type { BufferSlice } from './gpu/command-stream.js';
import type { GpuContext } from './gpu/context.js';
import {
  type DType,
  describe,
  dtypeBytes,
  elementCount,
  type FloatDType,
  formatShape,
  fromHalfBits,
  type Shape,
  sameShape,
  type TensorLayout,
} from './problem/index.js';

/** The counted buffer behind a tensor. */
export class TensorStorage {
  readonly gpu: GpuContext;
  readonly slice: BufferSlice;
  /** Number of the oldest submission that the values depend on: that and what followed must not have been refused. */
  readonly oldest: number;
  readonly #pooled: PooledBuffer;
  #holders = 1;

  /** @param sources storages that the values are computed from by commands recorded now; none if they were uploaded. */
  constructor(gpu: GpuContext, pooled: PooledBuffer, bytes: number, sources: readonly TensorStorage[] = []) {
    this.gpu = gpu;
    const own = sources.length > 0 ? gpu.stream.current : Number.POSITIVE_INFINITY;
    this.oldest = Math.min(own, ...sources.map(({ oldest }) => oldest));
    this.#pooled = pooled;
    this.slice = { buffer: pooled.buffer, offsetBytes: 0, sizeBytes: bytes };
  }

  retain(): this {
    this.#holders++;
    return this;
  }

  release(): void {
    if (--this.#holders === 0) this.gpu.release(this.#pooled);
  }

  /** Destroys the buffer, whoever holds it: commands that refer to it, and are not submitted yet, will be refused. */
  discard(): void {
    this.gpu.discard(this.#pooled);
  }
}

let storageOf: (tensor: Tensor<DType>) => TensorStorage | undefined;

/** Values as they are read: numbers as f32 whatever they are stored as, indices as u32. */
export type TensorValues<D extends DType> = D extends 'uint32' ? Uint32Array : Float32Array;

/**
 * Values on the GPU, dense, in row-major order of `shape`. Made by an engine; immutable. A plain `Tensor` holds numbers, stored as
 * f32 or f16; a `Tensor<'uint32'>` holds indices.
 */
export class Tensor<D extends DType = FloatDType> {
  /** Sizes of the axes, outermost first. */
  readonly shape: Shape;
  /** How the values are stored. */
  readonly dtype: D;
  /** What the axes mean, if known: outputs carry the layout of their input. */
  readonly layout: TensorLayout | undefined;
  #storage: TensorStorage | undefined;

  static {
    storageOf = (tensor) => tensor.#storage;
  }

  private constructor(shape: Shape, layout: TensorLayout | undefined, dtype: D, storage: TensorStorage) {
    this.shape = shape;
    this.layout = layout;
    this.dtype = dtype;
    this.#storage = storage;
  }

  /** @internal */
  static create<D extends DType>(
    shape: Shape,
    layout: TensorLayout | undefined,
    dtype: D,
    storage: TensorStorage,
  ): Tensor<D> {
    return new Tensor(shape, layout, dtype, storage);
  }

  /** Number of elements. */
  get size(): number {
    return elementCount(this.shape);
  }

  /** Bytes of its values. */
  get byteLength(): number {
    return dtypeBytes(this.dtype) * this.size;
  }

  /** True after `dispose()`. */
  get disposed(): boolean {
    return this.#storage === undefined;
  }

  /**
   * Copies the values to the CPU: numbers as Float32Array also where they are stored as halves, indices as Uint32Array. Reads that are started together share one submission:
   * `await Promise.all([a.read(), b.read()])`.
   * @throws InvalidTensorError if the tensor was disposed; DeviceLostError; OutOfMemoryError or KernelError if the device
   * refused commands that the values may depend on.
   */
  async read(): Promise<TensorValues<D>> {
    const storage = this.#storage;
    if (!storage) throw new InvalidTensorError(`read: the tensor ${formatShape(this.shape)} was disposed.`);
    const { buffer, sizeBytes } = storage.slice;
    const bytes = await storage.gpu.download(buffer, sizeBytes, storage.oldest, 'read');
    const values = {
      float32: () => new Float32Array(bytes),
      float16: () => fromHalfBits(new Uint16Array(bytes, 0, this.size)),
      uint32: () => new Uint32Array(bytes),
    }[this.dtype as DType]();
    return values as TensorValues<D>;
  }

  /** Gives the memory back to the engine. Work that was recorded with the tensor is still done. Twice is once. */
  dispose(): void {
    this.#storage?.release();
    this.#storage = undefined;
  }

  /** As {@link Tensor.dispose}: `using y = await engine.conv2d(…)`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** Another handle of the same values, to be disposed by itself; the tensor itself if it was disposed. */
export function aliasOf<D extends DType>(tensor: Tensor<D>): Tensor<D> {
  const storage = storageOf(tensor);
  return storage ? Tensor.create(tensor.shape, tensor.layout, tensor.dtype, storage.retain()) : tensor;
}

/** What a tensor is expected to be, in {@link useTensor}. */
export interface TensorExpectation {
  readonly shape?: Shape;
  readonly layout?: TensorLayout;
  readonly dtype?: DType;
}

/**
 * The storage of a tensor that a caller passed as `name`.
 * @throws InvalidArgumentError if it is no tensor.
 * @throws InvalidTensorError if it was disposed, belongs to another engine, or is not as expected.
 */
export function useTensor(
  gpu: GpuContext,
  action: string,
  name: string,
  tensor: unknown,
  expected: TensorExpectation = {},
): TensorStorage {
  if (!(tensor instanceof Tensor)) {
    throw new InvalidArgumentError(
      `${action}: ${name} must be a tensor, got ${describe(tensor)}. Make one with engine.tensor(values, shape).`,
    );
  }
  const shape = formatShape(tensor.shape);
  const storage = storageOf(tensor);
  if (!storage) throw new InvalidTensorError(`${action}: ${name}, the tensor ${shape}, was disposed.`);
  if (storage.gpu !== gpu) {
    throw new InvalidTensorError(
      `${action}: ${name}, the tensor ${shape}, belongs to another engine. Read it there and upload it here.`,
    );
  }
  if (expected.shape && !sameShape(tensor.shape, expected.shape)) {
    throw new InvalidTensorError(
      `${action}: ${name} has shape ${shape}, but ${formatShape(expected.shape)} was prepared.`,
    );
  }
  if (expected.layout && tensor.layout && tensor.layout !== expected.layout) {
    throw new InvalidTensorError(
      `${action}: ${name} has layout '${tensor.layout}', but '${expected.layout}' is expected. Pass a tensor of that layout, or set the layout option if the tensor's is meant.`,
    );
  }
  if (expected.dtype && tensor.dtype !== expected.dtype) {
    throw new InvalidTensorError(
      `${action}: ${name} is stored as ${tensor.dtype}, but ${expected.dtype} is expected. Upload it with that dtype.`,
    );
  }
  return storage;
}
