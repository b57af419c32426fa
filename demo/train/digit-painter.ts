// Paints digits on a canvas and reads them back as numbers: 0 for paper, 1 for ink.
import type { Random } from 'webgpu-conv/training';
import { digitAt, placement, SIDE } from './digit.js';

/** Pictures (count, 1, 28, 28) and what they show. */
export interface DigitBatch {
  readonly pictures: Float32Array<ArrayBuffer>;
  readonly labels: Uint32Array<ArrayBuffer>;
  /** Number of the face that each is set in. */
  readonly faces: Uint8Array<ArrayBuffer>;
}

const COLUMNS = 16; // pictures in a row of the sheet that is read back at once
const PIXELS = SIDE * SIDE;

/** Paints digits in faces that were loaded. */
export class DigitPainter {
  readonly #fonts: readonly string[];
  #sheet = new OffscreenCanvas(COLUMNS * SIDE, SIDE);

  /** @param fonts as CSS has them, of the size that outlines are measured in: '700 100px Lato' */
  constructor(fonts: readonly string[]) {
    this.#fonts = fonts;
  }

  /** Digits `first` to `first + count − 1` of a seed. */
  paint(seed: number, first: number, count: number): DigitBatch {
    const context = this.#clearSheet(Math.ceil(count / COLUMNS));
    const pictures = new Float32Array(count * PIXELS);
    const labels = new Uint32Array(count);
    const faces = new Uint8Array(count);
    const noise: { deviation: number; random: Random }[] = [];
    for (let index = 0; index < count; index++) {
      const { digit, random } = digitAt(seed, first + index, this.#fonts.length);
      labels[index] = digit.label;
      faces[index] = digit.face;
      noise.push({ deviation: digit.noise, random });
      const text = String(digit.label);
      context.font = this.#fonts[digit.face]!;
      const outline = context.measureText(text);
      const box = {
        left: -outline.actualBoundingBoxLeft,
        top: -outline.actualBoundingBoxAscent,
        right: outline.actualBoundingBoxRight,
        bottom: outline.actualBoundingBoxDescent,
      };
      const [a, b, c, d, e, f] = placement(box, digit);
      const [column, row] = [index % COLUMNS, Math.floor(index / COLUMNS)];
      context.setTransform(a, b, c, d, e + column * SIDE, f + row * SIDE);
      context.fillText(text, 0, 0);
    }
    const { data, width } = context.getImageData(0, 0, this.#sheet.width, this.#sheet.height);
    for (let index = 0; index < count; index++) {
      const corner = Math.floor(index / COLUMNS) * SIDE * width + (index % COLUMNS) * SIDE;
      const { deviation, random } = noise[index]!;
      for (let pixel = 0; pixel < PIXELS; pixel++) {
        const at = corner + Math.floor(pixel / SIDE) * width + (pixel % SIDE);
        const ink = data[4 * at]! / 255 + deviation * random.normal();
        pictures[index * PIXELS + pixel] = Math.min(1, Math.max(0, ink));
      }
    }
    return { pictures, labels, faces };
  }

  #clearSheet(rows: number): OffscreenCanvasRenderingContext2D {
    if (this.#sheet.height < rows * SIDE) this.#sheet = new OffscreenCanvas(COLUMNS * SIDE, rows * SIDE);
    const context = this.#sheet.getContext('2d', { willReadFrequently: true })!;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = '#000';
    context.fillRect(0, 0, this.#sheet.width, this.#sheet.height);
    context.fillStyle = '#fff';
    return context;
  }
}
