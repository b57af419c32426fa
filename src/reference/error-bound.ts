// How far an f32 result may be from the reference, derived instead of chosen. With D products summed in an output (and the
// bias), every order of summing them in f32, fused or not, satisfies componentwise
//     |y − ŷ| ≤ (D + 2) · u · (|w| ∗ |x| + |b|),   u = 2^-24,
// N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., equation (3.5); |w| ∗ |x| is the same convolution
// of the absolute values. Values below 2^-126 may be flushed to zero, once for each product and sum.
import {
  type Conv2dProblem,
  conv2dOutputShape,
  elementCount,
  formatShape,
  gemmSize,
  type Shape,
} from '../problem/index.js';
import { activate, activationErrorBound } from './activation.js';
import { conv2dOfProblem, type ReferenceConv2dOptions, type ReferenceTensor, referenceProblem } from './conv2d.js';

/** What an f32 algorithm ought to compute, and how far from it each value may be. */
export interface ExpectedResult {
  /** Reference values, after the activation. */
  readonly data: Float64Array;
  /** Largest permitted |value − reference|, for each output. */
  readonly bound: Float64Array;
  readonly shape: Shape;
}

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

/** Absolute values, in the type that came: loops that see one type of array run at full speed. */
function magnitudes(values: ArrayLike<number>): ArrayLike<number> {
  return values instanceof Float32Array ? values.map(Math.abs) : Float64Array.from(values, Math.abs);
}

/** The reference result of a convolution with the error bound of every value. Throws as the reference's conv2d. */
export function expectedConv2d(
  input: ReferenceTensor,
  filter: ReferenceTensor,
  options: ReferenceConv2dOptions = {},
): ExpectedResult {
  const problem = referenceProblem(input, filter, options);
  return expectedOfProblem(problem, input.data, filter.data, options.bias);
}

/** As {@link expectedConv2d}, of a normalised problem. */
function expectedOfProblem(
  problem: Conv2dProblem,
  x: ArrayLike<number>,
  w: ArrayLike<number>,
  bias?: ArrayLike<number>,
): ExpectedResult {
  const { activation, hasBias } = problem.epilogue;
  const linear: Conv2dProblem = { ...problem, epilogue: { hasBias, activation: 'none' } };
  const data = conv2dOfProblem(linear, x, w, bias);
  const bound = conv2dOfProblem(linear, magnitudes(x), magnitudes(w), bias && magnitudes(bias));
  const { depth } = gemmSize(problem);
  for (let index = 0; index < data.length; index++) {
    const sum = data[index]!;
    const sumBound = (depth + 2) * (2 ** -24 * bound[index]! + 2 ** -126);
    bound[index] = activationErrorBound(activation, sum, sumBound);
    data[index] = activate(activation, sum);
  }
  return { data, bound, shape: conv2dOutputShape(problem) };
}

/** An error in units of its bound; infinite where it cannot be told, so that nothing passes for want of a bound. */
function errorInBounds(actual: number, expected: number, bound: number): number {
  if (Object.is(actual, expected) || actual === expected) return 0;
  const units = Math.abs(actual - expected) / bound;
  return Number.isNaN(units) || bound === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : units;
}

/**
 * Holds values against what was expected. NaN and infinities are right where exactly they were expected, else infinitely wrong.
 * @throws RangeError if the number of values is not that of the expected shape.
 */
export function compare(actual: ArrayLike<number>, expected: ExpectedResult): Comparison {
  const { data, bound, shape } = expected;
  if (actual.length !== elementCount(shape)) {
    throw new RangeError(`compare: got ${actual.length} values for an expected shape of ${formatShape(shape)}.`);
  }
  let worst = 0;
  let errorBoundUnits = -1;
  for (let index = 0; index < data.length; index++) {
    const units = errorInBounds(actual[index]!, data[index]!, bound[index]!);
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
