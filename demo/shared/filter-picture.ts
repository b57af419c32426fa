// A filter as a picture: a square for each weight, orange where it is positive, blue where it is negative, the paper's colour at 0.

type Colour = readonly [red: number, green: number, blue: number];

const ZERO: Colour = [247, 246, 243];
const POSITIVE: Colour = [180, 83, 9];
const NEGATIVE: Colour = [29, 78, 137];

/** The colour of a weight, `largest` and beyond being the fullest. */
export function weightColour(weight: number, largest: number): Colour {
  const share = Math.min(1, Math.abs(weight) / largest || 0);
  const full = weight < 0 ? NEGATIVE : POSITIVE;
  return [0, 1, 2].map((part) => Math.round(ZERO[part]! + share * (full[part]! - ZERO[part]!))) as unknown as Colour;
}

/** The largest weight without its sign; 0 for weights that are all 0. */
export function largestOf(weights: ArrayLike<number>): number {
  return Array.from(weights).reduce((largest, weight) => Math.max(largest, Math.abs(weight)), 0);
}

/** Draws a filter, one pixel for each weight; the style sheet makes them large. */
export function drawFilter(
  canvas: HTMLCanvasElement,
  weights: ArrayLike<number>,
  [rows, columns]: readonly [rows: number, columns: number],
  largest = largestOf(weights),
): void {
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(columns, rows);
  for (let index = 0; index < rows * columns; index++) {
    image.data.set([...weightColour(weights[index]!, largest), 255], 4 * index);
  }
  context.putImageData(image, 0, 0);
}
