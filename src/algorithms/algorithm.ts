// What an algorithm is: which problems it can compute, in which variants, with how much workspace, and how it records a run.

import type { DeviceLimits } from '../gpu/capabilities.js';
import type { BufferSlice, Recorder } from '../gpu/command-stream.js';
import type { GpuContext } from '../gpu/context.js';
import type { ConvProblem } from '../problem/index.js';

/** Limits that a plan must keep, besides the device's. */
export interface PlanLimits {
  /** Most bytes of workspace. */
  readonly workspaceLimitBytes: number;
  readonly device: DeviceLimits;
}

/** The buffers of one run. Slices hold exactly the tensor, or the packed filter or workspace that the plan asked for. */
export interface RunBuffers {
  readonly input: BufferSlice;
  readonly packedFilter: BufferSlice;
  /** (K) of (scale, offset, slope, 0) in f32; absent if the epilogue has no terms. */
  readonly terms: BufferSlice | undefined;
  /** As the output; absent if the epilogue adds none. */
  readonly residual: BufferSlice | undefined;
  readonly output: BufferSlice;
  /** Absent if the plan asks for none. */
  readonly workspace: BufferSlice | undefined;
}

/** A compiled way of computing one problem. Holds no tensor, so any number of runs may share it. */
export interface Plan {
  readonly problem: ConvProblem;
  readonly algorithm: string;
  readonly variant: string;
  /** Bytes that a run needs besides its operands; 0 if none. */
  readonly workspaceBytes: number;
  /** Bytes of the filter in the form that a run reads. */
  readonly packedFilterBytes: number;
  /** Number of bands that a run computes its outputs in, over all gathers: more than one where the workspace is small, or a cache is. */
  readonly bands: number;
  /** Records the packing of a filter, once for each filter. */
  pack(recorder: Recorder, filter: BufferSlice, packedFilter: BufferSlice): void;
  /** Records a run. */
  run(recorder: Recorder, buffers: RunBuffers): void;
  /** Gives the plan's parameter blocks back. */
  dispose(): void;
}

/** A row of the algorithm table. */
export interface Algorithm {
  readonly name: string;
  /** Names of its variants, each computing the same. */
  readonly variants: readonly string[];
  /** Why this algorithm cannot compute `problem`, or undefined if it can. */
  unsupported(problem: ConvProblem): string | undefined;
  /** Whether it does such a problem well; one that does not is chosen only if no other supports the problem. */
  suits(problem: ConvProblem): boolean;
  /**
   * The variant that suits an adapter and problem best, without measuring; of those whose error growth is at most `mostGrowth`, where
   * there are any.
   */
  preferredVariant(problem: ConvProblem, isSoftware: boolean, mostGrowth: number): string;
  /**
   * By how much the rounding errors of a variant may exceed those of summing the products directly: the error of an output is at most
   * this times the largest bound of a direct sum (src/reference/error-bound.ts) among the outputs in its neighbourhood, those that
   * a padding beyond the problem's would have included. Derived, not measured. Absent, and 1, where the products are summed directly.
   */
  errorGrowth?(problem: ConvProblem, variant: string): number;
  /**
   * Compiles a plan.
   * @throws WorkspaceLimitError if the limits leave no room for the smallest step.
   */
  plan(gpu: GpuContext, problem: ConvProblem, variant: string, limits: PlanLimits): Promise<Plan>;
}
