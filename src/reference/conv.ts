// The reference convolutions and transposed convolutions of every rank, written to be read: plain loops, float64. They share
// the geometry of src/problem with the GPU side, and no arithmetic.
import {
  axisPitches,
  type ConvOperator,
  type ConvProblem,
  convOutputShape,
  type PaddingContent,
  type Rank,
} from '../problem/index.js';
import { activateValue } from './activation.js';
import { convSums } from './conv-sums.js';
import {
  type ConvOperands,
  type ReferenceConvOptions,
  type ReferenceConvTransposeOptions,
  type ReferenceResult,
  type ReferenceTensor,
  referenceConvProblem,
  storedOperands,
} from './operands.js';
import { transposedSums } from './transposed-sums.js';

/** The sums of a problem, before its epilogue, in the layout of its output. */
export function sumsOfProblem(problem: ConvProblem, x: ArrayLike<number>, w: ArrayLike<number>): Float64Array {
  return problem.operator === 'conv' ? convSums(problem, x, w) : transposedSums(problem, x, w);
}

/** The sums of the magnitudes of the products whose sums `sumsOfProblem` makes. */
export function magnitudeSums(problem: ConvProblem, x: ArrayLike<number>, w: ArrayLike<number>): Float64Array {
  const paddingContent: PaddingContent = {
    ...problem.paddingContent,
    value: Math.abs(problem.paddingContent.value),
  };
  return sumsOfProblem({ ...problem, paddingContent }, magnitudes(x), magnitudes(w));
}

/** Absolute values, in the type that came: loops that see one type of array run at full speed. */
export function magnitudes(values: ArrayLike<number>): ArrayLike<number> {
  return values instanceof Float32Array ? values.map(Math.abs) : Float64Array.from(values, Math.abs);
}

/** The channel of an output, from its flat index. */
export function outputChannelOf(problem: ConvProblem): (index: number) => number {
  const { c: pitch } = axisPitches(convOutputShape(problem), problem.inputLayout);
  return (index) => Math.floor(index / pitch) % problem.outputChannels;
}

/** The slope of 'prelu' for an output channel; 0 where there is none. */
export function slopeOf({ slope }: Pick<ConvOperands, 'slope'>, channel: number): number {
  return slope === undefined ? 0 : slope[slope.length === 1 ? 0 : channel]!;
}

/**
 * Computes a problem. Each operand is given where the problem has it, in its layout; those stored in half precision are
 * rounded to it first. Returns the outputs in the layout of the problem's output, not rounded.
 */
export function convOfProblem(problem: ConvProblem, given: ConvOperands): Float64Array {
  const operands = storedOperands(problem, given);
  const { bias, scale, shift, residual } = operands;
  const y = sumsOfProblem(problem, operands.input, operands.filter);
  const channelOf = outputChannelOf(problem);
  for (let index = 0; index < y.length; index++) {
    const k = channelOf(index);
    const scaled = (y[index]! + (bias?.[k] ?? 0)) * (scale?.[k] ?? 1);
    const value = scaled + (shift?.[k] ?? 0) + (residual?.[index] ?? 0);
    y[index] = activateValue(problem.epilogue.activation, value, slopeOf(operands, k));
  }
  return y;
}

function computed(
  operator: ConvOperator,
  rank: Rank,
  input: ReferenceTensor,
  filter: ReferenceTensor,
  options: ReferenceConvOptions | ReferenceConvTransposeOptions,
): ReferenceResult {
  const { problem, operands } = referenceConvProblem(operator, rank, input, filter, options);
  return { data: convOfProblem(problem, operands), shape: convOutputShape(problem) };
}

/**
 * Convolves sequences on the CPU: {@link conv2d} with one spatial axis. Input (N, C, W) or (N, W, C), filter (K, C/G, S),
 * output (N, K, Q) or (N, Q, K).
 * @throws InvalidArgumentError as the engine's conv1d, and when data and shape do not agree.
 */
