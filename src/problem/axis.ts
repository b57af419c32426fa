// Geometry of one spatial axis of a convolution. Every rank is made of these: conv2d has a row axis and a column axis.
// Notation and formula of the output size: V. Dumoulin, F. Visin, A guide to convolution arithmetic for deep learning,
// arXiv:1603.07285, relationship 14 (with dilation: 15).
import { InvalidArgumentError } from '../errors.js';

/** One spatial axis of a normalised problem. All sizes in elements. */
export interface ConvAxis {
  readonly inputSize: number;
  readonly filterSize: number;
  readonly stride: number;
  readonly dilation: number;
  /** Zeros before the first and after the last input element; negative: elements that are cropped. */
  readonly padBegin: number;
  readonly padEnd: number;
  readonly outputSize: number;
}

/** Largest coordinate, stride or dilation: kernels tell negative coordinates by the highest of 32 bits. */
export const MAX_COORDINATE = 2 ** 31 - 1;

/** Padding of one axis: how many zeros before and after (negative: elements cropped), or a rule that finds them. */
export type AxisPadding = 'same' | 'same-lower' | 'valid' | 'full' | readonly [begin: number, end: number];

/** Extent of a dilated filter: the distance from its first to its last tap, both included. */
export function dilatedSize(filterSize: number, dilation: number): number {
  return (filterSize - 1) * dilation + 1;
}

/**
 * Padding that makes the output ⌈input / stride⌉ long; the odd zero goes to the end ('same', as TensorFlow and WebNN's
 * same-upper) or to the beginning ('same-lower').
 */
function samePadding(inputSize: number, extent: number, stride: number, lower: boolean): [number, number] {
  const total = Math.max(0, (Math.ceil(inputSize / stride) - 1) * stride + extent - inputSize);
  const small = Math.floor(total / 2);
  return lower ? [total - small, small] : [small, total - small];
}

/** Padding by a rule. 'full' lets every tap meet every input element: an output wherever filter and input overlap. */
function rulePadding(
  rule: Exclude<AxisPadding, readonly unknown[]>,
  inputSize: number,
  extent: number,
  stride: number,
): readonly [number, number] {
  if (rule === 'valid') return [0, 0];
  if (rule === 'full') return [extent - 1, extent - 1];
  return samePadding(inputSize, extent, stride, rule === 'same-lower');
}

/**
 * Resolves an axis: output size = ⌊(input + padding − dilated filter) / stride⌋ + 1. Where the filter does not fit the
 * stride, the input elements that are left over at the end are not used (floor, the rule of all peers).
 * @param label names the axis in messages ('height', 'width').
 * @throws InvalidArgumentError if the filter is larger than the padded input.
 */
export function resolveAxis(
  action: string,
  label: string,
  axis: Pick<ConvAxis, 'inputSize' | 'filterSize' | 'stride' | 'dilation'>,
  padding: AxisPadding,
): ConvAxis {
  const { inputSize, filterSize, stride, dilation } = axis;
  const extent = dilatedSize(filterSize, dilation);
  const [padBegin, padEnd] = typeof padding === 'string' ? rulePadding(padding, inputSize, extent, stride) : padding;
  const padded = inputSize + padBegin + padEnd;
  const sum = [inputSize, padBegin, padEnd].join(' + ').replaceAll('+ -', '− ');
  if (Math.max(padded, inputSize + padBegin, inputSize + padEnd) > MAX_COORDINATE) {
    throw new InvalidArgumentError(
      `${action}: the padded input's ${label} is ${padded} (${sum}), but at most ${MAX_COORDINATE} (2^31 - 1) can be indexed. Give less padding.`,
    );
  }
  if (padded < extent) {
    const filter = dilation === 1 ? `${filterSize}` : `${extent} (${filterSize} with dilation ${dilation})`;
    throw new InvalidArgumentError(
      `${action}: the filter's ${label} of ${filter} is larger than the padded input's of ${padded} (${sum}). Give more padding or a smaller filter.`,
    );
  }
  const outputSize = Math.floor((padded - extent) / stride) + 1;
  return Object.freeze({ inputSize, filterSize, stride, dilation, padBegin, padEnd, outputSize });
}
