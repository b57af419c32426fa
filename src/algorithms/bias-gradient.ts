// The gradient of a bias: for each channel the sum of its gradients. Parts of a channel are summed first, by as many invocations as keep a device
// busy, then the parts; always in the same order, so that runs are the same bit for bit.
import partsKernels from '../../shaders/backward/bias_parts_f32.wgsl?stored';
import sumKernels from '../../shaders/backward/bias_sum_f32.wgsl?stored';
import type { BufferSlice } from '../gpu/command-stream.js';
import type { GpuContext } from '../gpu/context.js';
import { type ActivationSpec, type DerivativeSource, type FloatDType, NO_ACTIVATION } from '../problem/index.js';
import { derivativeOverrides } from './activation-gradient.js';
import { activationValues } from './epilogue.js';
import { type RecordedSteps, recordedSteps, type Step } from './recorded-plan.js';
import { storageOf } from './storage.js';

/** A gradient whose channels are summed. */
export interface BiasGradientProblem {
  readonly operator: 'biasGradient';
  readonly dtype: FloatDType;
  readonly channels: number;
  /** Stretches of elements of a channel, and their length: images and the positions of one, or one stretch of all where channels come last. */
  readonly images: number;
  readonly positions: number;
  readonly channelsLast: boolean;
  /** The activation that the gradient goes back through first, with one slope or one for each channel. */
  readonly derivative:
    | { readonly activation: ActivationSpec; readonly from: DerivativeSource; readonly slopes: number }
    | undefined;
  /** Whether an existing gradient is added. */
  readonly accumulate: boolean;
}

/** The buffers of a bias's gradient. */
export interface BiasGradientBuffers {
  readonly gradient: BufferSlice;
  /** What the activation's derivative is computed from: as the gradient. */
  readonly operand: BufferSlice | undefined;
  /** (slopes) of (1, 0, slope, 0); of 'prelu'. */
  readonly terms: BufferSlice | undefined;
  /** (K), stored as the output. */
  readonly accumulate: BufferSlice | undefined;
  /** One buffer for the sums of each step but the last. */
  readonly workspaces: readonly BufferSlice[];
  /** (K) */
  readonly output: BufferSlice;
}

/** A compiled gradient of a bias. */
export interface BiasGradientPlan extends RecordedSteps<BiasGradientBuffers> {
  readonly problem: BiasGradientProblem;
  /** Bytes of each workspace. */
  readonly workspaceBytes: readonly number[];
}

/** Fewest values that an invocation adds: fewer would write nearly as much as they read. */
const LEAST_VALUES = 64;
/** Most parts that the last step, one invocation for four channels, adds one by one. */
const MOST_PARTS = 256;
/** So many invocations keep any device busy. */
const BUSY = 65_536;

/** Into how many parts each step but the last divides a channel of so many values. */
export function partsOf(values: number, channels: number): readonly number[] {
  const most = Math.max(MOST_PARTS, Math.ceil(BUSY / channels));
  const steps = [Math.min(Math.ceil(values / LEAST_VALUES), most)];
  while (steps.at(-1)! > MOST_PARTS) steps.push(Math.ceil(steps.at(-1)! / LEAST_VALUES));
  return steps;
}

/** Where values lie that are summed. */
interface Place {
  readonly images: number;
  readonly positions: number;
  readonly imagePitch: number;
  readonly channelPitch: number;
  readonly positionPitch: number;
}

/** Where sums lie in parts: (K, parts) or (parts, K). */
function placeOfParts({ channels, channelsLast }: BiasGradientProblem, parts: number): Place {
  const [channelPitch, positionPitch] = channelsLast ? [1, channels] : [parts, 1];
  return { images: 1, positions: parts, imagePitch: 0, channelPitch, positionPitch };
}

function partsValues(problem: BiasGradientProblem, place: Place, parts: number, activation: ActivationSpec) {
  const { images, positions, imagePitch, channelPitch, positionPitch } = place;
  return {
    sums: problem.channels * parts,
    channels: problem.channels,
    parts,
    quads: Math.ceil((images * positions) / (4 * parts)),
    images,
    positions,
    image_pitch: imagePitch,
    channel_pitch: channelPitch,
    position_pitch: positionPitch,
    slope_step: problem.derivative && problem.derivative.slopes > 1 ? 1 : 0,
    image_step: Math.floor((4 * parts) / positions),
    position_step: (4 * parts) % positions,
    ...activationValues(activation),
  };
}

/** Compiles the gradient of a bias. */
export async function planBiasGradient(gpu: GpuContext, problem: BiasGradientProblem): Promise<BiasGradientPlan> {
  const { channels, images, positions, channelsLast, dtype, derivative, accumulate } = problem;
  const storage = storageOf(dtype, gpu.capabilities);
  const NONE = { activation: NO_ACTIVATION, from: 'preActivation' } as const;
  const parts = partsOf(images * positions, channels);
  const order = { CHANNELS_LAST: channelsLast ? 1 : 0 };
  const [first, next, last] = await Promise.all([
    gpu.pipelines.get(partsKernels[storage], { ...order, ...derivativeOverrides(derivative ?? NONE) }),
    parts.length > 1 ? gpu.pipelines.get(partsKernels.float32, { ...order, ...derivativeOverrides(NONE) }) : undefined,
    gpu.pipelines.get(sumKernels[storage], { ACCUMULATE: accumulate ? 1 : 0 }),
  ]);
  const whole: Place = channelsLast
    ? { images: 1, positions: images * positions, imagePitch: 0, channelPitch: 1, positionPitch: channels }
    : { images, positions, imagePitch: channels * positions, channelPitch: positions, positionPitch: 1 };
  const steps = parts.map((count, index): Step<BiasGradientBuffers> => {
    const compiled = index === 0 ? first : next!;
    const place = index === 0 ? whole : placeOfParts(problem, parts[index - 1]!);
    const activation = (index === 0 && derivative?.activation) || NO_ACTIVATION;
    const values = partsValues(problem, place, count, activation);
    return {
      compiled,
      values,
      workgroups: Math.ceil(values.sums / compiled.kernel.workgroupSize[0]),
      slices: (buffers) => {
        const { gradient, operand, terms, workspaces } = buffers;
        if (index > 0) return [workspaces[index - 1]!, workspaces[index]!, gradient, gradient];
        return [gradient, workspaces[0]!, operand ?? gradient, terms ?? gradient];
      },
    };
  });
  const { channelPitch, positionPitch } = placeOfParts(problem, parts.at(-1)!);
  const { record, dispose } = recordedSteps(gpu, [
    ...steps,
    {
      compiled: last,
      values: { channels, parts: parts.at(-1)!, channel_pitch: channelPitch, part_pitch: positionPitch },
      workgroups: Math.ceil(channels / (4 * last.kernel.workgroupSize[0])),
      slices: ({ workspaces, accumulate: existing, output }) => {
        const sums = workspaces.at(-1)!;
        return [sums, output, existing ?? sums];
      },
    },
  ]);
  return { problem, workspaceBytes: parts.map((count) => 4 * channels * count), record, dispose };
}
