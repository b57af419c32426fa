// conv2d: from a user's options to a normalised problem, or a typed error. Everything after this file may assume that a
// problem is valid. Axis letters: N batch, C input channels, H W input rows and columns, K output channels, R S filter
// rows and columns, P Q output rows and columns, G groups.
import { InvalidArgumentError } from '../errors.js';
import { type AxisPadding, type ConvAxis, MAX_COORDINATE, resolveAxis } from './axis.js';
import { ACTIVATIONS, type Activation, type Epilogue } from './epilogue.js';
import {
  axisSize,
  FILTER_LAYOUTS,
  type FilterLayout,
  INPUT_LAYOUTS,
  type InputLayout,
  shapeInLayout,
} from './layout.js';
import { assertOptionsObject, describe, integerAtLeast, oneOf, rejectUnknownOptions } from './options.js';
import { formatShape, parseShape, type Shape } from './shape.js';

/**
 * Padding of a 2-D convolution, in zeros: one number for all four sides, `[rows, columns]`, pairs
 * `[[top, bottom], [left, right]]`, or a rule: 'valid' none, 'same' as many as make the output ⌈input / stride⌉ large (the
 * odd one at the end; 'same-lower': at the beginning), 'full' an output wherever filter and input overlap.
 * Negative numbers crop the input.
 */
export type Conv2dPadding =
  | number
  | readonly [rows: number, columns: number]
  | readonly [readonly [top: number, bottom: number], readonly [left: number, right: number]]
  | 'same'
  | 'same-lower'
  | 'valid'
  | 'full';

/** Options that say what is computed, named as in WebNN's conv2d. */
export interface Conv2dGeometryOptions {
  /** Step of the filter, one number or `[rows, columns]`; default 1. */
  readonly strides?: number | readonly [rows: number, columns: number];
  /** Distance between taps of the filter, one number or `[rows, columns]`; default 1. */
  readonly dilations?: number | readonly [rows: number, columns: number];
  /** Default 0. */
  readonly padding?: Conv2dPadding;
  /** Groups that channels and filters are divided into; default 1. */
  readonly groups?: number;
  /** Layout of input and output; default 'nchw', or what the input tensor is labelled with. */
  readonly inputLayout?: InputLayout;
  /** Layout of the filter; default 'oihw', or what the filter tensor is labelled with. */
  readonly filterLayout?: FilterLayout;
  /** True for the mathematician's convolution, which flips the filter in both axes; default false: cross-correlation. */
  readonly flipFilter?: boolean;
  /** Applied to every output, after the bias; default 'none'. */
  readonly activation?: Activation;
}

/** Names of {@link Conv2dGeometryOptions}, for checks of option objects that hold these and more. */
export const CONV2D_GEOMETRY_OPTIONS: readonly (keyof Conv2dGeometryOptions)[] = [
  'strides',
  'dilations',
  'padding',
  'groups',
  'inputLayout',
  'filterLayout',
  'flipFilter',
  'activation',
];

/** A normalised, valid problem: pure data. */
export interface Conv2dProblem {
  readonly operator: 'conv2d';
  /** N */
  readonly batch: number;
  /** C, over all groups */
  readonly inputChannels: number;
  /** K, over all groups */
  readonly outputChannels: number;
  /** G */
  readonly groups: number;
  /** Rows (H, R, P), then columns (W, S, Q). */
  readonly axes: readonly [rows: ConvAxis, columns: ConvAxis];
  readonly inputLayout: InputLayout;
  readonly filterLayout: FilterLayout;
  /** The tap (r, s) is weighed with the filter's (R−1−r, S−1−s). */
  readonly flipFilter: boolean;
  readonly epilogue: Epilogue;
}

/** What {@link conv2dProblem} normalises. */
export interface Conv2dDescription extends Conv2dGeometryOptions {
  /** (N, C, H, W) or (N, H, W, C) */
  readonly inputShape: Shape;
  /** (K, C/G, R, S) or (R, S, C/G, K) */
  readonly filterShape: Shape;
  /** (K), if there is a bias. */
  readonly biasShape?: Shape;
}

