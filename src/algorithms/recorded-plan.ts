// A plan as a list of dispatches: one that packs the filter, and those of a run. Their parameter blocks lie in one buffer,
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

/** Facts about a plan that its user sees. */
export type PlanFacts = Pick<
  Plan,
  'problem' | 'algorithm' | 'variant' | 'workspaceBytes' | 'packedFilterBytes' | 'bands'
>;

/** Operands of a packing. */
export interface PackBuffers {
  readonly filter: BufferSlice;
  readonly packedFilter: BufferSlice;
}

/** Makes a plan of steps. */
export function recordedPlan(
  gpu: GpuContext,
  facts: PlanFacts,
  pack: Step<PackBuffers>,
  steps: readonly Step<RunBuffers>[],
): Plan {
  const { pooled, slices: uniforms } = gpu.uploadUniforms(
    [pack, ...steps].map(({ compiled, values }) => ({ kernel: compiled.kernel, values })),
  );
  const record = <T>(recorder: Recorder, step: Step<T>, uniform: BufferSlice, operands: T) => {
    const { compiled, workgroups } = step;
    recorder.dispatch({ compiled, workgroups, slices: [uniform, ...step.slices(operands)] });
  };
  return {
    ...facts,
    pack(recorder, filter, packedFilter) {
      record(recorder, pack, uniforms[0]!, { filter, packedFilter });
    },
    run(recorder, buffers) {
      for (const [index, step] of steps.entries()) record(recorder, step, uniforms[index + 1]!, buffers);
    },
    dispose() {
      gpu.release(pooled);
    },
  };
}
