// Pixels in and out: RGBA bytes, as a canvas has them, from and to planes of f32 in [0, 1].
import { InvalidArgumentError } from '../errors.js';
import { describe } from '../problem/index.js';

/** Pixels as in ImageData: four bytes each, red, green, blue, alpha, row-major. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** Pixels in memory of their own, as `new ImageData(data, width, height)` wants them. */
export interface OwnPixels extends Pixels {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

function assertPixels(action: string, pixels: Pixels): void {
  if (typeof pixels?.data?.length !== 'number') {
    throw new InvalidArgumentError(`${action}: pixels must be { width, height, data }, got ${describe(pixels)}.`);
  }
  const { width, height, data } = pixels;
  if (data.length !== 4 * width * height) {
    throw new InvalidArgumentError(
      `${action}: ${width}×${height} pixels need ${4 * width * height} bytes (RGBA), got ${data.length}.`,
    );
  }
}

/**
 * The red, green and blue planes, (3, 1, H, W) or (1, 3, H, W) as you like to shape them; values in [0, 1]. Alpha is left out.
 * @throws InvalidArgumentError if the number of bytes is not 4 · width · height.
 */
export function planesOf(pixels: Pixels): Float32Array {
  assertPixels('planesOf', pixels);
  const count = pixels.width * pixels.height;
  const planes = new Float32Array(3 * count);
  for (let pixel = 0; pixel < count; pixel++) {
    for (let colour = 0; colour < 3; colour++) {
      planes[colour * count + pixel] = pixels.data[4 * pixel + colour]! / 255;
    }
  }
  return planes;
}

/**
 * Opaque RGBA bytes from three planes of values, of which [0, 1] is the visible range; others are clamped.
 * @param offset added to every value: 0.5 shows filters whose results are centred on 0, such as {@link sobelX}.
 * @throws InvalidArgumentError if there are not 3 · width · height values.
 */
export function pixelsOf(planes: ArrayLike<number>, width: number, height: number, offset = 0): OwnPixels {
  const count = width * height;
  if (planes.length !== 3 * count) {
    throw new InvalidArgumentError(`pixelsOf: ${width}×${height} needs ${3 * count} values, got ${planes.length}.`);
  }
  const data = new Uint8ClampedArray(4 * count).fill(255);
  for (let pixel = 0; pixel < count; pixel++) {
    for (let colour = 0; colour < 3; colour++) {
      data[4 * pixel + colour] = 255 * (planes[colour * count + pixel]! + offset); // rounds and clamps
    }
  }
  return { width, height, data };
}
