// Recording a plan on the engine's stream: the packing of a filter, and a run from tensors to a tensor. Whatever is taken for
// it is given back on every way out.
import type { Plan, RunBuffers } from '../algorithms/algorithm.js';
import type { PooledBuffer } from '../gpu/buffer-pool.js';
import type { BufferSlice } from '../gpu/command-stream.js';
import type { GpuContext } from '../gpu/context.js';
import { convOutputShape, type DType, type Shape, storedBytes, type TensorLayout } from '../problem/index.js';
import { Tensor, TensorStorage } from '../tensor.js';

/** Records the packing of a filter. Returns the packed filter. */
export function recordPack(gpu: GpuContext, plan: Plan, filter: TensorStorage): TensorStorage {
  const bytes = plan.packedFilterBytes;
  const packed = new TensorStorage(gpu, gpu.acquire(bytes), bytes, [filter]);
  try {
    gpu.faults.guard('pack the filter', () => plan.pack(gpu.stream, filter.slice, packed.slice));
    return packed;
  } catch (error) {
    packed.release();
    throw error;
  }
}

/** Storages of one run. */
export interface RunStorages {
  readonly input: TensorStorage;
  readonly packedFilter: TensorStorage;
  readonly terms: TensorStorage | undefined;
  readonly residual: TensorStorage | undefined;
}

/** Records a run of a plan on the engine's stream; the workspace is borrowed for it. Returns the output. */
export function recordRun(gpu: GpuContext, plan: Plan, storages: RunStorages): Tensor {
  const { problem, workspaceBytes } = plan;
  const { input, packedFilter, terms, residual } = storages;
  const workspace = workspaceBytes > 0 ? gpu.acquire(workspaceBytes) : undefined;
  try {
    const sources = [input, packedFilter, terms, residual].filter((storage) => storage !== undefined);
    const shape = convOutputShape(problem);
    return recordOutput(gpu, 'record the convolution', shape, problem.inputLayout, problem.dtype, sources, (output) => {
      const buffers: RunBuffers = {
        input: input.slice,
        packedFilter: packedFilter.slice,
        terms: terms?.slice,
        residual: residual?.slice,
        output,
        workspace: workspace && wholeSlice(workspace, workspaceBytes),
      };
      plan.run(gpu.stream, buffers);
    });
  } finally {
    if (workspace) gpu.release(workspace);
  }
}

/** Makes a tensor whose values commands compute that `record` records, from `sources`. */
export function recordOutput<D extends DType>(
  gpu: GpuContext,
  step: string,
  shape: Shape,
  layout: TensorLayout | undefined,
  dtype: D,
  sources: readonly TensorStorage[],
  record: (output: BufferSlice) => void,
): Tensor<D> {
  const bytes = storedBytes(shape, dtype);
  const output = new TensorStorage(gpu, gpu.acquire(bytes), bytes, sources);
  try {
    gpu.faults.guard(step, () => record(output.slice));
    return Tensor.create(Object.freeze(shape), layout, dtype, output);
  } catch (error) {
    output.release();
    throw error;
  }
}

/** The first `sizeBytes` of a buffer. */
export function wholeSlice({ buffer }: PooledBuffer, sizeBytes: number): BufferSlice {
  return { buffer, offsetBytes: 0, sizeBytes };
}
