// What an algorithm would do for a problem, laid down before anything is compiled or allocated: the dispatches, their parameters
// and how much work each is. Pure data, so the planner can compare designs; compiling one makes it a plan.
import type { BufferSlice } from '../gpu/command-stream.js';
import type { GpuContext } from '../gpu/context.js';
import type { Kernel, UniformValues } from '../gpu/kernel.js';
import type { CompiledKernel } from '../gpu/pipeline-cache.js';
import type { ConvProblem } from '../problem/index.js';
import type { Algorithm, Plan, PlanLimits, RunBuffers } from './algorithm.js';
import { type PackBuffers, recordedPlan, type Step } from './recorded-plan.js';

/** A dispatch before it is compiled. */
export interface StepDesign<Operands> {
  readonly kernel: Kernel;
  /** All overrides that the kernel declares. */
  readonly overrides?: Readonly<Record<string, number>>;
  /** The kernel's parameter block. */
  readonly values: UniformValues;
  readonly workgroups: number;
  /** What is bound after the parameter block, in the order of the kernel's bindings. */
  readonly slices: (operands: Operands) => readonly BufferSlice[];
}

/** How much a dispatch has to do, for the planner's cost model. */
export interface Work {
  /** What sets the dispatch apart from others of its kernel, where they take different times for the same numbers. */
  readonly mode?: string | undefined;
  /** Invocations that compute something. */
  readonly invocations: number;
  /** How often the body of each loop of the kernel runs in one invocation: all rounds together, the outermost loop first. */
  readonly loops: readonly number[];
  /** Multiply-adds of all invocations, those of empty parts of tiles included. */
  readonly multiplyAdds: number;
  /** Bytes that come from memory or go there at least: each operand once. */
  readonly bytes: number;
}

/** A dispatch of a run. */
export interface RunStepDesign<Operands = RunBuffers> extends StepDesign<Operands> {
  readonly work: Work;
}

/** Outputs that a tile of a matrix product holds. */
export function tileSize({ constants }: Kernel): number {
  return constants.TILE_FILTERS! * constants.TILE_POSITIONS!;
}

/** All of a plan but its pipelines. */
export interface Design {
  /** Bytes that a run needs besides its operands; 0 if none. */
  readonly workspaceBytes: number;
  /** Bytes of the filter in the form that a run reads. */
  readonly packedFilterBytes: number;
  /** Bytes that packing needs besides; absent if none. */
  readonly scratchBytes?: number;
  /** Whether a run reads the filter as it lies: then packing copies it, besides what `pack` does. Absent: no. */
  readonly packsByCopy?: boolean;
  /** Number of bands that a run computes its outputs in, over all gathers. */
  readonly bands: number;
  readonly pack: readonly StepDesign<PackBuffers>[];
  readonly run: readonly RunStepDesign[];
}

/** How far the compilation of a plan is. */
export interface CompileProgress {
  /** Pipelines compiled. */
  readonly compiled: number;
  /** Pipelines that the plan has. */
  readonly pipelines: number;
}

/** Compiles a design: all its pipelines at the same time. */
export async function compileDesign(
  gpu: GpuContext,
  design: Design,
  names: Pick<Plan, 'problem' | 'algorithm' | 'variant' | 'errorGrowth'>,
  onProgress?: (progress: CompileProgress) => void,
): Promise<Plan> {
  const { workspaceBytes, packedFilterBytes, scratchBytes, packsByCopy, bands, pack, run } = design;
  const pipelines = new Map<string, Promise<CompiledKernel>>(); // each once, so that progress counts it once
  let compiled = 0;
  const pipelineOf = ({ kernel, overrides }: Pick<StepDesign<never>, 'kernel' | 'overrides'>) => {
    const key = `${kernel.name} ${JSON.stringify(overrides)}`;
    let pipeline = pipelines.get(key);
    if (!pipeline) {
      pipeline = gpu.pipelines.get(kernel, overrides);
      pipelines.set(key, pipeline);
    }
    return pipeline;
  };
  for (const step of [...pack, ...run]) pipelineOf(step);
  const report = () => onProgress?.({ compiled: ++compiled, pipelines: pipelines.size });
  await Promise.all([...pipelines.values()].map((pipeline) => pipeline.then(report)));
  const compile = <Operands>(steps: readonly StepDesign<Operands>[]) =>
    Promise.all(steps.map(async (step): Promise<Step<Operands>> => ({ ...step, compiled: await pipelineOf(step) })));
  const facts = { ...names, workspaceBytes, packedFilterBytes, bands };
  return recordedPlan(
    gpu,
    facts,
    { steps: await compile(pack), scratchBytes, isCopied: packsByCopy },
    await compile(run),
  );
}

/**
 * The plan of a problem by a variant of an algorithm.
 * @throws as {@link Algorithm.design}; KernelError if a kernel does not compile.
 */
export function planVariant(
  gpu: GpuContext,
  algorithm: Algorithm,
  problem: ConvProblem,
  variant: string,
  limits: PlanLimits,
): Promise<Plan> {
  const design = algorithm.design(problem, variant, limits);
  const errorGrowth = algorithm.errorGrowth?.(problem, variant) ?? 1;
  return compileDesign(gpu, design, { problem, algorithm: algorithm.name, variant, errorGrowth });
}
