// The filters that are to be found out, 5 × 5 each.
import { emboss, gaussian, laplacian, type PictureFilter, sharpen, sobelX } from 'webgpu-conv/image';

export const TAPS = 5;

/** A filter (5, 5) in the middle of zeros. */
function padded({ weights, size: [rows, columns] }: PictureFilter): Float32Array<ArrayBuffer> {
  const filter = new Float32Array(TAPS * TAPS);
  const [top, left] = [(TAPS - rows) >> 1, (TAPS - columns) >> 1];
  for (let row = 0; row < rows; row++) {
    filter.set(weights.subarray(row * columns, (row + 1) * columns), (top + row) * TAPS + left);
  }
  return filter;
}

/** Random weights, different ones each time, that add up to 1, so that a picture stays as bright. */
function random(): Float32Array<ArrayBuffer> {
  const weights = Float32Array.from({ length: TAPS * TAPS }, () => 0.6 * (Math.random() - 0.5));
  const excess = weights.reduce((sum, weight) => sum + weight, 0) - 1;
  return weights.map((weight) => weight - excess / weights.length);
}

/** A filter to choose. */
export interface UnknownFilter {
  readonly id: string;
  readonly name: string;
  weights(): Float32Array<ArrayBuffer>;
}

export const UNKNOWN_FILTERS: readonly UnknownFilter[] = [
  { id: 'random', name: 'Random weights', weights: random },
  { id: 'emboss', name: 'Emboss', weights: () => padded(emboss) },
  { id: 'gaussian', name: 'Gaussian blur', weights: () => padded(gaussian(TAPS)) },
  { id: 'sharpen', name: 'Sharpen', weights: () => padded(sharpen) },
  { id: 'sobel', name: 'Edges along columns', weights: () => padded(sobelX) },
  { id: 'laplacian', name: 'Laplacian', weights: () => padded(laplacian) },
];
