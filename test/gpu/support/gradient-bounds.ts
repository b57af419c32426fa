// Which algorithms compute the gradient of a convolution, and how far from the reference each may be.
import type { ConvProblem } from 'webgpu-conv';
import type { ExpectedResult } from 'webgpu-conv/reference';
import type { Algorithm } from '../../../src/algorithms/algorithm.js';
import { FILTER_GRADIENT_ALGORITHMS } from '../../../src/algorithms/filter-gradient/table.js';
import { ALGORITHMS } from '../../../src/algorithms/table.js';
import { filterGradientProblem } from '../../../src/problem/filter-gradient.js';
import {
  axisPitches,
  convInputShape,
  convOutputShape,
  elementCount,
  type InputGradient,
  inputGradient,
  sourceIndex,
} from '../../../src/problem/index.js';
import { isAvailable } from './available.js';
import { boundedBy } from './bounds.js';
import type { supporting } from './differential.js';

/** An algorithm of a table, and a variant of it. */
export type Variant = ReturnType<typeof supporting>[number];

/** The variants that support the gradient of a forward problem on this device, in the order of their table. `accumulates`: added to another. */
export function gradientVariants(of: 'input' | 'filter', forward: ConvProblem, accumulates: boolean): Variant[] {
  const supporting = <Problem, Made>(table: readonly Algorithm<Problem, Made>[], problem: Problem) =>
    table.flatMap((row) =>
      row.variants
        .filter((variant) => row.unsupported(problem, variant) === undefined && isAvailable(row, variant))
        .map((variant): Variant => ({ algorithm: row.name, variant })),
    );
  return of === 'filter'
    ? supporting(FILTER_GRADIENT_ALGORITHMS, filterGradientProblem(forward, accumulates))
    : supporting(ALGORITHMS, inputGradient(forward, accumulates).problem);
}

/** Bounds of a padded input's gradient, summed for each input over its images in the padding. */
function folded(forward: ConvProblem, { problem, fold }: InputGradient, bound: Float64Array): Float64Array {
  const from = axisPitches(convOutputShape(problem), problem.inputLayout);
  const to = axisPitches(convInputShape(forward), forward.inputLayout);
  const sums = new Float64Array(elementCount(convInputShape(forward)));
  const letters = (['d', 'h', 'w'] as const).slice(3 - forward.rank);
  for (const [index, value] of bound.entries()) {
    const place = (pitch: number, size: number) => Math.floor(index / pitch) % size;
    let target = place(from.n, problem.batch) * to.n + place(from.c, problem.outputChannels) * to.c;
    let isMet = true;
    for (const [axis, { size, paddedSize, before }] of fold!.axes.entries()) {
      const letter = letters[axis]!;
      const source = sourceIndex(place(from[letter], paddedSize) - before, size, fold!.mode);
      isMet &&= source >= 0;
      target += source * to[letter];
    }
    if (isMet) sums[target]! += value;
  }
  return sums;
}

/** Operands of an input's gradient as they are stored; `dz` is the gradient where there is no activation. */
export interface InputGradientOperands {
  readonly dz: ArrayLike<number>;
  readonly filter: ArrayLike<number>;
  /** An existing gradient that is added. */
  readonly accumulate?: ArrayLike<number> | undefined;
}

/** Whether bounds of an algorithm that has a growth of its own are known: not of folded padding that is stored in halves afterwards. */
export function isBoundKnown({ algorithm }: Variant, forward: ConvProblem): boolean {
  if (!ALGORITHMS.find(({ name }) => name === algorithm)?.errorGrowth) return true;
  return forward.dtype === 'float32' || inputGradient(forward, false).fold === undefined;
}

/**
 * What the gradient of an input ought to come to by an algorithm. `expected`: what it comes to by direct sums, whose bound is that of all algorithms
 * without a growth of their own. Those of the others are those of the adjoint's problem; where padding is folded, of all images
 * together, and the sum of these has the roundings of a direct one.
 */
export function inputGradientBoundedBy(
  { algorithm, variant }: Variant,
  forward: ConvProblem,
  expected: ExpectedResult,
  { dz, filter, accumulate }: InputGradientOperands,
): ExpectedResult {
  if (!ALGORITHMS.find(({ name }) => name === algorithm)!.errorGrowth) return expected;
  const way = inputGradient(forward, accumulate !== undefined);
  const own = boundedBy(algorithm, variant, way.problem, expected, { input: dz, filter, residual: accumulate });
  if (!way.fold) return { ...own, shape: expected.shape };
  const bound = folded(forward, way, own.bound);
  return { ...expected, bound: expected.bound.map((direct, index) => direct + bound[index]!) };
}
