// Layouts: the order of axes in memory, outermost first, written with the axis letters n c h w (input), o i h w (filter).
import type { Shape } from './shape.js';

/** Layouts of an input or output: batch, channels, rows, columns. */
export const INPUT_LAYOUTS = ['nchw', 'nhwc'] as const;
/** Layouts of a filter: output channels, input channels, rows, columns. */
export const FILTER_LAYOUTS = ['oihw', 'hwio'] as const;

/** Order of the axes of an input or output tensor. */
export type InputLayout = (typeof INPUT_LAYOUTS)[number];
/** Order of the axes of a filter tensor. */
export type FilterLayout = (typeof FILTER_LAYOUTS)[number];
/** Layout that a tensor can be labelled with. */
export type TensorLayout = InputLayout | FilterLayout;

/** Size of the axis called `letter`. */
export function axisSize(shape: Shape, layout: TensorLayout, letter: string): number {
  return shape[layout.indexOf(letter)]!;
}

/** A shape in `layout` from the sizes of its axes by letter. */
export function shapeInLayout(layout: TensorLayout, sizes: Readonly<Record<string, number>>): Shape {
  return [...layout].map((letter) => sizes[letter]!);
}

/** Elements from one index to the next along each axis of a dense tensor, by axis letter. */
export function axisPitches(shape: Shape, layout: TensorLayout): Readonly<Record<string, number>> {
  const pitches: Record<string, number> = {};
  let pitch = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    pitches[layout[axis]!] = pitch;
    pitch *= shape[axis]!;
  }
  return pitches;
}
