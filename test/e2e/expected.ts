// What the page ought to show, computed with the published CPU reference from the pixels that the page starts from.
import type * as image from '../../src/image/index.js';
import type * as reference from '../../src/reference/index.js';
import type { CanvasPixels } from './demo-page.js';

// by a computed address: type checks must not depend on a build
const published = (file: string) => import(new URL(`../../dist/${file}`, import.meta.url).href);
const { conv2d }: typeof reference = await published('reference.js');
export const { box, gaussian, pixelsOf, planesOf }: typeof image = await published('image.js');

/** The pixels after a filter has gone over each colour plane, without error. */
export function expectedPixels(before: CanvasPixels, { size, weights }: image.PictureFilter): CanvasPixels {
  const { width, height } = before;
  const { data } = conv2d(
    { data: planesOf(before), shape: [3, 1, height, width] },
    { data: weights, shape: [1, 1, ...size] },
    { padding: 'same' },
  );
  return pixelsOf(data, width, height);
}

/** Number of channel values of two pictures of one size that differ by more than `tolerance` steps of 255. */
export function differences(actual: CanvasPixels, expected: CanvasPixels, tolerance: number): number {
  if (actual.width !== expected.width || actual.height !== expected.height) {
    throw new RangeError(`${actual.width}×${actual.height} pixels, expected ${expected.width}×${expected.height}`);
  }
  let count = 0;
  for (let index = 0; index < expected.data.length; index++) {
    if (Math.abs(actual.data[index]! - expected.data[index]!) > tolerance) count++;
  }
  return count;
}