function pair(action: string, name: string, value: unknown, least: number): [number, number] {
  if (Array.isArray(value) && value.length === 2) {
    return [
      integerAtLeast(action, `${name}[0]`, value[0], least, MAX_COORDINATE),
      integerAtLeast(action, `${name}[1]`, value[1], least, MAX_COORDINATE),
    ];
  }
  if (Array.isArray(value)) {
    throw new InvalidArgumentError(
      `${action}: ${name} is ${describe(value)}, but must be one number or [rows, columns].`,
    );
  }
  const both = integerAtLeast(action, name, value, least, MAX_COORDINATE);
  return [both, both];
}

function axisPaddings(action: string, padding: unknown): [AxisPadding, AxisPadding] {
  if (typeof padding === 'string') {
    const rule = oneOf(action, 'padding', padding, ['same', 'same-lower', 'valid', 'full'] as const);
    return [rule, rule];
  }
  if (Array.isArray(padding) && padding.length === 2 && padding.some(Array.isArray)) {
    const [rows, columns] = padding.map((sides: unknown, axis): AxisPadding => {
      if (!Array.isArray(sides) || sides.length !== 2) {
        throw new InvalidArgumentError(
          `${action}: padding[${axis}] is ${describe(sides)}, but must be a pair [begin, end] like the other axis.`,
        );
      }
      return pair(action, `padding[${axis}]`, sides, -MAX_COORDINATE);
    });
    return [rows!, columns!];
  }
  if (Array.isArray(padding) && padding.length !== 2) {
    throw new InvalidArgumentError(
      `${action}: padding is ${describe(padding)}, but must be a number, [rows, columns], [[top, bottom], [left, right]], 'same', 'same-lower', 'valid' or 'full'.`,
    );
  }
  const [rows, columns] = pair(action, 'padding', padding, -MAX_COORDINATE);
  return [
    [rows, rows],
    [columns, columns],
  ];
}

/**
 * Normalises a description of a 2-D convolution.
 * @throws InvalidArgumentError that names the argument, its value, the rule and a way out.
 */
export function conv2dProblem(description: Conv2dDescription, action = 'conv2d'): Conv2dProblem {
  assertOptionsObject(action, description);
  rejectUnknownOptions(action, description, [...CONV2D_GEOMETRY_OPTIONS, 'inputShape', 'filterShape', 'biasShape']);
  const { strides = 1, dilations = 1, padding = 0, groups: givenGroups = 1, activation = 'none' } = description;
  const { flipFilter = false } = description;
  if (typeof flipFilter !== 'boolean') {
    throw new InvalidArgumentError(`${action}: flipFilter is ${describe(flipFilter)}, but must be true or false.`);
  }
  const { inputLayout: givenInputLayout = 'nchw', filterLayout: givenFilterLayout = 'oihw' } = description;
  const inputLayout = oneOf(action, 'inputLayout', givenInputLayout, INPUT_LAYOUTS);
  const filterLayout = oneOf(action, 'filterLayout', givenFilterLayout, FILTER_LAYOUTS);
  const inputShape = parseShape(action, `input shape (${inputLayout})`, description.inputShape, 4);
  const filterShape = parseShape(action, `filter shape (${filterLayout})`, description.filterShape, 4);
  const groups = integerAtLeast(action, 'groups', givenGroups, 1);
  const inputChannels = axisSize(inputShape, inputLayout, 'c');
  const outputChannels = axisSize(filterShape, filterLayout, 'o');
  const filterChannels = axisSize(filterShape, filterLayout, 'i');
  if (inputChannels % groups !== 0 || outputChannels % groups !== 0) {
    const [what, count] = inputChannels % groups !== 0 ? ['input', inputChannels] : ['output', outputChannels];
    throw new InvalidArgumentError(
      `${action}: ${count} ${what} channels do not divide into ${groups} groups. Give a number of groups that divides both input and output channels.`,
    );
  }
  const filterSize = (letter: 'h' | 'w') => axisSize(filterShape, filterLayout, letter);
  if (filterChannels !== inputChannels / groups) {
    const each = inputChannels / groups;
    const right = shapeInLayout(filterLayout, { o: outputChannels, i: each, h: filterSize('h'), w: filterSize('w') });
    const guess = inputChannels / filterChannels; // groups that would make the filter fit
    const couldBeGroups = Number.isInteger(guess) && outputChannels % guess === 0 && guess !== groups;
    const has = groups === 1 ? '' : ` in ${groups} groups (${each} each)`;
    throw new InvalidArgumentError(
      `${action}: filter expects ${filterChannels} input channels${groups === 1 ? '' : ' per group'}, but input ${formatShape(inputShape)} (${inputLayout}) has ${inputChannels} channels${has}. Give a filter of shape ${formatShape(right)} (${filterLayout})${couldBeGroups ? ', or set groups' : ', or check the layouts'}.`,
    );
  }
  if (description.biasShape !== undefined) {
    const biasShape = parseShape(action, 'bias shape', description.biasShape);
    if (biasShape.length !== 1 || biasShape[0] !== outputChannels) {
      throw new InvalidArgumentError(
        `${action}: bias has shape ${formatShape(biasShape)}, but the number of output channels is ${outputChannels}. Give a bias of shape [${outputChannels}].`,
      );
    }
  }
  const stride = pair(action, 'strides', strides, 1);
  const dilation = pair(action, 'dilations', dilations, 1);
  const paddings = axisPaddings(action, padding);
  const axis = (index: 0 | 1, letter: 'h' | 'w', label: string) =>
    resolveAxis(
      action,
      label,
      {
        inputSize: axisSize(inputShape, inputLayout, letter),
        filterSize: filterSize(letter),
        stride: stride[index],
        dilation: dilation[index],
      },
      paddings[index],
    );
  const problem: Conv2dProblem = Object.freeze({
    operator: 'conv2d',
    batch: axisSize(inputShape, inputLayout, 'n'),
    inputChannels,
    outputChannels,
    groups,
    axes: Object.freeze([axis(0, 'h', 'height'), axis(1, 'w', 'width')] as const),
    inputLayout,
    filterLayout,
    flipFilter,
    epilogue: Object.freeze({
      hasBias: description.biasShape !== undefined,
      activation: oneOf(action, 'activation', activation, ACTIVATIONS),
    }),
  });
  parseShape(action, 'output shape', [...conv2dOutputShape(problem)]);
  return problem;
}

