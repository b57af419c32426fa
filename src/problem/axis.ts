// Geometry of one spatial axis. Problems of every rank are made of these: a 2-D convolution has a row axis and a column axis.
// Notation and formulas of the output sizes: V. Dumoulin, F. Visin, A guide to convolution arithmetic for deep learning,
// arXiv:1603.07285, relationships 14 and 15 (convolution), 13 and 14 of chapter 4 (transposed).
import { InvalidArgumentError } from '../errors.js';
import type { AxisPadding } from './padding.js';

/** One spatial axis of a normalised problem. All sizes in elements. */
export interface ConvAxis {
  readonly inputSize: number;
  /** Taps of the filter, or of the pooling window. */
  readonly filterSize: number;
  readonly stride: number;
  readonly dilation: number;
  /**
   * Elements of padding before the first and after the last input element; negative: elements that are cropped.
   * Of a transposed convolution: elements that are cropped from its output, as in the convolution that it is the adjoint of.
   */
  readonly padBegin: number;
  readonly padEnd: number;
  readonly outputSize: number;
}

/** The axis that a problem of lower rank has not: one element, one tap, one output. */
const UNIT_AXIS: ConvAxis = Object.freeze({
  inputSize: 1,
  filterSize: 1,
  stride: 1,
  dilation: 1,
  padBegin: 0,
  padEnd: 0,
  outputSize: 1,
});

/** The axes of a problem of any rank as depth, rows and columns. */
export function volumeAxes(axes: readonly ConvAxis[]): readonly [depth: ConvAxis, rows: ConvAxis, columns: ConvAxis] {
  return [...Array<ConvAxis>(3 - axes.length).fill(UNIT_AXIS), ...axes] as [ConvAxis, ConvAxis, ConvAxis];
}

/** What an axis is resolved from. */
export type AxisSizes = Pick<ConvAxis, 'inputSize' | 'filterSize' | 'stride' | 'dilation'>;

/**
 * How the number of outputs is rounded where the filter does not fit the stride: 'floor' leaves the input's last elements unused, 'ceil' adds an
 * output that reaches past the padding (but none that would start there), 'exact' is an error unless it fits.
 */
export type Rounding = (typeof ROUNDINGS)[number];
export const ROUNDINGS = ['floor', 'ceil', 'exact'] as const;

/** Largest coordinate, stride or dilation: kernels tell negative coordinates by the highest of 32 bits. */
export const MAX_COORDINATE = 2 ** 31 - 1;

/** Extent of a dilated filter: the distance from its first to its last tap, both included. */
export function dilatedSize(filterSize: number, dilation: number): number {
  return (filterSize - 1) * dilation + 1;
}

/** A total divided in two; the odd one goes to the end, or to the beginning if `lower`. */
function halves(total: number, lower: boolean): [begin: number, end: number] {
  const small = Math.floor(total / 2);
  return lower ? [total - small, small] : [small, total - small];
}

/**
 * Padding of a convolution by a rule. 'same' makes the output ⌈input / stride⌉ long (as TensorFlow and WebNN's same-upper);
 * 'full' lets every tap meet every input element; 'causal' lets an output see no input after its own place.
 */
function paddingOf(padding: AxisPadding, { inputSize, stride }: AxisSizes, extent: number): readonly [number, number] {
  switch (padding) {
    case 'valid':
      return [0, 0];
    case 'full':
      return [extent - 1, extent - 1];
    case 'causal':
      return [extent - 1, 0];
    case 'same':
    case 'same-lower': {
      const total = Math.max(0, (Math.ceil(inputSize / stride) - 1) * stride + extent - inputSize);
      return halves(total, padding === 'same-lower');
    }
    default:
      return padding;
  }
}

function formatSum(terms: readonly number[]): string {
  return terms.join(' + ').replaceAll('+ -', '− ');
}

function formatExtent({ filterSize, dilation }: AxisSizes): string {
  return dilation === 1
    ? `${filterSize}`
    : `${dilatedSize(filterSize, dilation)} (${filterSize} with dilation ${dilation})`;
}

function assertIndexable(action: string, what: string, size: number): void {
  if (size <= MAX_COORDINATE) return;
  throw new InvalidArgumentError(
    `${action}: ${what} is ${size}, but at most ${MAX_COORDINATE} (2^31 - 1) can be indexed. Give less padding or smaller steps.`,
  );
}

/** Number of outputs: ⌊span / stride⌋ + 1, or as the rounding says. `span` is the padded input without one dilated filter. */
function roundedSize(
  action: string,
  label: string,
  { inputSize, stride }: AxisSizes,
  padBegin: number,
  padEnd: number,
  span: number,
  rounding: Rounding,
): number {
  const floor = Math.floor(span / stride);
  if (span % stride === 0 || rounding === 'floor') return floor + 1;
  if (rounding === 'exact') {
    throw new InvalidArgumentError(
      `${action}: the filter does not fit the stride along the ${label}: ${span % stride} of ${span} steps are left over at stride ${stride}. Give other padding, or rounding 'floor' or 'ceil'.`,
    );
  }
  // the rule of PyTorch and ONNX: no window starts in the padding at the end
  const end = inputSize + Math.min(padEnd, 0) + padBegin;
  if ((floor + 1) * stride >= end) return floor + 1;
  if (padEnd < 0) {
    throw new InvalidArgumentError(
      `${action}: rounding 'ceil' would reach into the ${-padEnd} elements that are cropped from the end of the ${label}. Give rounding 'floor', or other padding.`,
    );
  }
  return floor + 2;
}

