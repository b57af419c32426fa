// The last part of a step: what an optimiser remembers of each parameter, and the dispatch that makes new values of gradient and old ones.

import type { PooledBuffer } from '../gpu/buffer-pool.js';
import type { BufferSlice } from '../gpu/command-stream.js';
import type { GpuContext } from '../gpu/context.js';
import type { CompiledKernel } from '../gpu/pipeline-cache.js';
import { recordOutput } from '../operations/record.js';
import { elementCount } from '../problem/index.js';
import { type Tensor, TensorStorage, useTensor } from '../tensor.js';
import type { Optimizer } from './optimizers.js';
import type { Parameters } from './parameters.js';

export class WeightUpdates {
  readonly #gpu: GpuContext;
  readonly #parameters: Parameters;
  readonly #optimizer: Optimizer;
  readonly #compiled: CompiledKernel;
  /** Of each parameter; updated in place, which nobody can see. */
  #moments: TensorStorage[][] = [];
  /** Of the parameters when the moments were 0. */
  #version = 0;
  #step = 0;
  #blocks: { readonly pooled: PooledBuffer; readonly slices: readonly BufferSlice[] } | undefined;

  constructor(gpu: GpuContext, parameters: Parameters, optimizer: Optimizer, compiled: CompiledKernel) {
    this.#gpu = gpu;
    this.#parameters = parameters;
    this.#optimizer = optimizer;
    this.#compiled = compiled;
    this.#restart();
  }

  /** Sets the moments to 0, for parameters that were set anew. */
  #restart(): void {
    const fresh: TensorStorage[][] = [];
    try {
      for (const { shape } of this.#parameters.specs) {
        const zeros = new Float32Array(elementCount(shape));
        const own: TensorStorage[] = [];
        fresh.push(own);
        for (let moment = 0; moment < this.#optimizer.moments; moment++) {
          own.push(new TensorStorage(this.#gpu, this.#gpu.upload('storage', zeros), zeros.byteLength));
        }
      }
    } catch (error) {
      for (const storage of fresh.flat()) storage.release();
      throw error;
    }
    this.#releaseMoments();
    this.#moments = fresh;
    this.#version = this.#parameters.version;
    this.#step = 0;
  }

  #releaseMoments(): void {
    for (const storage of this.#moments.flat()) storage.release();
    this.#moments = [];
  }

  /** Begins a step: writes its parameter blocks, before commands are recorded that a write would have to wait for. */
  begin(learningRate: number): void {
    if (this.#version !== this.#parameters.version) this.#restart();
    this.#step++;
    const { kernel } = this.#optimizer;
    this.#blocks = this.#gpu.uploadUniforms(
      this.#parameters.specs.map(({ shape }) => ({
        kernel,
        values: this.#optimizer.values(elementCount(shape), this.#step, learningRate),
      })),
    );
  }

  /** Records the updates of parameters from number `first` on, and disposes their gradients. */
  record(first: number, gradients: readonly Tensor[]): void {
    try {
      for (const [index, gradient] of gradients.entries()) this.#recordOne(first + index, gradient);
    } finally {
      for (const gradient of gradients) gradient.dispose();
    }
  }

  #recordOne(index: number, gradient: Tensor): void {
    const gpu = this.#gpu;
    const { shape, layout, size } = this.#parameters.tensors[index]!;
    const slope = useTensor(gpu, 'update', 'gradient', gradient);
    const before = useTensor(gpu, 'update', 'parameter', this.#parameters.tensors[index]);
    const moments = this.#moments[index]!.map(({ slice }) => slice);
    const after = recordOutput(gpu, 'update weights', shape, layout, 'float32', [slope, before], (output) =>
      gpu.stream.dispatch({
        compiled: this.#compiled,
        workgroups: Math.ceil(size / this.#optimizer.kernel.workgroupSize[0]),
        slices: [this.#blocks!.slices[index]!, slope.slice, before.slice, output, ...moments],
      }),
    );
    this.#parameters.replace(index, after);
  }

  /** Ends a step, also one that failed. */
  end(): void {
    if (this.#blocks) this.#gpu.release(this.#blocks.pooled);
    this.#blocks = undefined;
  }

  dispose(): void {
    this.#releaseMoments();
  }
}
