// Named picture filters, as small matrices. All are cross-correlation kernels: apply them as they stand.
import { InvalidArgumentError } from '../errors.js';
import { integerAtLeast } from '../problem/index.js';

/** A filter for one colour plane: `size[0]` rows of `size[1]` weights, row-major. */
export interface PictureFilter {
  readonly size: readonly [rows: number, columns: number];
  readonly weights: Float32Array;
}

function filterOf(rows: readonly (readonly number[])[]): PictureFilter {
  return { size: [rows.length, rows[0]!.length], weights: Float32Array.from(rows.flat()) };
}

/**
 * Gaussian blur, size × size taps that sum to 1.
 * @param size odd number of taps.
 * @param sigma standard deviation in pixels, 0.001 to 1e6; default size / 6, so that the filter ends at three of them.
 * @throws InvalidArgumentError for an even size, or a sigma out of its range.
 */
export function gaussian(size: number, sigma = size / 6): PictureFilter {
  integerAtLeast('gaussian', 'size', size, 1);
  if (size % 2 === 0) throw new InvalidArgumentError(`gaussian: size is ${size}, but must be odd to have a middle.`);
  if (!(sigma >= 1e-3 && sigma <= 1e6)) {
    throw new InvalidArgumentError(`gaussian: sigma is ${sigma}, but must lie between 0.001 and 1,000,000 pixels.`);
  }
  const middle = (size - 1) / 2;
  const profile = Array.from({ length: size }, (_, tap) => Math.exp(-((tap - middle) ** 2) / (2 * sigma * sigma)));
  const sum = profile.reduce((total, weight) => total + weight, 0);
  return filterOf(profile.map((row) => profile.map((column) => (row * column) / (sum * sum))));
}

/** Mean of size × size pixels. */
export function box(size: number): PictureFilter {
  integerAtLeast('box', 'size', size, 1);
  return filterOf(Array.from({ length: size }, () => Array.from({ length: size }, () => 1 / (size * size))));
}

/** Derivative along the columns: bright where it gets brighter to the right (I. Sobel, 1968). */
export const sobelX = filterOf([
  [-1, 0, 1],
  [-2, 0, 2],
  [-1, 0, 1],
]);

/** Derivative along the rows: bright where it gets brighter downwards (I. Sobel, 1968). */
export const sobelY = filterOf([
  [-1, -2, -1],
  [0, 0, 0],
  [1, 2, 1],
]);

/** Second derivative, all eight neighbours: bright at edges and spots. */
export const laplacian = filterOf([
  [-1, -1, -1],
  [-1, 8, -1],
  [-1, -1, -1],
]);

/** The picture as a relief lit from the top left. */
export const emboss = filterOf([
  [-2, -1, 0],
  [-1, 1, 1],
  [0, 1, 2],
]);

/** The picture plus its Laplacian of four neighbours. */
export const sharpen = filterOf([
  [0, -1, 0],
  [-1, 5, -1],
  [0, -1, 0],
]);