/**
 * Resolves an axis of a convolution or a pooling: output size = ⌊(input + padding − dilated filter) / stride⌋ + 1.
 * @param label names the axis in messages ('height', 'width').
 * @param filterName names what slides along it ('filter', 'window').
 * @throws InvalidArgumentError if the filter is larger than the padded input, or does not fit and the rounding is 'exact'.
 */
export function resolveAxis(
  action: string,
  label: string,
  axis: AxisSizes,
  padding: AxisPadding,
  rounding: Rounding = 'floor',
  filterName = 'filter',
): ConvAxis {
  const { inputSize, filterSize, stride, dilation } = axis;
  const extent = dilatedSize(filterSize, dilation);
  const [padBegin, padEnd] = paddingOf(padding, axis, extent);
  const padded = inputSize + padBegin + padEnd;
  const sum = formatSum([inputSize, padBegin, padEnd]);
  assertIndexable(
    action,
    `the padded input's ${label} (${sum})`,
    Math.max(padded, inputSize + padBegin, inputSize + padEnd),
  );
  if (padded < extent) {
    throw new InvalidArgumentError(
      `${action}: the ${filterName}'s ${label} of ${formatExtent(axis)} is larger than the padded input's of ${padded} (${sum}). Give more padding or a smaller ${filterName}.`,
    );
  }
  const outputSize = roundedSize(action, label, axis, padBegin, padEnd, padded - extent, rounding);
  assertIndexable(action, `the last ${filterName}'s end along the ${label}`, (outputSize - 1) * stride + extent);
  return Object.freeze({ inputSize, filterSize, stride, dilation, padBegin, padEnd, outputSize });
}

/** How the output of a transposed convolution ends: some elements later, or at a size that is given. */
export type OutputEnd = { readonly outputPadding: number } | { readonly outputSize: number };

/**
 * Padding of a transposed convolution by a rule: that of the convolution whose adjoint it is, so that 'same' makes the
 * output input · stride long, and 'full' the input wherever filter and output overlap. 'causal' crops the end instead of the
 * beginning: an output sees no input after its own place there, too.
 */
function transposedPadding(
  padding: AxisPadding,
  { stride }: AxisSizes,
  extent: number,
): readonly [begin: number, end: number] {
  switch (padding) {
    case 'valid':
      return [0, 0];
    case 'full':
      return [extent - 1, extent - 1];
    case 'causal':
      return [0, Math.max(0, extent - stride)];
    case 'same':
    case 'same-lower':
      return halves(Math.max(0, extent - stride), padding === 'same-lower');
    default:
      return padding;
  }
}

/**
 * Resolves an axis of a transposed convolution: output size = (input − 1) · stride + dilated filter − padding + output
 * padding. The rules 'same', 'same-lower' and 'causal' make it input · stride, also where the stride exceeds the filter.
 * @throws InvalidArgumentError if nothing is left of the output, or it cannot end where it is asked to.
 */
export function resolveTransposedAxis(
  action: string,
  label: string,
  axis: AxisSizes,
  padding: AxisPadding,
  end: OutputEnd,
): ConvAxis {
  const { inputSize, filterSize, stride, dilation } = axis;
  const extent = dilatedSize(filterSize, dilation);
  const [padBegin, padEnd] = transposedPadding(padding, axis, extent);
  const whole = (inputSize - 1) * stride + extent;
  const byRule = padding === 'same' || padding === 'same-lower' || padding === 'causal';
  const least = whole - padBegin - padEnd; // without output padding
  const natural = byRule ? Math.max(least, inputSize * stride) : least;
  assertIndexable(action, `the output's ${label}`, Math.max(whole, whole - padBegin, whole - padEnd, natural));
  const most = Math.max(stride, dilation) - 1; // output padding that another input size would not explain better
  let outputSize: number;
  if ('outputSize' in end) {
    outputSize = end.outputSize;
    const [smallest, largest] = [Math.max(1, least), Math.max(natural, least + most)];
    if (outputSize < smallest || outputSize > largest) {
      const range = smallest === largest ? `only ${smallest}` : `${smallest} to ${largest}`;
      throw new InvalidArgumentError(
        `${action}: the output's ${label} cannot be ${outputSize}: input, filter, stride and padding allow ${range}. Give other padding or another output shape.`,
      );
    }
  } else {
    if (end.outputPadding > most) {
      throw new InvalidArgumentError(
        `${action}: outputPadding along the ${label} is ${end.outputPadding}, but must be smaller than the larger of stride ${stride} and dilation ${dilation}. Give less, or a larger input.`,
      );
    }
    outputSize = natural + end.outputPadding;
  }
  if (outputSize < 1) {
    throw new InvalidArgumentError(
      `${action}: nothing is left of the output along the ${label}: its ${whole} elements are cropped by ${formatSum([padBegin, padEnd])}. Give less padding.`,
    );
  }
  return Object.freeze({ inputSize, filterSize, stride, dilation, padBegin, padEnd, outputSize });
}
