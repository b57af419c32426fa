// The factors that the rounding errors of Winograd are made of, as src/algorithms/winograd-errors.ts derives them, from the steps in which
// kernels compute the transforms.
import { productErrors } from '../../../src/algorithms/winograd-errors.js';
import type { Transforms } from '../../../src/algorithms/winograd-transforms.js';
import type { ConvProblem } from '../../../src/problem/index.js';
import type { Evaluation } from './linear-steps.js';
import { type EvaluatedTransform, evaluated } from './transforms.js';

/** Factors of the products of input i and tap j in output o: [o][i][j]. */
export type Factors = readonly (readonly (readonly number[])[])[];

/** The factors of an axis. */
export interface AxisFactors {
  readonly exact: Factors;
  readonly products: Factors;
  readonly before: Factors;
  readonly after: Factors;
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

const known = new WeakMap<EvaluatedTransform, AxisFactors>();

/** The factors of a transform, computed once. */
export function axisFactors(transform: EvaluatedTransform): AxisFactors {
  const factors = known.get(transform) ?? computeFactors(transform);
  known.set(transform, factors);
  return factors;
}

function computeFactors({ tile, taps, output, filter, input }: EvaluatedTransform): AxisFactors {
  const [a, g, b] = [output.matrix, filter.matrix, input.matrix];
  const table = (of: (o: number, i: number, j: number) => number): Factors =>
    a.map((_, o) => b.map((__, i) => Array.from({ length: taps }, (___, j) => of(o, i, j))));
  const across = (of: (x: number) => number) => total(b.map((_, x) => of(x)));
  const errorsOf = ({ errors }: Evaluation, of: (factors: readonly number[], gains: readonly number[]) => number) =>
    total(errors.map(({ roundings, factors, gains }) => roundings * Math.abs(of(factors, gains))));
  return {
    exact: table((o, i, j) => (o < tile && i - j === o ? 1 : 0)),
    products: table((o, i, j) => across((x) => Math.abs(a[o]![x]! * g[x]![j]! * b[x]![i]!))),
    before: table(
      (o, i, j) =>
        errorsOf(input, (factors, gains) => factors[i]! * across((x) => a[o]![x]! * g[x]![j]! * gains[x]!)) +
        errorsOf(filter, (factors, gains) => factors[j]! * across((x) => a[o]![x]! * b[x]![i]! * gains[x]!)),
    ),
    after: table((o, i, j) =>
      errorsOf(output, (factors, gains) => across((x) => factors[x]! * g[x]![j]! * b[x]![i]!) * gains[o]!),
    ),
  };
}

/** κ(w) of one axis: of `products` 5 for F(2, 3), 14.01 for F(4, 3). */
export function growthOf(factors: Factors): number {
  const sums = factors.map((inputs) => {
    const diagonals = new Map<number, number>();
    for (const [i, taps] of inputs.entries())
      for (const [j, factor] of taps.entries()) diagonals.set(i - j, Math.max(diagonals.get(i - j) ?? 0, factor));
    return total([...diagonals.values()]);
  });
  return Math.max(...sums);
}

/** A factor of the error: first of the rows' axis, then of the columns'; how often it counts. */
export type ErrorTerm = readonly [count: number, rows: Factors, columns: Factors];

/** The error of an output in units of u · |d|·|g|, all orders, for transforms along rows and columns. */
export function winogradErrors(problem: ConvProblem, transforms: Transforms): readonly ErrorTerm[] {
  const [p, q] = [axisFactors(evaluated(transforms[0])), axisFactors(evaluated(transforms[1]))];
  return [
    [productErrors(problem, transforms), p.products, q.products],
    [1, p.before, q.exact],
    [1, p.products, q.before],
    [1, p.after, q.products],
    [1, p.exact, q.after],
    [1, p.exact, q.exact],
  ];
}
