// A bank of sixteen 3×3 filters on the three colour planes, of the kind that the first layer of a network learns: edges
// of eight directions, colours, and colour contrasts. With a relu behind, each shows one polarity only.
import { laplacian, sobelX, sobelY } from 'webgpu-conv/image';

type Colours = readonly [red: number, green: number, blue: number];

const BRIGHTNESS: Colours = [0.299, 0.587, 0.114]; // of ITU-R BT.601
const BLUR = [1, 2, 1, 2, 4, 2, 1, 2, 1].map((weight) => weight / 16);

/** Derivative in a direction, by eighths of a turn. */
function derivative(eighths: number): number[] {
  const angle = (eighths * Math.PI) / 4;
  return Array.from(
    sobelX.weights,
    (weight, tap) => (Math.cos(angle) * weight + Math.sin(angle) * sobelY.weights[tap]!) / 4,
  );
}

const FILTERS: readonly { readonly name: string; readonly colours: Colours; readonly taps: ArrayLike<number> }[] = [
  ...['→', '↘', '↓', '↙', '←', '↖', '↑', '↗'].map((arrow, eighths) => ({
    name: `brighter ${arrow}`,
    colours: BRIGHTNESS,
    taps: derivative(eighths),
  })),
  { name: 'red', colours: [1, 0, 0], taps: BLUR },
  { name: 'green', colours: [0, 1, 0], taps: BLUR },
  { name: 'blue', colours: [0, 0, 1], taps: BLUR },
  { name: 'dark', colours: [-1 / 3, -1 / 3, -1 / 3], taps: BLUR },
  { name: 'red − green', colours: [1, -1, 0], taps: BLUR },
  { name: 'green − blue', colours: [0, 1, -1], taps: BLUR },
  { name: 'yellow − blue', colours: [0.5, 0.5, -1], taps: BLUR },
  { name: 'spots', colours: BRIGHTNESS, taps: laplacian.weights },
];

/** Names of the filters, in order. */
export const BANK_NAMES: readonly string[] = FILTERS.map(({ name }) => name);

/** The weights, (16, 3, 3, 3). */
export function bankWeights(): Float32Array {
  return Float32Array.from(
    FILTERS.flatMap(({ colours, taps }) => colours.flatMap((colour) => Array.from(taps, (tap) => colour * tap))),
  );
}

/** Added to each filter's output: lifts the inverted brightness above the relu. */
export function bankBias(): Float32Array {
  return Float32Array.from(FILTERS, ({ name }) => (name === 'dark' ? 1 : 0));
}
