// Padding: how much of it lies around the input, and what it holds.
import { InvalidArgumentError } from '../errors.js';
import { type ConvAxis, dilatedSize, MAX_COORDINATE } from './axis.js';
import { describe, integerAtLeast, oneOf } from './options.js';
import { type AxisTuple, axisNames, extentNames, type Rank } from './rank.js';

/** Rules that find the padding of an axis. */
export const PADDING_RULES = ['same', 'same-lower', 'valid', 'full', 'causal'] as const;

/**
 * A rule for the padding: 'valid' none; 'same' as much as makes the output ⌈input / stride⌉ long (the odd one at the end;
 * 'same-lower': at the beginning); 'full' an output wherever filter and input overlap; 'causal' all of it at the beginning, so
 * that an output sees nothing after its own place.
 */
export type PaddingRule = (typeof PADDING_RULES)[number];

/** Padding of one axis: how many elements before and after (negative: cropped), or a rule. */
export type AxisPadding = PaddingRule | readonly [begin: number, end: number];

/**
 * Padding: one number for all sides, or a rule; or for each axis a number for both its ends, a pair `[begin, end]` or a rule:
 * `[[0, 1], 'same']`. Negative numbers crop the input.
 */
export type Padding<R extends Rank = Rank> =
  | number
  | PaddingRule
  | AxisTuple<number | PaddingRule | readonly [begin: number, end: number], R>;

/** What lies in the padding. 'symmetric' mirrors the edge too (… b a a b …), 'reflect' does not (… b a b …). */
export const PADDING_MODES = ['zeros', 'reflect', 'symmetric', 'replicate', 'circular'] as const;

/** What lies in the padding: zeros, values of the input, or a constant, given as a number. */
export type PaddingMode = (typeof PADDING_MODES)[number] | number;

/** Padding mode of a normalised problem; 'constant' holds `value`. */
export interface PaddingContent {
  readonly mode: 'constant' | Exclude<(typeof PADDING_MODES)[number], 'zeros'>;
  /** 0 unless the mode is 'constant'. */
  readonly value: number;
}

export const ZERO_PADDING: PaddingContent = Object.freeze({ mode: 'constant', value: 0 });

function forms(rank: Rank): string {
  const names = axisNames(rank).join(', ');
  return `a number, [${names}], a pair [begin, end] for each axis ([${axisNames(rank)
    .map(() => '[1, 2]')
    .join(', ')}]), ${PADDING_RULES.map((rule) => `'${rule}'`).join(', ')}`;
}

function axisPadding(action: string, name: string, value: unknown): AxisPadding {
  if (typeof value === 'string') return oneOf(action, name, value, PADDING_RULES);
  if (!Array.isArray(value)) {
    if (typeof value === 'number' && Number.isSafeInteger(value) && Math.abs(value) <= MAX_COORDINATE)
      return [value, value];
    throw new InvalidArgumentError(
      `${action}: ${name} is ${describe(value)}, but must be an integer (negative: crops), a pair [begin, end] or a rule (${PADDING_RULES.map((rule) => `'${rule}'`).join(', ')}).`,
    );
  }
  if (value.length !== 2) {
    throw new InvalidArgumentError(`${action}: ${name} is ${describe(value)}, but must be a pair [begin, end].`);
  }
  return [
    integerAtLeast(action, `${name}[0]`, value[0], -MAX_COORDINATE, MAX_COORDINATE),
    integerAtLeast(action, `${name}[1]`, value[1], -MAX_COORDINATE, MAX_COORDINATE),
  ];
}

/**
 * Reads the padding option, one entry for each axis.
 * @throws InvalidArgumentError that lists the forms it may have.
 */
export function parsePadding(action: string, padding: unknown, rank: Rank): readonly AxisPadding[] {
  if (Array.isArray(padding)) {
    if (padding.length !== rank) {
      throw new InvalidArgumentError(`${action}: padding is ${describe(padding)}, but must be ${forms(rank)}.`);
    }
    return padding.map((sides: unknown, axis) => axisPadding(action, `padding[${axis}]`, sides));
  }
  const all = axisPadding(action, 'padding', padding);
  return axisNames(rank).map(() => all);
}

/** What other systems call the modes. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  constant: 'by its value, a number such as paddingMode: 0,',
  edge: "'replicate'",
  nearest: "'replicate'",
  mirror: "'reflect'",
  symm: "'symmetric'",
  wrap: "'circular'",
  fill: 'by its value, a number such as paddingMode: 0,',
};

/**
 * Reads the paddingMode option.
 * @throws InvalidArgumentError for a name that does not exist, or a number that is not finite in f32.
 */
export function parsePaddingMode(action: string, value: unknown): PaddingContent {
  if (typeof value === 'number') {
    if (Number.isFinite(Math.fround(value))) return Object.freeze({ mode: 'constant', value: Math.fround(value) });
    throw new InvalidArgumentError(`${action}: paddingMode is ${value}, but a constant must be finite in f32.`);
  }
  if (typeof value !== 'string') {
    throw new InvalidArgumentError(
      `${action}: paddingMode is ${describe(value)}, but must be ${PADDING_MODES.map((mode) => `'${mode}'`).join(', ')}, or a number to pad with.`,
    );
  }
  const meant = OTHER_NAMES[value];
  if (meant !== undefined) {
    throw new InvalidArgumentError(`${action}: paddingMode is '${value}', which is called ${meant} here.`);
  }
  const mode = oneOf(action, 'paddingMode', value, PADDING_MODES);
  return mode === 'zeros' ? ZERO_PADDING : Object.freeze({ mode, value: 0 });
}

/**
 * Throws InvalidArgumentError where a reflection would have to be reflected again: 'reflect' reaches at most size − 1
 * elements past an end, as in every system that has it.
 */
export function assertPaddingReachable(
  action: string,
  { mode }: PaddingContent,
  axes: readonly ConvAxis[],
  rank: Rank,
): void {
  if (mode !== 'reflect') return;
  for (const [index, { inputSize, filterSize, stride, dilation, padBegin, outputSize }] of axes.entries()) {
    const after = (outputSize - 1) * stride + dilatedSize(filterSize, dilation) - padBegin - inputSize;
    const reach = Math.max(padBegin, after);
    if (reach < inputSize || reach <= 0) continue;
    throw new InvalidArgumentError(
      `${action}: reflect padding reaches ${reach} elements past the input's ${extentNames(rank)[index]} of ${inputSize}, but at most ${inputSize - 1} can be reflected. Give less padding, or paddingMode 'symmetric', 'replicate' or 'circular'.`,
    );
  }
}

/** Index of the input element that a coordinate of the padded axis holds, or −1 where it holds the constant. */
export function sourceIndex(coordinate: number, size: number, mode: PaddingContent['mode']): number {
  if (coordinate >= 0 && coordinate < size) return coordinate;
  switch (mode) {
    case 'constant':
      return -1;
    case 'replicate':
      return coordinate < 0 ? 0 : size - 1;
    case 'circular':
      return ((coordinate % size) + size) % size;
    case 'symmetric': {
      const within = ((coordinate % (2 * size)) + 2 * size) % (2 * size);
      return within < size ? within : 2 * size - 1 - within;
    }
    case 'reflect':
      return coordinate < 0 ? -coordinate : 2 * (size - 1) - coordinate;
  }
}
