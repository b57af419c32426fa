// A plan as a list of dispatches: those that pack the filter, and those of a run. Their parameter blocks lie in one buffer,
// written when the plan is made, so that a run writes nothing from the CPU.
import type { BufferSlice, Recorder } from '../gpu/command-stream.js';
import type { GpuContext } from '../gpu/context.js';
import type { UniformValues } from '../gpu/kernel.js';
import type { CompiledKernel } from '../gpu/pipeline-cache.js';
import type { Plan, RunBuffers } from './algorithm.js';

/** A dispatch of a plan. */
export interface Step<Operands> {
  readonly compiled: CompiledKernel;
  /** The kernel's parameter block. */
  readonly values: UniformValues;
  readonly workgroups: number;
  /** What is bound after the parameter block, in the order of the kernel's bindings. */
  readonly slices: (operands: Operands) => readonly BufferSlice[];
}

/** Dispatches with their parameter blocks uploaded. */
export interface RecordedSteps<Operands> {
  record(recorder: Recorder, operands: Operands): void;
  dispose(): void;
}

/** Records dispatches whose parameter blocks lie in `uniforms`. */
function recordSteps<Operands>(
  recorder: Recorder,
  steps: readonly Step<Operands>[],
  uniforms: readonly BufferSlice[],
  operands: Operands,
): void {
  for (const [index, { compiled, workgroups, slices }] of steps.entries()) {
    recorder.dispatch({ compiled, workgroups, slices: [uniforms[index]!, ...slices(operands)] });
  }
}

function uploadBlocks(gpu: GpuContext, steps: readonly Pick<Step<never>, 'compiled' | 'values'>[]) {
  return gpu.uploadUniforms(steps.map(({ compiled, values }) => ({ kernel: compiled.kernel, values })));
}

/** Uploads the parameter blocks of some dispatches. */
export function recordedSteps<Operands>(gpu: GpuContext, steps: readonly Step<Operands>[]): RecordedSteps<Operands> {
  const { pooled, slices } = uploadBlocks(gpu, steps);
  return {
    record: (recorder, operands) => recordSteps(recorder, steps, slices, operands),
    dispose: () => gpu.release(pooled),
  };
}

/** Facts about a plan that its user sees. */
export type PlanFacts = Pick<
  Plan,
  'problem' | 'algorithm' | 'variant' | 'errorGrowth' | 'workspaceBytes' | 'packedFilterBytes' | 'bands'
>;

/** Operands of a packing. */
export interface PackBuffers {
  readonly filter: BufferSlice;
  readonly packedFilter: BufferSlice;
  /** What lies between two dispatches of the packing; absent if the design asks for none. */
  readonly scratch?: BufferSlice | undefined;
}

/** A packing: its dispatches, the bytes that they need besides, and whether the filter is copied as it lies before them. */
export interface Packing {
  readonly steps: readonly Step<PackBuffers>[];
  readonly scratchBytes?: number | undefined;
  readonly isCopied?: boolean | undefined;
}

/** Makes a plan of steps. */
export function recordedPlan(
  gpu: GpuContext,
  facts: PlanFacts,
  { steps: pack, scratchBytes = 0, isCopied = false }: Packing,
  run: readonly Step<RunBuffers>[],
): Plan {
  const { pooled, slices } = uploadBlocks(gpu, [...pack, ...run]);
  const runSlices = slices.slice(pack.length);
  const scratchBuffer = scratchBytes > 0 ? gpu.acquire(scratchBytes) : undefined;
  const scratch = scratchBuffer && { buffer: scratchBuffer.buffer, offsetBytes: 0, sizeBytes: scratchBytes };
  return {
    ...facts,
    pack: (stream, filter, packedFilter) => {
      if (isCopied) stream.copy(filter, packedFilter);
      recordSteps(stream, pack, slices, { filter, packedFilter, scratch });
    },
    run: (recorder, buffers) => recordSteps(recorder, run, runSlices, buffers),
    dispose: () => {
      gpu.release(pooled);
      if (scratchBuffer) gpu.release(scratchBuffer);
    },
  };
}
