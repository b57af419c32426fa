// The gradients of the reference poolings by name, and how far from them a pooling's gradient in f32 may be, with u = 2^-24:
// - A sum of n gradients is off by (n + 2)·u·Σ|dy| at most (error-bound.ts), whichever way they are summed.
// - Of a mean each is divided first, 5 u, or 6 u where it is a multiplication with the reciprocal; and counted as often as a window holds the
//   element, one more rounding.
// - Of √Σx², t elements a window, each is divided by a root that is off by ((t + 2)/2 + 9)·u (pool-error.ts), multiplied with x, and so on: 9 u. Where the
//   squares may have been flushed to zero, the root is 0 or at least 2^-63, and 2·√(t + 2) times too small at most.
import { type PoolProblem, poolInputShape } from '../problem/index.js';
import { ROUNDOFF, SMALLEST_NORMAL } from './activation-error.js';
import { type ExpectedResult, expectedInStorage } from './expected.js';
import type { ReferenceResult, ReferenceTensor } from './operands.js';
import { poolOfProblem } from './pool.js';
import {
  type PoolBackwardOperands,
  poolBackwardOperands,
  poolGradientsOf,
  type ReferenceAveragePoolBackwardOptions,
  type ReferenceL2PoolBackwardOptions,
  type ReferenceMaxPoolBackwardOptions,
} from './pool-backward.js';

function result(operands: PoolBackwardOperands): ReferenceResult {
  return { data: poolGradientsOf(operands).data, shape: poolInputShape(operands.problem) };
}

/** True if a root may have lost most of its squares to flushing. */
function hasTinyRoots(problem: PoolProblem, input: ArrayLike<number>, taps: number): boolean {
  const tiny = Math.sqrt((taps + 2) * SMALLEST_NORMAL * 2 ** 36);
  return poolOfProblem(problem, input).data.some((root) => root > 0 && root < tiny);
}

/** What a pooling's gradient ought to come to on a GPU, with the error bound of every value. */
function expected(operands: PoolBackwardOperands): ExpectedResult {
  const { problem, input } = operands;
  const { kind } = problem;
  const { data, terms, sizes } = poolGradientsOf(operands);
  const taps = problem.axes.reduce((product, { filterSize }) => product * filterSize, 1);
  const ofEach = { max: 0, average: 7, l2: (taps + 2) / 2 + 9 + 9 }[kind];
  const ofTiny =
    kind === 'l2' && hasTinyRoots(problem, input!, taps) ? 1 + 2 * Math.sqrt(taps + 2) : 2 ** -12 * ROUNDOFF;
  const bound = Float64Array.from(sizes, (size, index) => {
    const flushed = 2 * (terms[index]! + 2) * SMALLEST_NORMAL * (1 + Math.abs(input?.[index] ?? 0));
    const rounded = (terms[index]! + 2 + ofEach) * ROUNDOFF * (1 + 2 ** -10) * size;
    return rounded + flushed + (kind === 'l2' ? ofTiny * size : 0);
  });
  return expectedInStorage(data, bound, poolInputShape(problem), problem.dtype);
}

/**
 * The gradient of a max pooling's input: the gradient of each maximum, added where it stood.
 * @param gradient of the pooling's output: (N, C, P, Q), or as the input layout says; of every rank.
 * @param indices where each maximum stands in the plane of its channel, of the gradient's shape, as maxPool2d returns them.
 * @throws InvalidArgumentError for options that maxPool2d refuses, shapes that do not agree, indices outside the plane, and a constant in the padding.
 */
export function maxPoolBackward(
  gradient: ReferenceTensor,
  indices: ReferenceTensor,
  options: ReferenceMaxPoolBackwardOptions,
): ReferenceResult {
  return result(poolBackwardOperands('max', gradient, { indices }, options));
}

/**
 * The gradient of an average pooling's input: the gradient of each mean, divided by what the mean was divided by, added to every element that its
 * window holds; as often as the window holds it, where a `paddingMode` repeats values of the input.
 * @throws InvalidArgumentError for options that averagePool2d refuses, and shapes that do not agree.
 */
export function averagePoolBackward(
  gradient: ReferenceTensor,
  options: ReferenceAveragePoolBackwardOptions,
): ReferenceResult {
  return result(poolBackwardOperands('average', gradient, {}, options));
}

/**
 * The gradient of an L2 pooling's input x: dy · x / √Σx² of each window that holds x; 0 where the root is 0, which has no derivative there.
 * @throws InvalidArgumentError for options that l2Pool2d refuses, and shapes that do not agree.
 */
export function l2PoolBackward(
  gradient: ReferenceTensor,
  input: ReferenceTensor,
  options: ReferenceL2PoolBackwardOptions = {},
): ReferenceResult {
  return result(poolBackwardOperands('l2', gradient, { input }, options));
}

/** The result of {@link maxPoolBackward} with the error bound of every value. @throws as maxPoolBackward. */
export function expectedMaxPoolBackward(
  gradient: ReferenceTensor,
  indices: ReferenceTensor,
  options: ReferenceMaxPoolBackwardOptions,
): ExpectedResult {
  return expected(poolBackwardOperands('max', gradient, { indices }, options));
}

/** The result of {@link averagePoolBackward} with the error bound of every value. @throws as averagePoolBackward. */
export function expectedAveragePoolBackward(
  gradient: ReferenceTensor,
  options: ReferenceAveragePoolBackwardOptions,
): ExpectedResult {
  return expected(poolBackwardOperands('average', gradient, {}, options));
}

/** The result of {@link l2PoolBackward} with the error bound of every value. @throws as l2PoolBackward. */
export function expectedL2PoolBackward(
  gradient: ReferenceTensor,
  input: ReferenceTensor,
  options: ReferenceL2PoolBackwardOptions = {},
): ExpectedResult {
  return expected(poolBackwardOperands('l2', gradient, { input }, options));
}
