// Every algorithm against its own error bound: that of direct sums, but of Winograd the one derived for its transforms.
import type { ConvProblem } from 'webgpu-conv';
import type { ExpectedResult } from 'webgpu-conv/reference';
import { ALGORITHMS } from '../../../src/algorithms/table.js';
import { winogradTransform } from '../../../src/algorithms/winograd.js';
import { expectedOfProblem } from '../../../src/reference/error-bound.js';
import type { ConvOperands } from '../../../src/reference/operands.js';
import { winogradSumErrors } from '../../support/winograd-magnitudes.js';

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
  if (algorithm !== 'winograd') throw new Error(`no bound is known of ${algorithm}`);
  const transform = winogradTransform(variant);
  return expectedOfProblem(problem, operands, (itself, stored) => winogradSumErrors(itself, stored, transform));
}
