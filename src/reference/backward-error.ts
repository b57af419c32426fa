// How far the gradients of a convolution in f32 may be from the reference, derived as in error-bound.ts. u = 2^-24.
//
// The activation. dẑ = dy · activation′ is within δ of dz by activation-derivative-error.ts; where gradients are stored in half precision
// so is dẑ, and expected.ts tells what that makes of δ.
//
// The sum. A value of a gradient sums D products of dẑ and an operand w, and an existing gradient a that it is added to. In whatever order,
// in how many parts, and also where the images of an input in the padding are summed by themselves first, each product goes
// through its own rounding and at most D of sums, a through D: D + 2 are allowed, as there. So
//     |ĝ − g| ≤ Σ δ·|w| + (D + 2) · u · (Σ (|dz| + δ)·|w| + |a|),
// and values below 2^-126 may be flushed to zero, once for each product and sum. D is that of the value itself: products with
// the zeros between strides and in the padding are no roundings.
import { activationDerivative } from './activation-derivative.js';
import { derivedGradientErrorBound } from './activation-derivative-error.js';
import { ROUNDOFF, SMALLEST_NORMAL } from './activation-error.js';
import { gradientShape, gradientSums, slopesOf, type Wanted } from './backward.js';
import {
  type BackwardOperands,
  backwardOperands,
  type ReferenceConvBackwardFilterOptions,
  type ReferenceConvBackwardInputOptions,
} from './backward-operands.js';
import { productCounts } from './backward-sums.js';
import { magnitudes } from './conv.js';
import { type ExpectedResult, expectedInStorage } from './expected.js';
import type { ReferenceTensor } from './operands.js';

/** dz as it is stored, and how far from it each value may be. */
function expectedThroughActivation(operands: BackwardOperands): { data: Float64Array; bound: Float64Array } {
  const { problem, gradient, derivative } = operands;
  const data = Float64Array.from(gradient.data);
  const bound = new Float64Array(data.length);
  if (derivative === undefined) return { data, bound };
  const { from, tensor } = derivative;
  const { activation } = problem.epilogue;
  const slopeAt = slopesOf(operands);
  for (const [index, dy] of data.entries()) {
    const [value, slope] = [tensor.data[index]!, slopeAt(index)];
    data[index] = dy * activationDerivative(activation, from, value, slope);
    bound[index] = derivedGradientErrorBound(activation, from, dy, value, slope);
  }
  return expectedInStorage(data, bound, gradient.shape, problem.dtype);
}

/** What a gradient ought to come to on a GPU, with the error bound of every value. */
function expectedGradient(wanted: Wanted, operands: BackwardOperands): ExpectedResult {
  const { problem, other, accumulate } = operands;
  const dz = expectedThroughActivation(operands);
  const data = gradientSums(wanted, problem, dz.data, other);
  // sums of magnitudes: a constant in the padding counts with its own
  const content = { ...problem.paddingContent, value: Math.abs(problem.paddingContent.value) };
  const positive = { ...problem, paddingContent: content };
  const sizes = magnitudes(other);
  const largest = dz.data.map((value, index) => Math.abs(value) + dz.bound[index]!);
  const incoming = gradientSums(wanted, positive, dz.bound, sizes);
  const terms = gradientSums(wanted, positive, largest, sizes);
  const counts = productCounts(problem, wanted);
  const bound = incoming;
  for (let index = 0; index < data.length; index++) {
    const existing = accumulate?.[index] ?? 0;
    const roundings = counts[index]! + 2;
    data[index]! += existing;
    bound[index]! += roundings * (ROUNDOFF * (terms[index]! + Math.abs(existing)) + SMALLEST_NORMAL);
  }
  return expectedInStorage(data, bound, gradientShape(wanted, problem), problem.dtype);
}

/**
 * The result of the reference's convBackwardInput with the error bound of every value: how far an f32 computation may be from it, in whatever order
 * it sums. With `dtype: 'float16'` the values are rounded to half precision, and the bounds are those of values stored in it.
 * @throws as the reference's convBackwardInput.
 */
export function expectedConvBackwardInput(
  gradient: ReferenceTensor,
  filter: ReferenceTensor,
  options: ReferenceConvBackwardInputOptions,
): ExpectedResult {
  return expectedGradient('input', backwardOperands('input', gradient, filter, options));
}

/** The result of convBackwardFilter with the error bound of every value. @throws as the reference's convBackwardFilter. */
export function expectedConvBackwardFilter(
  input: ReferenceTensor,
  gradient: ReferenceTensor,
  options: ReferenceConvBackwardFilterOptions,
): ExpectedResult {
  return expectedGradient('filter', backwardOperands('filter', gradient, input, options));
}
