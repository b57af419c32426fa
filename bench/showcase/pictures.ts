// Results as pictures: how the numbers of a convolution become something to look at. Pure.
import type { Pixels } from 'webgpu-conv/image';
import { pixelsOf } from 'webgpu-conv/image';

/** Length of the gradient, from planes of its two directions in turn: (3, 2, H, W). `gain` brightens it. */
export function gradientPicture(values: ArrayLike<number>, width: number, height: number, gain = 0.5): Pixels {
  const count = width * height;
  const planes = new Float32Array(3 * count);
  for (let plane = 0; plane < 3; plane++) {
    for (let pixel = 0; pixel < count; pixel++) {
      const across = values[2 * plane * count + pixel]!;
      const down = values[(2 * plane + 1) * count + pixel]!;
      planes[plane * count + pixel] = gain * Math.hypot(across, down);
    }
  }
  return pixelsOf(planes, width, height);
}

const SHEET_GAP = 4; // pixels
const SHEET_GREY = 64; // of the gap

const SHEET_WHITE = 0.995; // quantile that becomes white: single bright pixels would leave edges in the dark

/** The value that becomes white: nearly the largest, or the largest where only few are above 0. */
function whiteOf(plane: ArrayLike<number>): number {
  const sorted = Float32Array.from(plane).sort();
  return sorted[Math.floor(SHEET_WHITE * (sorted.length - 1))]! || sorted.at(-1)!;
}

/** Planes side by side, `columns` in a row, in grey, each scaled to its own range from 0 to nearly its largest value. */
export function contactSheet(planes: Float32Array, width: number, height: number, columns: number): Pixels {
  const count = planes.length / (width * height);
  const rows = Math.ceil(count / columns);
  const sheetWidth = columns * (width + SHEET_GAP) - SHEET_GAP;
  const sheetHeight = rows * (height + SHEET_GAP) - SHEET_GAP;
  const data = new Uint8ClampedArray(4 * sheetWidth * sheetHeight).fill(SHEET_GREY);
  for (let alpha = 3; alpha < data.length; alpha += 4) data[alpha] = 255;
  for (let plane = 0; plane < count; plane++) {
    const first = plane * width * height;
    const white = whiteOf(planes.subarray(first, first + width * height));
    const left = (plane % columns) * (width + SHEET_GAP);
    const top = Math.floor(plane / columns) * (height + SHEET_GAP);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const grey = white > 0 ? (255 * planes[first + y * width + x]!) / white : 0;
        data.fill(grey, 4 * ((top + y) * sheetWidth + left + x), 4 * ((top + y) * sheetWidth + left + x) + 3);
      }
    }
  }
  return { width: sheetWidth, height: sheetHeight, data };
}
