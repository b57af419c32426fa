// The reference poolings by name.
import type { PoolKind, Rank } from '../problem/index.js';
import { poolOutputShape } from '../problem/index.js';
import type { ReferenceResult, ReferenceTensor } from './operands.js';
import {
  poolOfProblem,
  type ReferenceAveragePoolOptions,
  type ReferenceL2PoolOptions,
  type ReferenceMaxPoolOptions,
  type ReferenceMaxPoolResult,
  referencePoolProblem,
} from './pool.js';

function maxPool(rank: Rank, input: ReferenceTensor, options: ReferenceMaxPoolOptions): ReferenceMaxPoolResult {
  const { problem, returnIndices } = referencePoolProblem('max', rank, input, options);
  const { data, indices } = poolOfProblem(problem, input.data);
  return { data, shape: poolOutputShape(problem), ...(returnIndices ? { indices } : {}) };
}

function pool(
  kind: Exclude<PoolKind, 'max'>,
  rank: Rank,
  input: ReferenceTensor,
  options: ReferenceAveragePoolOptions | ReferenceL2PoolOptions,
): ReferenceResult {
  const { problem } = referencePoolProblem(kind, rank, input, options);
  return { data: poolOfProblem(problem, input.data).data, shape: poolOutputShape(problem) };
}

/** The largest value of each window of a sequence (N, C, W) or (N, W, C); see {@link maxPool2d}. */
export function maxPool1d(input: ReferenceTensor, options: ReferenceMaxPoolOptions<1> = {}): ReferenceMaxPoolResult {
  return maxPool(1, input, options);
}

/**
 * The largest value of each window of an image (N, C, H, W) or (N, H, W, C), in the same layout. The window is by default the whole image,
 * its step the size of the window. Padding is no part of a window, unless a `paddingMode` gives it values. NaN counts as larger than
 * everything. With `returnIndices` also where each value stands: of equal values the first in row-major order, of NaNs the last.
 * @throws InvalidArgumentError as the engine's maxPool2d, when data and shape do not agree, and for `returnIndices` with a constant in the padding.
 */
export function maxPool2d(input: ReferenceTensor, options: ReferenceMaxPoolOptions<2> = {}): ReferenceMaxPoolResult {
  return maxPool(2, input, options);
}

/** The largest value of each window of a volume (N, C, D, H, W) or (N, D, H, W, C); see {@link maxPool2d}. */
export function maxPool3d(input: ReferenceTensor, options: ReferenceMaxPoolOptions<3> = {}): ReferenceMaxPoolResult {
  return maxPool(3, input, options);
}

/** The mean of each window of a sequence (N, C, W) or (N, W, C); see {@link averagePool2d}. */
export function averagePool1d(input: ReferenceTensor, options: ReferenceAveragePoolOptions<1> = {}): ReferenceResult {
  return pool('average', 1, input, options);
}

/**
 * The mean of each window of an image (N, C, H, W) or (N, H, W, C), in the same layout: of the values inside the image; with `countPadding`
 * the sum is divided by the number of elements of the window that lie in the image or in the padding asked for, but not by those
 * beyond it, which the rounding 'ceil' can reach. With a `paddingMode` every element of a window has a value, and counts.
 * @throws InvalidArgumentError as the engine's averagePool2d, and when data and shape do not agree.
 */
export function averagePool2d(input: ReferenceTensor, options: ReferenceAveragePoolOptions<2> = {}): ReferenceResult {
  return pool('average', 2, input, options);
}

/** The mean of each window of a volume (N, C, D, H, W) or (N, D, H, W, C); see {@link averagePool2d}. */
export function averagePool3d(input: ReferenceTensor, options: ReferenceAveragePoolOptions<3> = {}): ReferenceResult {
  return pool('average', 3, input, options);
}

/** √Σx² of each window of a sequence (N, C, W) or (N, W, C); see {@link l2Pool2d}. */
export function l2Pool1d(input: ReferenceTensor, options: ReferenceL2PoolOptions<1> = {}): ReferenceResult {
  return pool('l2', 1, input, options);
}

/**
 * √Σx² of each window of an image (N, C, H, W) or (N, H, W, C), in the same layout: the sum is not divided, as in WebNN.
 * @throws InvalidArgumentError as the engine's l2Pool2d, and when data and shape do not agree.
 */
export function l2Pool2d(input: ReferenceTensor, options: ReferenceL2PoolOptions<2> = {}): ReferenceResult {
  return pool('l2', 2, input, options);
}

/** √Σx² of each window of a volume (N, C, D, H, W) or (N, D, H, W, C); see {@link l2Pool2d}. */
export function l2Pool3d(input: ReferenceTensor, options: ReferenceL2PoolOptions<3> = {}): ReferenceResult {
  return pool('l2', 3, input, options);
}
