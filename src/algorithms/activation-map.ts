// An activation of a whole tensor, by itself.
import activationKernels from '../../shaders/epilogue/activation_map_f32.wgsl?stored';
import type { BufferSlice } from '../gpu/command-stream.js';
import type { GpuContext } from '../gpu/context.js';
import type { ActivationSpec, FloatDType } from '../problem/index.js';
import { activationValues, epilogueOverrides } from './epilogue.js';
import { type RecordedSteps, recordedSteps } from './recorded-plan.js';
import { storageOf } from './storage.js';

/** What an activation is applied to. */
export interface ActivationProblem {
  readonly operator: 'activation';
  readonly activation: ActivationSpec;
  readonly dtype: FloatDType;
  /** Number of values. */
  readonly values: number;
  /** Channels, and values from one channel to the next; 1 and 1 unless each channel has a slope of its own. */
  readonly channels: number;
  readonly channelPitch: number;
}

/** The buffers of an activation. */
export interface ActivationBuffers {
  readonly input: BufferSlice;
  /** (channels) of (1, 0, slope, 0); not read, but bound, if the activation has no slope. */
  readonly terms: BufferSlice;
  readonly output: BufferSlice;
}

/** Compiles an activation. */
export async function planActivation(
  gpu: GpuContext,
  problem: ActivationProblem,
): Promise<RecordedSteps<ActivationBuffers>> {
  const kernel = activationKernels[storageOf(problem.dtype, gpu.capabilities)];
  const hasSlope = problem.activation.name === 'prelu';
  const { activation } = problem;
  const compiled = await gpu.pipelines.get(
    kernel,
    epilogueOverrides({ hasBias: false, hasScale: false, hasShift: false, hasSlope, hasResidual: false, activation }),
  );
  return recordedSteps(gpu, [
    {
      compiled,
      values: {
        values: problem.values,
        channels: problem.channels,
        channel_pitch: problem.channelPitch,
        ...activationValues(activation),
      },
      workgroups: Math.ceil(problem.values / (4 * kernel.workgroupSize[0])),
      // the bindings of filters and residual are not read
      slices: ({ input, terms, output }) => [input, terms, terms, input, output],
    },
  ]);
}
