// What was drawn on the pad as the network's digits are: as large, in the middle, and with strokes as thick, however large it was drawn.
import { type Box, placement, SIDE } from './digit.js';

export type Point = readonly [x: number, y: number];
/** A line from where the pointer went down to where it was lifted. */
export type Stroke = readonly Point[];

/** Width of a pen in the picture, in pixels: between a regular and a bold face. */
const PEN = 2.6;
/** Part of the pad that a drawing is at least taken to span, so that a dot stays a dot. */
const LEAST_SPAN = 1 / 8;

/** The box that strokes lie in; undefined if there are none. */
export function boxOf(strokes: readonly Stroke[], padSide: number): Box | undefined {
  const points = strokes.flat();
  if (points.length === 0) return undefined;
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const grow = Math.max(0, LEAST_SPAN * padSide - Math.max(right - left, bottom - top)) / 2;
  return { left: left - grow, right: right + grow, top: top - grow, bottom: bottom + grow };
}

/** Strokes on a pad of side `padSide` in coordinates of the picture. */
export function placedStrokes(strokes: readonly Stroke[], padSide: number): Stroke[] {
  const box = boxOf(strokes, padSide);
  if (!box) return [];
  const [a, b, c, d, e, f] = placement(box);
  return strokes.map((stroke) => stroke.map(([x, y]) => [a * x + c * y + e, b * x + d * y + f] as const));
}

/** Draws strokes as lines with round ends. */
export function drawStrokes(
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  strokes: readonly Stroke[],
  width: number,
): void {
  context.lineWidth = width;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const [first, ...others] of strokes) {
    if (!first) continue;
    context.beginPath();
    context.moveTo(...first);
    if (others.length === 0) context.lineTo(...first); // a dot
    for (const point of others) context.lineTo(...point);
    context.stroke();
  }
}

/** The picture (1, 1, 28, 28) of strokes on a pad of side `padSide`: 0 for paper, 1 for ink. */
export function pictureOf(strokes: readonly Stroke[], padSide: number): Float32Array<ArrayBuffer> {
  const context = new OffscreenCanvas(SIDE, SIDE).getContext('2d', { willReadFrequently: true })!;
  context.fillStyle = '#000';
  context.fillRect(0, 0, SIDE, SIDE);
  context.strokeStyle = '#fff';
  drawStrokes(context, placedStrokes(strokes, padSide), PEN);
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  return Float32Array.from({ length: SIDE * SIDE }, (_, pixel) => data[4 * pixel]! / 255);
}
