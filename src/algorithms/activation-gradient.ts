// The gradient of an activation: the gradient of what it gave, multiplied with its derivative.
import gradientKernels from '../../shaders/backward/activation_gradient_f32.wgsl?stored';
import type { BufferSlice } from '../gpu/command-stream.js';
import type { GpuContext } from '../gpu/context.js';
import type { DerivativeSource } from '../problem/index.js';
import type { ActivationProblem } from './activation-map.js';
import { ACTIVATION_CODES } from './codes.js';
import { activationValues } from './epilogue.js';
import { type RecordedSteps, recordedSteps } from './recorded-plan.js';
import { storageOf } from './storage.js';

/** A gradient and the activation that it goes back through. */
export interface ActivationGradientProblem extends Omit<ActivationProblem, 'operator'> {
  readonly operator: 'activationGradient';
  /** What the derivative is computed from; the output only where it tells it (`outputTellsDerivative`). */
  readonly from: DerivativeSource;
}

/** The buffers of an activation's gradient. */
export interface ActivationGradientBuffers {
  /** dy; all buffers but the terms are of the same shape and stored type. */
  readonly gradient: BufferSlice;
  /** y or z, as `from` says. */
  readonly operand: BufferSlice;
  /** (channels) of (1, 0, slope, 0); needed by 'prelu' alone. */
  readonly terms: BufferSlice | undefined;
  /** dz; none of the others. */
  readonly output: BufferSlice;
}

/** Overrides of shaders/backward/derivative.wgsl. */
export function derivativeOverrides({
  activation,
  from,
}: Pick<ActivationGradientProblem, 'activation' | 'from'>): Readonly<Record<string, number>> {
  return { ACTIVATION: ACTIVATION_CODES[activation.name], FROM_OUTPUT: from === 'output' ? 1 : 0 };
}

/** Compiles the gradient of an activation. */
export async function planActivationGradient(
  gpu: GpuContext,
  problem: ActivationGradientProblem,
): Promise<RecordedSteps<ActivationGradientBuffers>> {
  const kernel = gradientKernels[storageOf(problem.dtype, gpu.capabilities)];
  const compiled = await gpu.pipelines.get(kernel, derivativeOverrides(problem));
  return recordedSteps(gpu, [
    {
      compiled,
      values: {
        values: problem.values,
        channels: problem.channels,
        channel_pitch: problem.channelPitch,
        ...activationValues(problem.activation),
      },
      workgroups: Math.ceil(problem.values / (4 * kernel.workgroupSize[0])),
      slices: ({ gradient, operand, terms, output }) => [gradient, output, operand, terms ?? operand],
    },
  ]);
}
