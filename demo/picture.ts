// From a file to planes of numbers: decoding, scaling down what is too large, and the canvas that shows the picture.
import { planesOf } from 'webgpu-conv/image';

export interface Picture {
  /** File name without its ending. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Red, green and blue plane, in [0, 1]. */
  readonly planes: Float32Array;
  /** Size of the file's picture, if it was scaled down. */
  readonly scaledFrom: string | undefined;
}

const MAX_PIXELS = 4_000_000;
const MAX_SIDE = 8192; // canvases end at 16384 in some browsers, and textures often at 8192

/** The size a picture is worked on with. */
function workingSize(width: number, height: number): [width: number, height: number] {
  const scale = Math.min(1, Math.sqrt(MAX_PIXELS / (width * height)), MAX_SIDE / Math.max(width, height));
  return [Math.max(1, Math.floor(width * scale)), Math.max(1, Math.floor(height * scale))];
}

/** Draws a decoded picture on `canvas`, which takes its size, and reads the pixels back. */
export function drawPicture(name: string, bitmap: ImageBitmap, canvas: HTMLCanvasElement): Picture {
  const [width, height] = workingSize(bitmap.width, bitmap.height);
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.imageSmoothingQuality = 'high';
  context.fillStyle = '#fff'; // what shines through transparent pixels: results are opaque
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  const isScaled = width !== bitmap.width || height !== bitmap.height;
  return {
    name: name.replace(/\.\w+$/, ''),
    width,
    height,
    planes: planesOf(context.getImageData(0, 0, width, height)),
    scaledFrom: isScaled ? `${bitmap.width} × ${bitmap.height}` : undefined,
  };
}

/** The first file of a drag, if it carries any. */
export function draggedFile(event: DragEvent): File | undefined {
  return event.dataTransfer?.files[0];
}

/** Whether a drag carries files; their content is out of reach until they are dropped. */
export function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}
