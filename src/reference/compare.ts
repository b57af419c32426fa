// Holds values against what was expected of them.
import { elementCount, formatShape } from '../problem/index.js';
import { type ExpectedResult, halfPlace, mayOverflowHalf } from './expected.js';

/** Outcome of {@link compare}. */
export interface Comparison {
  /** True if every value is within its bound. */
  readonly ok: boolean;
  /** Largest error, in units of its own bound: at most 1 is right. */
  readonly errorBoundUnits: number;
  /** Where that is, and what stood there. */
  readonly worst: {
    readonly index: number;
    readonly coordinates: readonly number[];
    readonly actual: number;
    readonly expected: number;
  };
}

/** An error in units of its bound; infinite where it cannot be told, so that nothing passes for want of a bound. */
function errorInBounds(actual: number, expected: number, bound: number): number {
  if (Object.is(actual, expected) || actual === expected) return 0;
  const units = Math.abs(actual - expected) / bound;
  return Number.isNaN(units) || bound === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : units;
}

/**
 * Holds values against what was expected. NaN and infinities are right where exactly they were expected, else infinitely wrong; but of values
 * stored in half precision, infinities are right where the bound reaches the numbers that overflow it.
 * @throws RangeError if the number of values is not that of the expected shape.
 */
export function compare(actual: ArrayLike<number>, expected: ExpectedResult): Comparison {
  const { data, bound, shape, dtype } = expected;
  if (actual.length !== elementCount(shape)) {
    throw new RangeError(`compare: got ${actual.length} values for an expected shape of ${formatShape(shape)}.`);
  }
  let worst = 0;
  let errorBoundUnits = -1;
  for (let index = 0; index < data.length; index++) {
    const place = dtype === 'float16' && mayOverflowHalf(data[index]!, bound[index]!) ? halfPlace : Number;
    const units = errorInBounds(place(actual[index]!), place(data[index]!), bound[index]!);
    if (units > errorBoundUnits) {
      errorBoundUnits = units;
      worst = index;
    }
  }
  const coordinates: number[] = [];
  for (let axis = shape.length - 1, rest = worst; axis >= 0; axis--) {
    coordinates.unshift(rest % shape[axis]!);
    rest = Math.floor(rest / shape[axis]!);
  }
  return {
    ok: errorBoundUnits <= 1,
    errorBoundUnits,
    worst: { index: worst, coordinates, actual: actual[worst]!, expected: data[worst]! },
  };
}