/** Shape of the input, in its layout. */
export function conv2dInputShape(problem: Conv2dProblem): Shape {
  const { batch: n, inputChannels: c, axes } = problem;
  return shapeInLayout(problem.inputLayout, { n, c, h: axes[0].inputSize, w: axes[1].inputSize });
}

/** Shape of the filter, in its layout. */
export function conv2dFilterShape(problem: Conv2dProblem): Shape {
  const { outputChannels: o, inputChannels, groups, axes } = problem;
  const i = inputChannels / groups;
  return shapeInLayout(problem.filterLayout, { o, i, h: axes[0].filterSize, w: axes[1].filterSize });
}

/** Shape of the output, in the input's layout: (N, K, P, Q) or (N, P, Q, K). */
export function conv2dOutputShape(problem: Conv2dProblem): Shape {
  const { batch: n, outputChannels: c, axes } = problem;
  return shapeInLayout(problem.inputLayout, { n, c, h: axes[0].outputSize, w: axes[1].outputSize });
}

/** One line that tells the problem: `56×56×64 → 56×56×64, 3×3, stride 1, padding 1`. */
export function describeConv2d(problem: Conv2dProblem): string {
  const [rows, columns] = problem.axes;
  const both = (key: 'stride' | 'dilation') =>
    rows[key] === columns[key] ? `${rows[key]}` : `${rows[key]}×${columns[key]}`;
  const batch = problem.batch === 1 ? '' : `${problem.batch} × `;
  const pads = [rows.padBegin, rows.padEnd, columns.padBegin, columns.padEnd];
  const parts = [
    `${batch}${rows.inputSize}×${columns.inputSize}×${problem.inputChannels} → ${rows.outputSize}×${columns.outputSize}×${problem.outputChannels}`,
    `${rows.filterSize}×${columns.filterSize}`,
  ];
  if (rows.stride !== 1 || columns.stride !== 1) parts.push(`stride ${both('stride')}`);
  if (pads.some((pad) => pad !== 0)) {
    parts.push(`padding ${pads.every((pad) => pad === pads[0]) ? pads[0] : pads.join('/')}`);
  }
  if (rows.dilation !== 1 || columns.dilation !== 1) parts.push(`dilation ${both('dilation')}`);
  if (problem.flipFilter) parts.push('flipped');
  if (problem.groups !== 1) parts.push(`${problem.groups} groups`);
  if (problem.epilogue.activation !== 'none') parts.push(problem.epilogue.activation);
  return parts.join(', ');
}
