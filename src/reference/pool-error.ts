// How far a pooling in f32 may be from the reference, with n values in a window and u = 2^-24:
// - The largest value is one of the input's, without any error.
// - The mean. The sum is off by (n + 2)·u·Σ|x| at most (error-bound.ts), the division by 2.5 ULP = 5 u, or 6 u where it is a
//   multiplication with the reciprocal.
// - √Σx². An error η = (n + 2)·u of the sum becomes η/2 of its root; WGSL's square root, inherited from 1 / inverseSqrt, has
//   2 + 2.5 ULP = 9 u. Squares below 2^-126 may be flushed, n of them: an error δ of the sum is at most √δ of the root, and δ/√Σx².
import { type PoolKind, type PoolProblem, poolOutputShape, type Rank } from '../problem/index.js';
import { ROUNDOFF, SMALLEST_NORMAL } from './activation-error.js';
import { magnitudes } from './conv.js';
import { type ExpectedResult, expectedInStorage } from './expected.js';
import { type ReferenceTensor, storedValues } from './operands.js';
import {
  poolOfProblem,
  type ReferenceAveragePoolOptions,
  type ReferenceL2PoolOptions,
  type ReferenceMaxPoolOptions,
  referencePoolProblem,
} from './pool.js';

/** What a pooling ought to come to on a GPU, with the error bound of every value. */
export function expectedPoolOfProblem(problem: PoolProblem, given: ArrayLike<number>): ExpectedResult {
  const input = storedValues(given, problem.dtype);
  const { kind, paddingContent } = problem;
  const { data } = poolOfProblem(problem, input);
  const bound = new Float64Array(data.length);
  const taps = problem.axes.reduce((product, { filterSize }) => product * filterSize, 1);
  const sumError = (taps + 2) * ROUNDOFF; // relative; windows at an edge may hold fewer
  if (kind === 'average') {
    const content = paddingContent && { ...paddingContent, value: Math.abs(paddingContent.value) };
    const { data: means } = poolOfProblem({ ...problem, paddingContent: content }, magnitudes(input));
    for (const [index, mean] of means.entries()) {
      bound[index] = (sumError + 6 * ROUNDOFF) * mean + (taps + 2) * SMALLEST_NORMAL;
    }
  } else if (kind === 'l2') {
    const flushed = (taps + 2) * SMALLEST_NORMAL;
    for (const [index, root] of data.entries()) {
      const fromFlush = Math.min(Math.sqrt(flushed), flushed / root); // 0/0 cannot be: flushed is not 0
      bound[index] = (sumError / 2 + 9 * ROUNDOFF) * (1 + 2 ** -10) * root + fromFlush;
    }
  }
  return expectedInStorage(data, bound, poolOutputShape(problem), problem.dtype);
}

function expected(
  kind: PoolKind,
  rank: Rank,
  input: ReferenceTensor,
  options: ReferenceMaxPoolOptions | ReferenceAveragePoolOptions | ReferenceL2PoolOptions,
): ExpectedResult {
  const { problem } = referencePoolProblem(kind, rank, input, options);
  return expectedPoolOfProblem(problem, input.data);
}

/** The result of maxPool1d with the error bound of every value, which is 0. @throws as the reference's maxPool1d. */
export function expectedMaxPool1d(input: ReferenceTensor, options: ReferenceMaxPoolOptions<1> = {}): ExpectedResult {
  return expected('max', 1, input, options);
}

/** The result of maxPool2d with the error bound of every value, which is 0. @throws as the reference's maxPool2d. */
export function expectedMaxPool2d(input: ReferenceTensor, options: ReferenceMaxPoolOptions<2> = {}): ExpectedResult {
  return expected('max', 2, input, options);
}

/** The result of maxPool3d with the error bound of every value, which is 0. @throws as the reference's maxPool3d. */
export function expectedMaxPool3d(input: ReferenceTensor, options: ReferenceMaxPoolOptions<3> = {}): ExpectedResult {
  return expected('max', 3, input, options);
}

/** The result of averagePool1d with the error bound of every value. @throws as the reference's averagePool1d. */
export function expectedAveragePool1d(
  input: ReferenceTensor,
  options: ReferenceAveragePoolOptions<1> = {},
): ExpectedResult {
  return expected('average', 1, input, options);
}

/** The result of averagePool2d with the error bound of every value. @throws as the reference's averagePool2d. */
export function expectedAveragePool2d(
  input: ReferenceTensor,
  options: ReferenceAveragePoolOptions<2> = {},
): ExpectedResult {
  return expected('average', 2, input, options);
}

/** The result of averagePool3d with the error bound of every value. @throws as the reference's averagePool3d. */
export function expectedAveragePool3d(
  input: ReferenceTensor,
  options: ReferenceAveragePoolOptions<3> = {},
): ExpectedResult {
  return expected('average', 3, input, options);
}

/** The result of l2Pool1d with the error bound of every value. @throws as the reference's l2Pool1d. */
export function expectedL2Pool1d(input: ReferenceTensor, options: ReferenceL2PoolOptions<1> = {}): ExpectedResult {
  return expected('l2', 1, input, options);
}

/** The result of l2Pool2d with the error bound of every value. @throws as the reference's l2Pool2d. */
export function expectedL2Pool2d(input: ReferenceTensor, options: ReferenceL2PoolOptions<2> = {}): ExpectedResult {
  return expected('l2', 2, input, options);
}

/** The result of l2Pool3d with the error bound of every value. @throws as the reference's l2Pool3d. */
export function expectedL2Pool3d(input: ReferenceTensor, options: ReferenceL2PoolOptions<3> = {}): ExpectedResult {
  return expected('l2', 3, input, options);
}
