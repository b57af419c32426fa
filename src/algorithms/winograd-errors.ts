// How much larger than a direct sum's the rounding errors of Winograd may become, to first order operation by operation, the rest crudely.
// (In norms: B. Barabasz, A. Anderson, K. Soodhalter, D. Gregg, Error Analysis and Improving the Accuracy of Winograd Convolution
// for Deep Neural Networks, arXiv:1803.10986.) u = 2^-24 is the unit roundoff of f32; A, G, B are the transforms of one axis.
//
// One operation. A computed output is the sum of products d·g, each times the factors 1 + δ, |δ| ≤ u, of the operations that it went
// through. To first order an operation contributes δ times its exact value times how often that value is in the output. With i
// an input, j a tap and o an output of an axis, the factor of d·g in that contribution is at most, in its own axis,
//     in the input transform, of a value Σi f[i]·d[i] that Bᵀ d has γ[x] times:    |f[i]| · |Σx Aᵀ[o,x] G[x,j] γ[x]|,
//     in the filter transform, likewise:                                           |f[j]| · |Σx Aᵀ[o,x] Bᵀ[x,i] γ[x]|,
//     in the output transform, of a value Σx f[x]·m[x] that y has γ[o] times:      |Σx f[x] G[x,j] Bᵀ[x,i]| · |γ[o]|;
// the sums of these over the operations are `before` (input and filter) and `after`. In the sums over channels, where the products of all
// x have errors of their own, it is `products`[o,i,j] = Σx |Aᵀ[o,x] G[x,j] Bᵀ[x,i]|.
//
// Two axes. The kernels transform along the rows' axis first, in all three transforms. An error made there before the products runs through
// the whole of the other axis, exactly to first order: there its factor is `exact`, 1 where i − j = o and 0 elsewhere. One made along
// the second axis lies in one value of the first: there its factor is `products`. After the products it is the other way round. So
//     |ŷ − y| ≤ u · Σ (n · p⊗p + b⊗e + p⊗b + a⊗p + e⊗a + e⊗e) |d|·|g|,
// the first factor for the rows' axis, e⊗e for adding the bias, n the roundings of a product and its sum over channels; and of second
// and higher order, with N roundings on the longest way, another ((1 + u)^N − 1 − N·u) · Σ p⊗p |d|·|g|.
//
// Growth. A factor of d·g counts in output i − j of the direct sums, which may lie up to r − 1 before the tile or after its last, where only
// a larger padding would have an output. So with S the sums of magnitudes |w| ∗ |x| that the direct bound is made of, Σ w·|d|·|g| is at
// most κ(w) · max S over the tile and that neighbourhood, κ(w) = max over o of Σt max over j of w[o, t + j, j], along each axis.
import { type ConvProblem, longestSum } from '../problem/index.js';
import type { Evaluation } from './linear-steps.js';
import type { Transforms, WinogradTransform } from './winograd-transforms.js';

const ROUNDOFF = 2 ** -24;

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

const known = new WeakMap<WinogradTransform, AxisFactors>();

/** The factors of a transform, computed once. */
export function axisFactors(transform: WinogradTransform): AxisFactors {
  const factors = known.get(transform) ?? computeFactors(transform);
  known.set(transform, factors);
  return factors;
}

function computeFactors({ tile, taps, output, filter, input }: WinogradTransform): AxisFactors {
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

/** Roundings of a product and of its sum over `channels`, which are added four at a time (shaders/winograd/four_products.wgsl). */
export function channelRoundings(channels: number): number {
  return Math.ceil(channels / 4) + 2;
}

/** A factor of the error: first of the rows' axis, then of the columns'; how often it counts. */
export type ErrorTerm = readonly [count: number, rows: Factors, columns: Factors];

/** The error of an output in units of u · |d|·|g|, all orders, for transforms along rows and columns. */
export function winogradErrors({ inputChannels, groups }: ConvProblem, transforms: Transforms): readonly ErrorTerm[] {
  const [p, q] = [axisFactors(transforms[0]), axisFactors(transforms[1])];
  const channels = channelRoundings(inputChannels / groups);
  const ways = transforms.map(({ input, filter, output }) => input.longest + filter.longest + output.longest);
  const longest = channels + total(ways) + 1;
  const higher = Math.expm1(longest * Math.log1p(ROUNDOFF)) / ROUNDOFF - longest;
  return [
    [channels + higher, p.products, q.products],
    [1, p.before, q.exact],
    [1, p.products, q.before],
    [1, p.after, q.products],
    [1, p.exact, q.after],
    [1, p.exact, q.exact],
  ];
}

/** By how much the error bound exceeds the direct one's maximum over the neighbourhood of a tile (Algorithm.errorGrowth). */
export function winogradGrowth(problem: ConvProblem, transforms: Transforms): number {
  const errors = winogradErrors(problem, transforms);
  return total(errors.map(([count, p, q]) => count * growthOf(p) * growthOf(q))) / (longestSum(problem) + 2);
}
