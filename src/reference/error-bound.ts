// How far an f32 result may be from the reference, derived instead of chosen. u = 2^-24 is the unit roundoff of f32.
//
// The sum. With D products summed in an output, and the bias, every order of summing them in f32, fused or not, satisfies
// componentwise
//     |ŝ − s| ≤ e₀ = (D + 2) · u · (|w| ∗ |x| + |b|),
// N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., equation (3.5), and for sums of any length S. M. Rump,
// C.-P. Jeannerod, Improved error bounds for inner products, BIT 2013; |w| ∗ |x| is the same convolution of the absolute
// values. Values below 2^-126 may be flushed to zero, once for each product and sum.
//
// The epilogue. Kernels compute ŝ · scale + offset + residual with offset = bias · scale + shift, each operation rounded or fused with
// the next. Operands given in float64 are rounded to f32 when they are stored. With the magnitudes of the terms, the roundings
// that each goes through (its own, the product's, the sums' after it) are at most 4 of |s · scale|, 6 of |bias · scale|, 4 of |shift|
// and 1 of |residual|, each u; so
//     |v̂ − v| ≤ |scale| · e₀ + 6 · u · ((|s| + e₀ + |b|) · |scale| + |shift| + |residual|).
// With a bias alone scale is 1, and its addition is one of the D + 2 roundings of e₀.
//
// The activation: activation-error.ts. Storing in half precision: half.ts. Where |w| ∗ |x| exceeds the largest f32, partial
// sums may overflow; this is not modelled.
import { type ConvOperator, type ConvProblem, convOutputShape, longestSum, type Rank } from '../problem/index.js';
import { activateValue } from './activation.js';
import { activationErrorBound, ROUNDOFF, SMALLEST_NORMAL } from './activation-error.js';
import { magnitudeSums, outputChannelOf, slopeOf, sumsOfProblem } from './conv.js';
import { type ExpectedResult, expectedInStorage } from './expected.js';
import {
  type ConvOperands,
  type ReferenceConvOptions,
  type ReferenceConvTransposeOptions,
  type ReferenceTensor,
  referenceConvProblem,
  storedOperands,
} from './operands.js';

/** How far sums without bias may be off: |ŝ − s| ≤ roundings · (2^-24 · magnitudes + 2^-126). */
export interface SumErrors {
  readonly magnitudes: Float64Array;
  /** One of them for the bias. */
  readonly roundings: number;
}

/** Those of sums that are computed directly, in any order. */
function directSumErrors(problem: ConvProblem, { input, filter }: ConvOperands): SumErrors {
  return { magnitudes: magnitudeSums(problem, input, filter), roundings: longestSum(problem) + 2 };
}

/**
 * What a problem ought to come to on a GPU, with the error bound of every value. Operands as for `convOfProblem`.
 * @param errorsOf errors of the sums by the algorithm in question, from the operands as they are stored.
 */
export function expectedOfProblem(
  problem: ConvProblem,
  given: ConvOperands,
  errorsOf: (problem: ConvProblem, operands: ConvOperands) => SumErrors = directSumErrors,
): ExpectedResult {
  const operands = storedOperands(problem, given);
  const { input, filter, bias, scale, shift, residual } = operands;
  const { activation } = problem.epilogue;
  const data = sumsOfProblem(problem, input, filter);
  const { magnitudes: bound, roundings } = errorsOf(problem, operands);
  const isScaled = scale !== undefined || shift !== undefined || residual !== undefined;
  const channelOf = outputChannelOf(problem);
  for (let index = 0; index < data.length; index++) {
    const k = channelOf(index);
    const [b, c, h, r] = [bias?.[k] ?? 0, scale?.[k] ?? 1, shift?.[k] ?? 0, residual?.[index] ?? 0];
    const sum = data[index]!;
    const value = (sum + b) * c + h + r;
    let error = roundings * (ROUNDOFF * (bound[index]! + Math.abs(b)) + SMALLEST_NORMAL);
    if (isScaled) {
      const terms = (Math.abs(sum) + error + Math.abs(b)) * Math.abs(c) + Math.abs(h) + Math.abs(r);
      error = Math.abs(c) * error + 6 * ROUNDOFF * terms + 8 * SMALLEST_NORMAL * (1 + Math.abs(c));
    }
    const slope = slopeOf(operands, k);
    data[index] = activateValue(activation, value, slope);
    bound[index] = activationErrorBound(activation, value, error, slope);
  }
  return expectedInStorage(data, bound, convOutputShape(problem), problem.dtype);
}

function expected(
  operator: ConvOperator,
  rank: Rank,
  input: ReferenceTensor,
  filter: ReferenceTensor,
  options: ReferenceConvOptions | ReferenceConvTransposeOptions,
): ExpectedResult {
  const { problem, operands } = referenceConvProblem(operator, rank, input, filter, options);
  return expectedOfProblem(problem, operands);
}

/** The result of the reference's conv1d with the error bound of every value. @throws as the reference's conv1d. */
export function expectedConv1d(
  input: ReferenceTensor,
  filter: ReferenceTensor,
  options: ReferenceConvOptions<1> = {},
): ExpectedResult {
  return expected('conv', 1, input, filter, options);
}

/**
 * The result of the reference's conv2d with the error bound of every value: how far an f32 computation may be from it, in whatever order it
 * sums. With `dtype: 'float16'` the values are rounded to half precision, and the bounds are those of values stored in it.
 * @throws as the reference's conv2d.
 */
export function expectedConv2d(
  input: ReferenceTensor,
  filter: ReferenceTensor,
  options: ReferenceConvOptions<2> = {},
): ExpectedResult {
  return expected('conv', 2, input, filter, options);
}

/** The result of the reference's conv3d with the error bound of every value. @throws as the reference's conv3d. */
export function expectedConv3d(
  input: ReferenceTensor,
  filter: ReferenceTensor,
  options: ReferenceConvOptions<3> = {},
): ExpectedResult {
  return expected('conv', 3, input, filter, options);
}

/** The result of convTranspose1d with the error bound of every value. @throws as the reference's convTranspose1d. */
export function expectedConvTranspose1d(
  input: ReferenceTensor,
  filter: ReferenceTensor,
  options: ReferenceConvTransposeOptions<1> = {},
): ExpectedResult {
  return expected('convTranspose', 1, input, filter, options);
}

/** The result of convTranspose2d with the error bound of every value. @throws as the reference's convTranspose2d. */
export function expectedConvTranspose2d(
  input: ReferenceTensor,
  filter: ReferenceTensor,
  options: ReferenceConvTransposeOptions<2> = {},
): ExpectedResult {
  return expected('convTranspose', 2, input, filter, options);
}

/** The result of convTranspose3d with the error bound of every value. @throws as the reference's convTranspose3d. */
export function expectedConvTranspose3d(
  input: ReferenceTensor,
  filter: ReferenceTensor,
  options: ReferenceConvTransposeOptions<3> = {},
): ExpectedResult {
  return expected('convTranspose', 3, input, filter, options);
}
