// The transforms of Winograd's minimal filtering F(m, 3) along one axis, and how much larger than a direct sum's their rounding
// errors may become. For a tile of m outputs, the m + 2 inputs d it sees and the taps g,
//     y = Aᵀ [(G g) ⊙ (Bᵀ d)],   in two dimensions   Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A,
// A. Lavin, S. Gray, Fast Algorithms for Convolutional Neural Networks, arXiv:1509.09308. The kernels of shaders/winograd/ are these
// matrices, multiplied out.
//
// Error. Evaluated in f32, every product g·d reaches an output through a chain of at most n = C/G + 2·(roundings of the three
// transforms) roundings, so by N. J. Higham, Accuracy and Stability of Numerical Algorithms, lemma 3.1, componentwise
//     |Ŷ − Y| ≤ ((1 + u)ⁿ − 1) · T,   T = |Aᵀ| [Σc (|G| |g| |Gᵀ|) ⊙ (|Bᵀ| |d| |B|)] |A|,   u = 2^-24
// (in norms: B. Barabasz, A. Anderson, K. Soodhalter, D. Gregg, Error Analysis and Improving the Accuracy of Winograd Convolution
// for Deep Neural Networks, arXiv:1803.10986). T has products that no output of the tile needs: they cancel, their errors do not.
//
// Growth. Along an axis the product of tap j and input i contributes to output o of T with the weight c = Σx |Aᵀ[o,x]| |G[x,j]|
// |Bᵀ[x,i]|, and it is a product of output i − j, which may lie up to two before the tile or m + 1 after its first, where
// only a larger padding would have an output. With S the sums of magnitudes |w| ∗ |x| that the direct bound is made of,
//     T ≤ κ² · max S over the tile and that neighbourhood,   κ = max over o of Σt max over j of c[o, t + j, j].
import { type ConvProblem, longestSum } from '../problem/index.js';

/** F(m, 3) along an axis. */
export interface WinogradTransform {
  /** m: outputs of a tile. */
  readonly tile: number;
  /** Aᵀ: m × (m + 2) */
  readonly output: readonly (readonly number[])[];
  /** G: (m + 2) × 3 */
  readonly filter: readonly (readonly number[])[];
  /** Bᵀ: (m + 2) × (m + 2) */
  readonly input: readonly (readonly number[])[];
  /** Most roundings that a term goes through in each transform as the kernels compute it, none fused, inexact constants included. */
  readonly roundings: { readonly output: number; readonly filter: number; readonly input: number };
}

/** From the points 0, ±1 and ∞. */
export const F2: WinogradTransform = {
  tile: 2,
  output: [
    [1, 1, 1, 0],
    [0, 1, -1, -1],
  ],
  filter: [
    [1, 0, 0],
    [0.5, 0.5, 0.5],
    [0.5, -0.5, 0.5],
    [0, 0, 1],
  ],
  input: [
    [1, 0, -1, 0],
    [0, 1, 1, 0],
    [0, -1, 1, 0],
    [0, 1, 0, -1],
  ],
  roundings: { output: 2, filter: 2, input: 1 },
};

// from the points 0, ±a, ±b and ∞. Of all points these have within 2% the least κ, 14.01 (0, ±1, ±2, ∞ have 31), and they are
// short binary fractions, so Aᵀ and Bᵀ are exact in f32
const [a, b] = [5 / 8, 13 / 8];
const [nearA, nearB] = [2 * a * a * (a * a - b * b), 2 * b * b * (b * b - a * a)];

/** From the points 0, ±5/8, ±13/8 and ∞. */
export const F4: WinogradTransform = {
  tile: 4,
  output: [
    [1, 1, 1, 1, 1, 0],
    [0, a, -a, b, -b, 0],
    [0, a ** 2, a ** 2, b ** 2, b ** 2, 0],
    [0, a ** 3, -(a ** 3), b ** 3, -(b ** 3), 1],
  ],
  filter: [
    [1 / (a * b) ** 2, 0, 0],
    [1 / nearA, a / nearA, a ** 2 / nearA],
    [1 / nearA, -a / nearA, a ** 2 / nearA],
    [1 / nearB, b / nearB, b ** 2 / nearB],
    [1 / nearB, -b / nearB, b ** 2 / nearB],
    [0, 0, 1],
  ],
  input: [
    [(a * b) ** 2, 0, -(a ** 2 + b ** 2), 0, 1, 0],
    [0, -a * b ** 2, -(b ** 2), a, 1, 0],
    [0, a * b ** 2, -(b ** 2), -a, 1, 0],
    [0, -b * a ** 2, -(a ** 2), b, 1, 0],
    [0, b * a ** 2, -(a ** 2), -b, 1, 0],
    [0, (a * b) ** 2, 0, -(a ** 2 + b ** 2), 0, 1],
  ],
  roundings: { output: 4, filter: 5, input: 4 },
};

/** κ of one axis: 5 for F(2, 3), 14.01 for F(4, 3). */
export function axisGrowth({ output, filter, input }: WinogradTransform): number {
  const weight = (o: number, i: number, j: number) =>
    input.reduce((sum, row, x) => sum + Math.abs(output[o]![x]! * filter[x]![j]! * row[i]!), 0);
  const sums = output.map((_, o) => {
    let sum = 0;
    for (let t = -2; t < input.length; t++) {
      const taps = [0, 1, 2].filter((j) => t + j >= 0 && t + j < input.length);
      sum += Math.max(...taps.map((j) => weight(o, t + j, j)));
    }
    return sum;
  });
  return Math.max(...sums);
}

/** Most roundings on the way of a product to an output, transforms along two axes; two more for the bias, as in the direct bound. */
export function winogradRoundings({ inputChannels, groups }: ConvProblem, { roundings }: WinogradTransform): number {
  return inputChannels / groups + 2 * (roundings.input + roundings.filter + roundings.output) + 2;
}

/** By how much the error bound exceeds the direct one's maximum over the neighbourhood of a tile (Algorithm.errorGrowth). */
export function winogradGrowth(problem: ConvProblem, transform: WinogradTransform): number {
  return (axisGrowth(transform) ** 2 * winogradRoundings(problem, transform)) / (longestSum(problem) + 2);
}
