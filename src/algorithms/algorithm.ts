// What an algorithm is: which problems it can compute, in which variants, with how much workspace, and how it records a run.

import type { Capabilities } from '../gpu/capabilities.js';
import type { BufferSlice, CommandStream, Recorder } from '../gpu/command-stream.js';
import type { ConvProblem } from '../problem/index.js';
import type { Design } from './design.js';

/** What a design has to keep to, and may use. */
export interface PlanLimits {
  /** Most bytes of workspace. */
  readonly workspaceLimitBytes: number;
  readonly device: Capabilities;
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
  /** By how much its rounding errors may exceed those of direct sums ({@link Algorithm.errorGrowth}); 1 if not at all. */
  readonly errorGrowth: number;
  /** Bytes that a run needs besides its operands; 0 if none. */
  readonly workspaceBytes: number;
  /** Bytes of the filter in the form that a run reads. */
  readonly packedFilterBytes: number;
  /** Number of bands that a run computes its outputs in, over all gathers: more than one where the workspace is small, or a cache is. */
  readonly bands: number;
  /** Records the packing of a filter, once for each filter. */
  pack(stream: CommandStream, filter: BufferSlice, packedFilter: BufferSlice): void;
  /** Records a run. */
  run(recorder: Recorder, buffers: RunBuffers): void;
  /** Gives the plan's parameter blocks back. */
  dispose(): void;
}

/** A row of the algorithm table; of another table with other problems and designs, where they are given. */
export interface Algorithm<Problem = ConvProblem, Made = Design> {
  readonly name: string;
  /** Names of its variants, each computing the same. */
  readonly variants: readonly string[];
  /** Why this algorithm, or one variant of it, cannot compute `problem`; undefined if it can. */
  unsupported(problem: Problem, variant?: string): string | undefined;
  /** Features of a device that a variant needs, besides those of how values are stored. Absent: none. */
  features?(variant: string): readonly string[];
  /** Lanes that every subgroup of the device must have at least for a variant. Absent: none. */
  lanes?(variant: string): number;
  /**
   * By how much the rounding errors of a variant may exceed those of summing the products directly: the error of an output is at most
   * this times the largest bound of a direct sum (src/reference/error-bound.ts) among the outputs in its neighbourhood, those that
   * a padding beyond the problem's would have included. Derived, not measured. Absent, and 1, where the products are summed directly.
   */
  errorGrowth?(problem: Problem, variant: string): number;
  /**
   * Lays down how a variant computes a problem that it supports. Compiles and allocates nothing.
   * @throws WorkspaceLimitError if the limits leave no room for the smallest step.
   * @throws UnsupportedProblemError if the device cannot bind so large a packed filter.
   */
  design(problem: Problem, variant: string, limits: PlanLimits): Made;
}
