// Recording a plan on the engine's stream: the packing of a filter, and a run from tensors to a tensor. Whatever is taken for
// it is given back on every way out.
import type { Plan, RunBuffers } from './algorithms/algorithm.js';
import type { PooledBuffer } from './gpu/buffer-pool.js';
import type { BufferSlice } from './gpu/command-stream.js';
import type { GpuContext } from './gpu/context.js';
import { conv2dOutputShape, elementCount } from './problem/index.js';
import { Tensor, TensorStorage } from './tensor.js';

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

/** Records a run of a plan on the engine's stream; the workspace is borrowed for it. Returns the output. */
export function recordRun(
  gpu: GpuContext,
  plan: Plan,
  { input, packedFilter, bias }: { input: TensorStorage; packedFilter: TensorStorage; bias: TensorStorage | undefined },
): Tensor {
  const shape = Object.freeze(conv2dOutputShape(plan.problem));
  const bytes = 4 * elementCount(shape);
  const workspace = plan.workspaceBytes > 0 ? gpu.acquire(plan.workspaceBytes) : undefined;
  let output: TensorStorage | undefined;
  try {
    output = new TensorStorage(
      gpu,
      gpu.acquire(bytes),
      bytes,
      bias ? [input, packedFilter, bias] : [input, packedFilter],
    );
    const buffers: RunBuffers = {
      input: input.slice,
      packedFilter: packedFilter.slice,
      bias: bias?.slice,
      output: output.slice,
      workspace: workspace && wholeSlice(workspace, plan.workspaceBytes),
    };
    gpu.faults.guard('record the convolution', () => plan.run(gpu.stream, buffers));
    return Tensor.create(shape, plan.problem.inputLayout, output);
  } catch (error) {
    output?.release();
    throw error;
  } finally {
    if (workspace) gpu.release(workspace);
  }
}

/** The first `sizeBytes` of a buffer. */
export function wholeSlice({ buffer }: PooledBuffer, sizeBytes: number): BufferSlice {
  return { buffer, offsetBytes: 0, sizeBytes };
}
