// Between picture files and pixels, by the browser's own decoders and encoders.
import type { Pixels } from 'webgpu-conv/image';
import type { ShowcasePicture } from './result.js';

/** Larger pictures are scaled down, so that the CPU reference stays bearable. */
export const MOST_PIXELS = 2_000_000;

const PREVIEW_PIXELS = 800_000;

/** The file is no picture that this browser can read. */
export class PictureError extends Error {}

/** A decoded picture, and its size in the file. */
export interface DecodedPicture {
  readonly pixels: Pixels;
  readonly originalSize: readonly [width: number, height: number];
}

/** Size of at most `mostPixels` with the same shape. */
export function fittingSize(width: number, height: number, mostPixels: number): [width: number, height: number] {
  const scale = Math.min(1, Math.sqrt(mostPixels / (width * height)));
  return scale === 1
    ? [width, height]
    : [Math.max(1, Math.floor(width * scale)), Math.max(1, Math.floor(height * scale))];
}

/**
 * Decodes a picture, upright and on white where it is transparent.
 * @throws PictureError if the browser cannot.
 */
export async function decodePicture(file: Blob, name: string): Promise<DecodedPicture> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new PictureError(`${name} is no picture that the browser can read (PNG, JPEG, WebP, AVIF, GIF, BMP).`);
  }
  const [width, height] = fittingSize(bitmap.width, bitmap.height, MOST_PIXELS);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.fillStyle = 'white';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  const originalSize = [bitmap.width, bitmap.height] as const;
  bitmap.close();
  return { pixels: context.getImageData(0, 0, width, height), originalSize };
}

function canvasOf(width: number, height: number): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d')!;
  context.imageSmoothingQuality = 'high';
  return [canvas, context];
}

/** Pixels as data URIs: PNG as they are, and WebP at a size that fills half a report, for the report holds many. */
export function encodePicture({ width, height, data }: Pixels): Pick<ShowcasePicture, 'png' | 'preview'> {
  const [canvas, context] = canvasOf(width, height);
  context.putImageData(new ImageData(new Uint8ClampedArray(data), width, height), 0, 0);
  const [small, smallContext] = canvasOf(...fittingSize(width, height, PREVIEW_PIXELS));
  smallContext.drawImage(canvas, 0, 0, small.width, small.height);
  return { png: canvas.toDataURL('image/png'), preview: small.toDataURL('image/webp', 0.9) };
}
