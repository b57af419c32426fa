// Filters whose planes are products of a column and a row, w[r,s] = u[r]·v[s]: a convolution with one is a convolution along rows and one
// along columns, R + S products an output instead of R·S. Gaussians, boxes, Sobel's and many other picture filters are of this kind.
import { type ConvProblem, convFilterShape } from './conv.js';
import { axisPitches } from './layout.js';

/** How far a weight may be from the product of its factors, in units of 2^-24 of itself: f32 outer products are within 5. */
export const MOST_FACTOR_ERROR = 8;

/** Factors outside these could be flushed to zero, or their quotient be inexact by more than WGSL promises. */
const [LEAST, MOST] = [2 ** -100, 2 ** 100];

/** The problem with a filter known to be separable. */
export function withSeparableFilter(problem: ConvProblem): ConvProblem {
  return Object.freeze({ ...problem, filterIsSeparable: true });
}

/** Whether a plane is a product of its column and its row through its largest weight, the first of these; every weight for itself. */
function isProduct(weight: (r: number, s: number) => number, rows: number, columns: number): boolean {
  let [pivotRow, pivotColumn, largest] = [0, 0, 0];
  for (let r = 0; r < rows; r++)
    for (let s = 0; s < columns; s++) {
      const magnitude = Math.abs(weight(r, s));
      if (!Number.isFinite(magnitude)) return false;
      if (magnitude > largest) [pivotRow, pivotColumn, largest] = [r, s, magnitude];
    }
  if (largest === 0) return true;
  if (largest < LEAST || largest > MOST) return false;
  const pivot = weight(pivotRow, pivotColumn);
  for (let r = 0; r < rows; r++) {
    const factor = weight(r, pivotColumn) / pivot;
    if (factor !== 0 && Math.abs(factor) < LEAST) return false;
    for (let s = 0; s < columns; s++) {
      const value = weight(r, s);
      const error = Math.abs(value - factor * weight(pivotRow, s));
      if (error > MOST_FACTOR_ERROR * 2 ** -24 * Math.abs(value)) return false;
    }
  }
  return true;
}

/**
 * Whether every plane of a filter in two dimensions is a product of a column and a row, up to the roundings of f32.
 * @param values the filter as it is stored, in its layout.
 */
export function isSeparableFilter(problem: ConvProblem, values: ArrayLike<number>): boolean {
  if (problem.rank !== 2) return false;
  const [rows, columns] = problem.axes.map(({ filterSize }) => filterSize) as [number, number];
  const shape = convFilterShape(problem);
  const pitches = axisPitches(shape, problem.filterLayout);
  const [filters, channels] = ['o', 'i'].map((letter) => shape[problem.filterLayout.indexOf(letter)]!);
  for (let o = 0; o < filters!; o++)
    for (let i = 0; i < channels!; i++) {
      const first = o * pitches.o + i * pitches.i;
      if (!isProduct((r, s) => values[first + r * pitches.h + s * pitches.w]!, rows, columns)) return false;
    }
  return true;
}
