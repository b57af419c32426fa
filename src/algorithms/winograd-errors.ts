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
//
// The factors depend on the transforms alone, and so do their κ, which src/algorithms/winograd-transforms.ts states. Tests compute both
// (test/support/winograd/errors.ts), and hold outputs against the error of their own tile.
import { type ConvProblem, longestSum } from '../problem/index.js';
import type { Transforms } from './winograd-transforms.js';

const ROUNDOFF = 2 ** -24;

/** Roundings of a product and of its sum over `channels`, which are added four at a time (shaders/winograd/four_products.wgsl). */
export function channelRoundings(channels: number): number {
  return Math.ceil(channels / 4) + 2;
}

/** How often `products` of both axes counts in an error in units of u · |d|·|g|: n, and all of higher order. */
export function productErrors({ inputChannels, groups }: ConvProblem, [p, q]: Transforms): number {
  const channels = channelRoundings(inputChannels / groups);
  const longest = channels + p.longest + q.longest + 1;
  return channels + Math.expm1(longest * Math.log1p(ROUNDOFF)) / ROUNDOFF - longest;
}

/** By how much the error bound exceeds the direct one's maximum over the neighbourhood of a tile (Algorithm.errorGrowth). */
export function winogradGrowth(problem: ConvProblem, transforms: Transforms): number {
  const [p, q] = [transforms[0].growth, transforms[1].growth];
  const sum =
    productErrors(problem, transforms) * p.products * q.products +
    (p.before + p.products * q.before + p.after * q.products + q.after + 1); // κ of `exact` is 1
  return sum / (longestSum(problem) + 2);
}
