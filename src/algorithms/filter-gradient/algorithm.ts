// What the rows of the table of filter gradients have in common: the buffers of a run, a design, and the plan that it is compiled to.
import type { BufferSlice, Recorder } from '../../gpu/command-stream.js';
import type { GpuContext } from '../../gpu/context.js';
import type { FilterGradientProblem } from '../../problem/filter-gradient.js';
import type { Algorithm } from '../algorithm.js';
import type { CompileProgress, RunStepDesign } from '../design.js';
import { recordedSteps, type Step } from '../recorded-plan.js';

/** The buffers of one run. Of a transposed convolution `input` is the gradient and `gradient` the input (FilterGradientProblem). */
export interface FilterGradientBuffers {
  readonly input: BufferSlice;
  readonly gradient: BufferSlice;
  /** An existing gradient to add to; absent if the problem adds none. */
  readonly earlier: BufferSlice | undefined;
  readonly output: BufferSlice;
  /** Operands laid out as matrices; absent if the design asks for none. */
  readonly matrices: BufferSlice | undefined;
  /** Sums of the parts in f32; absent if the design asks for none. A buffer of its own, since it is written while matrices are read. */
  readonly sums: BufferSlice | undefined;
}

/** A dispatch of a run. */
export type FilterGradientStep = RunStepDesign<FilterGradientBuffers>;

/** All of a plan but its pipelines. */
export interface FilterGradientDesign {
  /** Bytes of `matrices` and of `sums`; 0 if none. Together the workspace. */
  readonly matrixBytes: number;
  readonly sumBytes: number;
  /** Number of bands that positions are laid out in. */
  readonly bands: number;
  readonly run: readonly FilterGradientStep[];
}

/** A row of the table. */
export type FilterGradientAlgorithm = Algorithm<FilterGradientProblem, FilterGradientDesign>;

/** A compiled design. Holds no tensor, so any number of runs may share it. */
export interface FilterGradientPlan extends Pick<FilterGradientDesign, 'matrixBytes' | 'sumBytes' | 'bands'> {
  readonly problem: FilterGradientProblem;
  readonly algorithm: string;
  readonly variant: string;
  /** Records a run. */
  record(recorder: Recorder, buffers: FilterGradientBuffers): void;
  /** Gives the plan's parameter blocks back. */
  dispose(): void;
}

/** Compiles a design: all its pipelines at the same time. */
export async function compileFilterGradient(
  gpu: GpuContext,
  { matrixBytes, sumBytes, bands, run }: FilterGradientDesign,
  names: Pick<FilterGradientPlan, 'problem' | 'algorithm' | 'variant'>,
  onProgress?: (progress: CompileProgress) => void,
): Promise<FilterGradientPlan> {
  const keys = run.map(({ kernel, overrides }) => `${kernel.name} ${JSON.stringify(overrides)}`);
  const pipelines = new Set(keys).size; // each once, so that progress counts it once
  let compiled = 0;
  const steps = await Promise.all(
    run.map(async (step, index): Promise<Step<FilterGradientBuffers>> => {
      const pipeline = await gpu.pipelines.get(step.kernel, step.overrides);
      if (keys.indexOf(keys[index]!) === index) onProgress?.({ compiled: ++compiled, pipelines });
      return { ...step, compiled: pipeline };
    }),
  );
  const recorded = recordedSteps(gpu, steps);
  return { ...names, matrixBytes, sumBytes, bands, record: recorded.record, dispose: recorded.dispose };
}
