// Every algorithm against its own error bound: that of direct sums, but of Winograd, fft and separable those derived for them.
import type { ConvProblem } from 'webgpu-conv';
import type { ExpectedResult } from 'webgpu-conv/reference';
import { separableRoundings } from '../../../src/algorithms/separable.js';
import { ALGORITHMS } from '../../../src/algorithms/table.js';
import { winogradTransforms } from '../../../src/algorithms/winograd.js';
import { ROUNDOFF } from '../../../src/reference/activation-error.js';
import { magnitudeSums } from '../../../src/reference/conv.js';
import { expectedOfProblem } from '../../../src/reference/error-bound.js';
import type { ConvOperands } from '../../../src/reference/operands.js';
import { fftSumErrors } from '../../support/fft-magnitudes.js';
import { winogradSumErrors } from '../../support/winograd/magnitudes.js';

/**
 * What a problem ought to come to by an algorithm in a variant. `expected`: what it comes to by direct sums, whose bound is that of all
 * algorithms without a growth of their own.
 */
export function boundedBy(
  algorithm: string,
  variant: string,
  problem: ConvProblem,
  expected: ExpectedResult,
  operands: ConvOperands,
): ExpectedResult {
  const row = ALGORITHMS.find(({ name }) => name === algorithm)!;
  if (!row.errorGrowth) return expected;
  if (algorithm === 'separable') {
    const roundings = Math.expm1(separableRoundings(problem) * Math.log1p(ROUNDOFF)) / ROUNDOFF;
    return expectedOfProblem(problem, operands, (itself, { input, filter }) => {
      return { magnitudes: magnitudeSums(itself, input, filter), roundings };
    });
  }
  if (algorithm === 'fft') return expectedOfProblem(problem, operands, fftSumErrors);
  if (algorithm !== 'winograd') throw new Error(`no bound is known of ${algorithm}`);
  const transforms = winogradTransforms(problem, variant);
  return expectedOfProblem(problem, operands, (itself, stored) => winogradSumErrors(itself, stored, transforms));
}