export function conv1d(
  input: ReferenceTensor,
  filter: ReferenceTensor,
  options: ReferenceConvOptions<1> = {},
): ReferenceResult {
  return computed('conv', 1, input, filter, options);
}

/**
 * Convolves images on the CPU. Input (N, C, H, W) or (N, H, W, C), filter (K, C/G, R, S), as the layouts say; output
 * (N, K, P, Q) or (N, P, Q, K). "Convolution" is cross-correlation, as in every deep-learning system, unless `flipFilter`
 * asks for the mathematician's:
 *
 *     sum[n, k, p, q] = Σ over c, r, s of x[n, c, p·stride + r·dilation − pad, q·stride + s·dilation − pad] · w[k, c, r, s]
 *     y = activation((sum + bias[k]) · scale[k] + shift[k] + residual)
 *
 * Computed in float64; results are not rounded, whatever the `dtype`.
 * @throws InvalidArgumentError as the engine's conv2d, and when data and shape do not agree.
 */
export function conv2d(
  input: ReferenceTensor,
  filter: ReferenceTensor,
  options: ReferenceConvOptions<2> = {},
): ReferenceResult {
  return computed('conv', 2, input, filter, options);
}

/**
 * Convolves volumes on the CPU: {@link conv2d} with three spatial axes. Input (N, C, D, H, W) or (N, D, H, W, C), filter
 * (K, C/G, T, R, S), output (N, K, O, P, Q) or (N, O, P, Q, K).
 * @throws InvalidArgumentError as the engine's conv3d, and when data and shape do not agree.
 */
export function conv3d(
  input: ReferenceTensor,
  filter: ReferenceTensor,
  options: ReferenceConvOptions<3> = {},
): ReferenceResult {
  return computed('conv', 3, input, filter, options);
}

/**
 * The transposed convolution of sequences: {@link convTranspose2d} with one spatial axis. Input (N, C, W) or (N, W, C),
 * filter (C, K/G, S).
 * @throws InvalidArgumentError as the engine's convTranspose1d, and when data and shape do not agree.
 */
export function convTranspose1d(
  input: ReferenceTensor,
  filter: ReferenceTensor,
  options: ReferenceConvTransposeOptions<1> = {},
): ReferenceResult {
  return computed('convTranspose', 1, input, filter, options);
}

/**
 * The transposed convolution of images: the adjoint of the convolution with the same filter, strides, dilations and padding.
 * Input (N, C, H, W) or (N, H, W, C), filter (C, K/G, R, S), as the layouts say; output (N, K, P, Q) or (N, P, Q, K), where
 * P = (H − 1)·stride + (R − 1)·dilation + 1 − padding + outputPadding. Every input and tap add to one output:
 *
 *     sum[n, k, h·stride + r·dilation − pad, v·stride + s·dilation − pad] += x[n, c, h, v] · w[c, k, r, s]
 *
 * The epilogue is that of {@link conv2d}.
 * @throws InvalidArgumentError as the engine's convTranspose2d, and when data and shape do not agree.
 */
export function convTranspose2d(
  input: ReferenceTensor,
  filter: ReferenceTensor,
  options: ReferenceConvTransposeOptions<2> = {},
): ReferenceResult {
  return computed('convTranspose', 2, input, filter, options);
}

/**
 * The transposed convolution of volumes: {@link convTranspose2d} with three spatial axes. Input (N, C, D, H, W) or
 * (N, D, H, W, C), filter (C, K/G, T, R, S).
 * @throws InvalidArgumentError as the engine's convTranspose3d, and when data and shape do not agree.
 */
export function convTranspose3d(
  input: ReferenceTensor,
  filter: ReferenceTensor,
  options: ReferenceConvTransposeOptions<3> = {},
): ReferenceResult {
  return computed('convTranspose', 3, input, filter, options);
}
