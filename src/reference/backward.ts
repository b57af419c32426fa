// The reference gradients of convolutions and transposed convolutions of every rank: plain loops, float64. They share the geometry of
// src/problem with the GPU side, and no arithmetic.
import { type ConvProblem, convFilterShape, convInputShape, type Shape } from '../problem/index.js';
import { activationDerivative } from './activation-derivative.js';
import {
  type BackwardOperands,
  backwardOperands,
  type ReferenceConvBackwardFilterOptions,
  type ReferenceConvBackwardInputOptions,
} from './backward-operands.js';
import { filterGradientSums, inputGradientSums } from './backward-sums.js';
import { outputChannelOf, slopeOf } from './conv.js';
import { type ReferenceResult, type ReferenceTensor, storedValues } from './operands.js';

/** What a gradient is of. */
export type Wanted = 'input' | 'filter';

/** Shape of the operand that a gradient is of, and so of the gradient. */
export function gradientShape(wanted: Wanted, problem: ConvProblem): Shape {
  return wanted === 'input' ? convInputShape(problem) : convFilterShape(problem);
}

/** The slope of 'prelu' of every output, by its flat index; 0 where there is none. */
export function slopesOf({ problem, slope }: BackwardOperands): (index: number) => number {
  const channelOf = outputChannelOf(problem);
  return (index) => slopeOf({ slope }, channelOf(index));
}

/** The gradient before the activation, as it is stored between: dz = dy · activation′(z). */
function throughActivation(operands: BackwardOperands): ArrayLike<number> {
  const { problem, gradient, derivative } = operands;
  if (derivative === undefined) return gradient.data;
  const { from, tensor } = derivative;
  const slopeAt = slopesOf(operands);
  const { activation } = problem.epilogue;
  const dz = Float64Array.from(
    gradient.data,
    (dy, index) => dy * activationDerivative(activation, from, tensor.data[index]!, slopeAt(index)),
  );
  return storedValues(dz, problem.dtype);
}

/** The sums of a gradient, from dz and the operand that it is not of. */
export function gradientSums(
  wanted: Wanted,
  problem: ConvProblem,
  dz: ArrayLike<number>,
  other: ArrayLike<number>,
): Float64Array {
  return wanted === 'input' ? inputGradientSums(problem, dz, other) : filterGradientSums(problem, other, dz);
}

function computed(wanted: Wanted, operands: BackwardOperands): ReferenceResult {
  const { problem, other, accumulate } = operands;
  const sums = gradientSums(wanted, problem, throughActivation(operands), other);
  return {
    data: accumulate ? sums.map((sum, index) => sum + accumulate[index]!) : sums,
    shape: gradientShape(wanted, problem),
  };
}

/**
 * The gradient of a loss with respect to the input of a convolution, from that with respect to its output, on the CPU. The rank is that of the
 * gradient. Gradient (N, K, P, Q) or (N, P, Q, K), filter (K, C/G, R, S), transposed (C, K/G, R, S), as the layouts say; result
 * of the shape `inputShape`: (N, C, H, W) or (N, H, W, C). Every product of the forward operator gives its input a share:
 *
 *     dz = dy · activation′(z)
 *     dx[n, c, h, v] = Σ over the products x[n, c, h, v] · w[k, c, r, s] in outputs (p, q) of dz[n, k, p, q] · w[k, c, r, s], + accumulate
 *
 * so that with a padding mode an input has the shares of all its images in the padding. Computed in float64; results are not rounded,
 * whatever the `dtype`; dz is, which is stored between.
 * @throws InvalidArgumentError as the engine's convBackwardInput, and when data and shape do not agree.
 */
export function convBackwardInput(
  gradient: ReferenceTensor,
  filter: ReferenceTensor,
  options: ReferenceConvBackwardInputOptions,
): ReferenceResult {
  return computed('input', backwardOperands('input', gradient, filter, options));
}

/**
 * The gradient of a loss with respect to the filter of a convolution, from that with respect to its output, on the CPU. The rank is that of the
 * gradient. Input (N, C, H, W) or (N, H, W, C), gradient (N, K, P, Q) or (N, P, Q, K), as the layout says; result of the shape
 * `filterShape`: (K, C/G, R, S), transposed (C, K/G, R, S), or as the filter layout says. Every product of the forward operator gives its
 * weight a share, with what lies in the padding, too:
 *
 *     dz = dy · activation′(z)
 *     dw[k, c, r, s] = Σ over n, p, q of dz[n, k, p, q] · x[n, c, p·stride + r·dilation − pad, q·stride + s·dilation − pad], + accumulate
 *
 * Computed in float64; results are not rounded, whatever the `dtype`; dz is, which is stored between.
 * @throws InvalidArgumentError as the engine's convBackwardFilter, and when data and shape do not agree.
 */
export function convBackwardFilter(
  input: ReferenceTensor,
  gradient: ReferenceTensor,
  options: ReferenceConvBackwardFilterOptions,
): ReferenceResult {
  return computed('filter', backwardOperands('filter', gradient, input, options));
}
