// How much larger than a direct sum's the rounding errors of the algorithm fft may become. u = 2^-24, N = 64 points along an axis; x a tile of
// the input, w the filter with zeros around it, X and W their transforms, so that ‖X‖₂ = N·‖x‖₂ in two dimensions.
//
// A transform. Every pass is a multiple of a unitary matrix, so relative errors in the 2-norm add up from pass to pass (N. J. Higham,
// Accuracy and Stability of Numerical Algorithms, 2nd ed., chapter 24): u for an addition, √5·u for a complex product, fused or not
// (R. Brent, C. Percival, P. Zimmermann, Error Bounds on Complex Floating-Point Multiplication, Math. Comp. 76, 2007; C.-P. Jeannerod,
// P. Kornerup, N. Louvet, J.-M. Muller, Error Bounds on Complex Floating-Point Multiplication with an FMA, Math. Comp. 86, 2017) and u/√2 for
// its constant, whose parts are below 1 and rounded. 64 = 4·4·4 points are six additions and two products. Two real rows in one complex
// row are told apart by one addition more. Half of the filter's tile is zero, so the first of its six additions is exact.
//
// There. The errors dX and dW make an output wrong by at most Σ (|dX|·|W| + |X|·|dW|) / N² over the frequencies, by Cauchy and Schwarz
// at most (e(x) + e(w)) · ‖x‖₂·‖w‖₂; the products and their sums over C/G channels likewise by (√5 + C/G − 1)·u times that.
//
// Back. Componentwise, since the absolute values of the passes multiply to a matrix of ones: what the passes add in roundings, times
// Σ |Y| / N² over the frequencies, which is at most Σc ‖xc‖₂·‖wc‖₂. Along rows it is √2 times that, as two rows A + i·B share a transform: at
// u and −u together |A + i·B| + |A − i·B| ≤ 2·√2·max(|A|, |B|).
//
// Together |ŷ − y| ≤ ((1 + u)ⁿ − 1) · Σc ‖xc‖₂·‖wc‖₂ for every output of a tile, n the sum of these counts, which tests hold outputs against.
//
// Growth. The sums of magnitudes S = |w| ∗ |x| that the direct bound is made of have ‖Sc‖₂ ≥ ‖xc‖₂·‖wc‖₂ for each channel, as what is
// multiplied out is nowhere negative; hence ‖S‖₂² ≥ Σc ‖xc‖₂²·‖wc‖₂² ≥ (Σc ‖xc‖₂·‖wc‖₂)² / (C/G). They reach over (N + R − 1)·(N + S − 1)
// outputs, R and S what the filter spans, and one of them is no smaller than their root mean square. So
//     Σc ‖xc‖₂·‖wc‖₂ ≤ √(C/G · (N + R − 1)·(N + S − 1)) · max S   over the outputs that see an input of the tile.
import { type ConvProblem, gathersOf, longestSum } from '../problem/index.js';
import { extentOf, POINTS } from './fft-values.js';

/** Of a complex product, in units of u. */
const PRODUCT = Math.sqrt(5);

/** Of a product with a rounded number of modulus 1. */
const TURN = PRODUCT + Math.SQRT1_2;

/** Relative errors of the transforms, first order, in units of u: of 64 points, and of a tile of the input and of a filter, there. */
export const TRANSFORM_ERRORS = {
  points: 6 + 2 * TURN,
  input: 2 * (6 + 2 * TURN) + 1,
  filter: 2 * (5 + 2 * TURN) + 1,
};

/** Units of u by which an output may be off for each Σc ‖xc‖₂·‖wc‖₂ of its tile, first order; two more for the bias, as in the direct bound. */
export function fftRoundings({ inputChannels, groups }: Pick<ConvProblem, 'inputChannels' | 'groups'>): number {
  const { points, input, filter } = TRANSFORM_ERRORS;
  const back = points + Math.SQRT2 * (points + 1);
  return input + filter + PRODUCT + (inputChannels / groups - 1) + back + 2;
}

/** By how much the error bound exceeds the direct one's maximum over the neighbourhood of a tile (Algorithm.errorGrowth). */
export function fftGrowth(problem: ConvProblem): number {
  const [, rows, columns] = gathersOf(problem)[0]!;
  const reach = (POINTS + extentOf(rows) - 1) * (POINTS + extentOf(columns) - 1);
  const channels = problem.inputChannels / problem.groups;
  return (Math.sqrt(channels * reach) * fftRoundings(problem)) / (longestSum(problem) + 2);
}
