// What a computation on a GPU ought to come to: values, how far from them each may be, and how they are stored.
//
// Storing in half precision rounds to the nearest, which is monotone: a value within `bound` of v is stored between the
// rounded v − bound and the rounded v + bound. So the bound becomes the larger distance of these from the rounded v; 0 where all
// three are one number. From 65,520 on the nearest is infinity, which distances count as 65,536, the number that would follow
// the largest of half precision: where v ± bound straddles 65,520, both infinity and numbers next to it are within the bound.
import { type FloatDType, roundToHalf, type Shape } from '../problem/index.js';

/** What an f32 algorithm ought to compute, and how far from it each value may be. */
export interface ExpectedResult {
  /** Reference values, after the epilogue; rounded to half precision if they are stored in it. */
  readonly data: Float64Array;
  /** Largest permitted |value − reference|, for each output. */
  readonly bound: Float64Array;
  readonly shape: Shape;
  /** How the values are stored; default 'float32'. In half precision an infinite value counts as 65,536 next to finite ones. */
  readonly dtype?: FloatDType;
}

/** The number after 65,504, the largest of half precision. */
const HALF_OVERFLOW = 65536;

/** A value stored in half precision as a place on the number line, where infinity has one, too. */
export function halfPlace(value: number): number {
  return Math.abs(value) === Number.POSITIVE_INFINITY ? Math.sign(value) * HALF_OVERFLOW : value;
}

/** True if an infinity in half precision may be the finite numbers next to it, or the other way about. */
export function mayOverflowHalf(expected: number, bound: number): boolean {
  return Math.abs(halfPlace(expected)) + bound >= HALF_OVERFLOW;
}

/** Expected values in f32 and their bounds as what is expected after storing. Changes both lists. */
export function expectedInStorage(
  data: Float64Array,
  bound: Float64Array,
  shape: Shape,
  dtype: FloatDType,
): ExpectedResult {
  if (dtype === 'float32') return { data, bound, shape, dtype };
  for (let index = 0; index < data.length; index++) {
    const [value, error] = [data[index]!, bound[index]!];
    const stored = roundToHalf(value);
    data[index] = stored;
    if (!Number.isFinite(error)) continue;
    const [low, middle, high] = [roundToHalf(value - error), stored, roundToHalf(value + error)].map(halfPlace);
    bound[index] = Math.max(middle! - low!, high! - middle!);
  }
  return { data, bound, shape, dtype };
}
