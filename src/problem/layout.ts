// Layouts: the order of axes in memory, outermost first, written with the axis letters n c d h w (input), o i d h w (filter).
import type { Rank } from './rank.js';
import type { Shape } from './shape.js';

/** Layouts of inputs and outputs by rank; the first is the default. */
export const INPUT_LAYOUTS = { 1: ['ncw', 'nwc'], 2: ['nchw', 'nhwc'], 3: ['ncdhw', 'ndhwc'] } as const;

/** Layouts of filters by rank. The first is the default of a convolution, the second that of a transposed one. */
export const FILTER_LAYOUTS = {
  1: ['oiw', 'iow', 'wio', 'woi', 'owi', 'iwo'],
  2: ['oihw', 'iohw', 'hwio', 'hwoi', 'ohwi', 'ihwo'],
  3: ['oidhw', 'iodhw', 'dhwio', 'dhwoi', 'odhwi', 'idhwo'],
} as const;

/** Order of the axes of an input or output tensor: n batch, c channels, d depth, h rows, w columns. */
export type InputLayout<R extends Rank = Rank> = (typeof INPUT_LAYOUTS)[R][number];
/** Order of the axes of a filter: o output channels, i input channels, d depth, h rows, w columns. */
export type FilterLayout<R extends Rank = Rank> = (typeof FILTER_LAYOUTS)[R][number];
/** Layout that a tensor can be labelled with. */
export type TensorLayout = InputLayout | FilterLayout;

/** Every layout there is. */
export const TENSOR_LAYOUTS: readonly TensorLayout[] = ([1, 2, 3] as const).flatMap((rank) => [
  ...INPUT_LAYOUTS[rank],
  ...FILTER_LAYOUTS[rank],
]);

/** Size of the axis called `letter`. */
export function axisSize(shape: Shape, layout: TensorLayout, letter: string): number {
  return shape[layout.indexOf(letter)]!;
}

/** A shape in `layout` from the sizes of its axes by letter. */
export function shapeInLayout(layout: TensorLayout, sizes: Readonly<Record<string, number>>): Shape {
  return [...layout].map((letter) => sizes[letter]!);
}

/** Elements from one index to the next along an axis, by axis letter; 0 for the spatial axes that a layout has not. */
export type Pitches = Readonly<Record<'n' | 'c' | 'o' | 'i' | 'd' | 'h' | 'w', number>>;

/** Pitches of a dense tensor. */
export function axisPitches(shape: Shape, layout: TensorLayout): Pitches {
  const pitches = { n: 0, c: 0, o: 0, i: 0, d: 0, h: 0, w: 0 };
  let pitch = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    pitches[layout[axis] as keyof Pitches] = pitch;
    pitch *= shape[axis]!;
  }
  return pitches;
}
