// What a rendered digit looks like, as plain numbers: which digit, in which face, how it is turned, scaled, sheared, moved, and how much
// noise lies over it. A function of seed and number alone, so that pictures need not be kept.
import { type Random, seededRandom } from 'webgpu-conv/training';

/** Pixels along a side of a picture, as MNIST has them (Y. LeCun et al., Gradient-Based Learning Applied to Document Recognition, 1998). */
export const SIDE = 28;
/** Pixels of the longer side of an upright digit. The rest is margin. */
export const BODY = 20;
export const CLASSES = 10;

/** A digit to render. Angles in radians, lengths in pixels. */
export interface Digit {
  /** 0 to 9. */
  readonly label: number;
  /** Number of its face. */
  readonly face: number;
  readonly rotation: number;
  /** Along columns and rows, 1 as designed. */
  readonly scale: readonly [columns: number, rows: number];
  /** Columns that a row moves for each row further down. */
  readonly shear: number;
  readonly offset: readonly [columns: number, rows: number];
  /** Standard deviation of the noise, of a full stroke's brightness. */
  readonly noise: number;
}

const MOST_ROTATION = (14 * Math.PI) / 180;
const MOST_SHEAR = 0.25;
const MOST_OFFSET = 1.5;
const MOST_NOISE = 0.12;

/**
 * The digit of a number in a stream of digits.
 * @param faces how many there are to choose from
 * @returns the digit, and what is left of its random values, for its noise
 */
export function digitAt(seed: number, number: number, faces: number): { digit: Digit; random: Random } {
  const random = seededRandom(Math.imul(seed, 0x9e3779b9) + number); // seeds are far apart, the numbers of each in a row
  const { uniform } = random;
  const around = (amount: number) => (2 * uniform() - 1) * amount;
  const size = 1 + around(0.15);
  const digit: Digit = {
    label: Math.floor(uniform() * CLASSES),
    face: Math.floor(uniform() * faces),
    rotation: around(MOST_ROTATION),
    scale: [size * (1 + around(0.15)), size],
    shear: around(MOST_SHEAR),
    offset: [around(MOST_OFFSET), around(MOST_OFFSET)],
    noise: uniform() * MOST_NOISE,
  };
  return { digit, random };
}

/** Where a box of ink is on the paper it was measured on. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The matrix (a, b, c, d, e, f) of a canvas: (x, y) to (a·x + c·y + e, b·x + d·y + f). */
export type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** The matrix that puts a box in the middle of a picture, its longer side `BODY` long, and then transforms it as a digit says. */
export function placement(
  { left, top, right, bottom }: Box,
  { rotation, scale, shear, offset }: Pick<Digit, 'rotation' | 'scale' | 'shear' | 'offset'> = UPRIGHT,
): Matrix {
  const size = BODY / Math.max(right - left, bottom - top);
  const [cos, sin] = [Math.cos(rotation), Math.sin(rotation)];
  const [columns, rows] = [scale[0] * size, scale[1] * size];
  // rotation · shear · scale, about the middle of the box
  const a = cos * columns;
  const b = sin * columns;
  const c = (cos * shear - sin) * rows;
  const d = (sin * shear + cos) * rows;
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  return [a, b, c, d, SIDE / 2 + offset[0] - a * x - c * y, SIDE / 2 + offset[1] - b * x - d * y];
}

const UPRIGHT = { rotation: 0, scale: [1, 1], shear: 0, offset: [0, 0] } as const;
