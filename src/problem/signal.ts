// Convolution and correlation as signal processing calls them: SciPy's scipy.signal.convolve and correlate (one axis),
// convolve2d and correlate2d (two axes), each as one convolution of this library with one channel and one filter.
import { InvalidArgumentError } from '../errors.js';
import type { ConvDescription } from './conv.js';
import { assertOptionsObject, describe, oneOf, rejectUnknownOptions } from './options.js';
import type { PaddingMode } from './padding.js';
import { formatShape, parseShape, type Shape } from './shape.js';

/** What of the result is kept. */
export const SIGNAL_MODES = ['full', 'same', 'valid'] as const;
/** What lies around the first operand. */
export const SIGNAL_BOUNDARIES = ['fill', 'wrap', 'symm'] as const;

/** Options of `convolve` and `correlate`, named as in SciPy. */
export interface SignalOptions {
  /**
   * 'full' (default): every place where the operands overlap; 'same': as many values as `a` has, from the middle of 'full'; 'valid': only
   * places where the smaller operand lies wholly inside the larger.
   */
  readonly mode?: (typeof SIGNAL_MODES)[number];
  /** What lies around `a`: 'fill' (default) one value, 'wrap' a again and again, 'symm' a mirrored, its edge twice. */
  readonly boundary?: (typeof SIGNAL_BOUNDARIES)[number];
  /** The value of the boundary 'fill'; default 0. */
  readonly fillValue?: number;
}

/** Names of the options of `convolve` and `correlate`. */
export const SIGNAL_OPTIONS = ['mode', 'boundary', 'fillValue'] as const;

/** 'convolve' flips the second operand along every axis, 'correlate' does not. */
export type SignalKind = 'convolve' | 'correlate';

/** A convolve or correlate call as a convolution. */
export interface SignalProblem {
  readonly rank: 1 | 2;
  /** Input (1, 1, …), filter (1, 1, …), channels first. */
  readonly description: ConvDescription;
  /** True: `b` is the input and `a` the filter. */
  readonly swapped: boolean;
  /** Shape of the result, without batch and channel. */
  readonly outputShape: Shape;
}

function parseOperandShape(action: string, name: string, value: unknown): Shape {
  const shape = parseShape(action, `shape of ${name}`, value);
  if (shape.length === 1 || shape.length === 2) return shape;
  throw new InvalidArgumentError(
    `${action}: ${name} has shape ${formatShape(shape)} with ${shape.length} axes, but must have 1 or 2.`,
  );
}

/** Throws unless `a` is at least as large as `b` along every axis, or `b` as `a`. Returns true if `b` is the larger. */
function isContained(action: string, a: Shape, b: Shape): boolean {
  if (a.every((size, axis) => size >= b[axis]!)) return false;
  if (b.every((size, axis) => size >= a[axis]!)) return true;
  throw new InvalidArgumentError(
    `${action}: mode 'valid' needs one operand at least as large as the other along every axis, but a is ${formatShape(a)} and b is ${formatShape(b)}. Give mode 'full' or 'same'.`,
  );
}

function parseFillValue(action: string, value: unknown, boundary: string): number {
  if (value === undefined) return 0;
  if (boundary !== 'fill') {
    throw new InvalidArgumentError(
      `${action}: fillValue belongs to the boundary 'fill', but the boundary is '${boundary}'. Leave the fillValue out, or set boundary: 'fill'.`,
    );
  }
  if (typeof value === 'number' && Number.isFinite(Math.fround(value))) return value;
  throw new InvalidArgumentError(
    `${action}: fillValue is ${describe(value)}, but must be a number that is finite in f32.`,
  );
}

const PADDING_MODE = { wrap: 'circular', symm: 'symmetric' } as const;

/**
 * Padding of one axis of `a` before and after, by mode. The middle of 'same' is SciPy's: for an even `b` convolve, convolve2d
 * and correlate drop the odd value at the end of 'full', correlate2d at its beginning.
 */
function paddingOf(mode: string, kind: SignalKind, rank: number, filterSize: number): readonly [number, number] {
  const overlap = filterSize - 1;
  if (mode === 'valid') return [0, 0];
  if (mode === 'full') return [overlap, overlap];
  const half = kind === 'correlate' && rank === 2 ? Math.floor(overlap / 2) : Math.ceil(overlap / 2);
  return [half, overlap - half];
}

/**
 * The convolution that a convolve or correlate call is.
 * @throws InvalidArgumentError for shapes of other than one or two axes or of different numbers of them, for options that do not exist, and
 * for the mode 'valid' where neither operand contains the other.
 */
export function signalProblem(
  kind: SignalKind,
  aShape: Shape,
  bShape: Shape,
  options: SignalOptions = {},
  action: string = kind,
): SignalProblem {
  assertOptionsObject(action, options);
  rejectUnknownOptions(action, options, SIGNAL_OPTIONS);
  const mode = oneOf(action, 'mode', options.mode ?? 'full', SIGNAL_MODES);
  const boundary = oneOf(action, 'boundary', options.boundary ?? 'fill', SIGNAL_BOUNDARIES);
  const fillValue = parseFillValue(action, options.fillValue, boundary);
  const a = parseOperandShape(action, 'a', aShape);
  const b = parseOperandShape(action, 'b', bShape);
  if (a.length !== b.length) {
    throw new InvalidArgumentError(
      `${action}: a has shape ${formatShape(a)} and b ${formatShape(b)}, but both must have the same number of axes.`,
    );
  }
  const rank = a.length as 1 | 2;
  const bContainsA = mode === 'valid' && isContained(action, a, b);
  // convolution commutes, and the smaller operand makes the better filter. Correlation does not: there the larger filter
  // meets the input in as much padding as it is larger by, where it still covers all of the input.
  const swapped = bContainsA && kind === 'convolve';
  const [input, filter] = swapped ? [b, a] : [a, b];
  const padding = input.map((size, axis): readonly [number, number] =>
    bContainsA && !swapped ? [filter[axis]! - size, filter[axis]! - size] : paddingOf(mode, kind, rank, filter[axis]!),
  );
  // in mode 'valid' nothing of the boundary is seen
  const paddingMode: PaddingMode =
    mode === 'valid' ? 'zeros' : boundary === 'fill' ? fillValue : PADDING_MODE[boundary];
  const description: ConvDescription = {
    inputShape: [1, 1, ...input],
    filterShape: [1, 1, ...filter],
    padding: rank === 1 ? [padding[0]!] : [padding[0]!, padding[1]!],
    paddingMode: paddingMode === 0 ? 'zeros' : paddingMode,
    flipFilter: kind === 'convolve',
  };
  const outputShape = input.map((size, axis) => size + padding[axis]![0] + padding[axis]![1] - filter[axis]! + 1);
  return Object.freeze({ rank, description: Object.freeze(description), swapped, outputShape });
}
