// Convolutions of every rank, and their transposes: from a user's options to a normalised problem, or a typed error. Everything
// after this file may assume that a problem is valid. Axis letters: N batch, C input channels, D H W input depth, rows and
// columns, K output channels, T R S filter depth, rows and columns, O P Q output depth, rows and columns, G groups.
import { InvalidArgumentError } from '../errors.js';
import { type Activation, describeActivation } from './activation.js';
import {
  type ConvAxis,
  MAX_COORDINATE,
  type OutputEnd,
  ROUNDINGS,
  type Rounding,
  resolveAxis,
  resolveTransposedAxis,
} from './axis.js';
import { FLOAT_DTYPES, type FloatDType } from './dtype.js';
import { EPILOGUE_SHAPES, type Epilogue, type EpilogueDescription, parseEpilogue } from './epilogue.js';
import {
  axisSize,
  FILTER_LAYOUTS,
  type FilterLayout,
  INPUT_LAYOUTS,
  type InputLayout,
  shapeInLayout,
} from './layout.js';
import { assertOptionsObject, booleanOption, integerAtLeast, oneOf, rejectUnknownOptions } from './options.js';
import {
  assertPaddingReachable,
  type Padding,
  type PaddingContent,
  type PaddingMode,
  parsePadding,
  parsePaddingMode,
  ZERO_PADDING,
} from './padding.js';
import { parsePerAxis } from './per-axis.js';
import { axisLetters, extentNames, type PerAxis, type Rank } from './rank.js';
import { formatShape, parseShape, type Shape } from './shape.js';

/** Options that convolutions and transposed convolutions share, named as in WebNN. */
interface CommonGeometryOptions<R extends Rank> {
  /** Step of the filter (of a transposed convolution: on its output), one number or one for each axis; default 1. */
  readonly strides?: PerAxis<number, R>;
  /** Distance between taps of the filter, one number or one for each axis; default 1. */
  readonly dilations?: PerAxis<number, R>;
  /** Groups that channels and filters are divided into; default 1. As many as channels: depthwise. */
  readonly groups?: number;
  /** Layout of input and output; default channels first, or what the input tensor is labelled with. */
  readonly inputLayout?: InputLayout<R>;
  /** Layout of the filter; default 'oihw' (transposed: 'iohw') or its like, or what the filter tensor is labelled with. */
  readonly filterLayout?: FilterLayout<R>;
  /** True for the mathematician's convolution, which flips the filter along every axis; default false: cross-correlation. */
  readonly flipFilter?: boolean;
  /** Applied to every output last; default 'none'. */
  readonly activation?: Activation;
}

/** Options that say what a convolution computes. */
export interface ConvGeometryOptions<R extends Rank = Rank> extends CommonGeometryOptions<R> {
  /** Default 0. */
  readonly padding?: Padding<R>;
  /** What lies in the padding: 'zeros' (default), 'reflect', 'symmetric', 'replicate', 'circular', or a number. */
  readonly paddingMode?: PaddingMode;
  /** What happens where the filter does not fit the stride: 'floor' (default), 'ceil' or 'exact'. */
  readonly rounding?: Rounding;
}

/** Options that say what a transposed convolution computes. */
export interface ConvTransposeGeometryOptions<R extends Rank = Rank> extends CommonGeometryOptions<R> {
  /** Elements cropped from the output, as in the convolution that this is the adjoint of; default 0. */
  readonly padding?: Padding<R>;
  /** Elements added at the end of the output, fewer than the stride or the dilation; default 0. Not with `outputShape`. */
  readonly outputPadding?: PerAxis<number, R>;
  /** Size of the output along each spatial axis. Not with `outputPadding`. */
  readonly outputShape?: PerAxis<number, R>;
}

const COMMON_OPTIONS = [
  'strides',
  'dilations',
  'padding',
  'groups',
  'inputLayout',
  'filterLayout',
  'flipFilter',
  'activation',
] as const;

/** What a problem computes. */
export type ConvOperator = 'conv' | 'convTranspose';

/** Names of the geometry options of each operator, for checks of option objects that hold these and more. */
export const CONV_GEOMETRY_OPTIONS: Readonly<Record<ConvOperator, readonly string[]>> = {
  conv: [...COMMON_OPTIONS, 'paddingMode', 'rounding'],
  convTranspose: [...COMMON_OPTIONS, 'outputPadding', 'outputShape'],
};

/** A normalised, valid problem: pure data. */
export interface ConvProblem {
  readonly operator: ConvOperator;
  readonly rank: Rank;
  /** N */
  readonly batch: number;
  /** C, over all groups */
  readonly inputChannels: number;
  /** K, over all groups */
  readonly outputChannels: number;
  /** G */
  readonly groups: number;
  /** The spatial axes, outermost first. */
  readonly axes: readonly ConvAxis[];
  readonly inputLayout: InputLayout;
  readonly filterLayout: FilterLayout;
  /** Stored type of input, residual and output. */
  readonly dtype: FloatDType;
  /** Stored type of the filter. */
  readonly filterDtype: FloatDType;
  /** The tap (r, s) is weighed with the filter's (R−1−r, S−1−s). */
  readonly flipFilter: boolean;
  readonly paddingContent: PaddingContent;
  readonly epilogue: Epilogue;
  /** Whether every plane of the filter is known to be a product of a column and a row (separable.ts); false where nobody looked. */
  readonly filterIsSeparable: boolean;
}

/** Shapes and stored types of the operands. */
interface OperandsDescription extends EpilogueDescription {
  /** (N, C, H, W), or as the input layout says. */
  readonly inputShape: Shape;
  /** (K, C/G, R, S), transposed (C, K/G, R, S), or as the filter layout says. */
  readonly filterShape: Shape;
  /** Stored type of input, residual and output; default 'float32'. */
  readonly dtype?: FloatDType;
  /** Stored type of the filter; default: that of the input. */
  readonly filterDtype?: FloatDType;
}

/** What {@link conv1dProblem}, {@link conv2dProblem} and {@link conv3dProblem} normalise. */
export interface ConvDescription<R extends Rank = Rank> extends ConvGeometryOptions<R>, OperandsDescription {}

/** What {@link convTranspose2dProblem} and its like normalise. */
export interface ConvTransposeDescription<R extends Rank = Rank>
  extends ConvTransposeGeometryOptions<R>,
    OperandsDescription {}

const OPERAND_NAMES = ['inputShape', 'filterShape', 'dtype', 'filterDtype', ...EPILOGUE_SHAPES];

/** `conv2d`, `convTranspose3d`: the name of an operator at a rank. */
export function convName(operator: ConvOperator, rank: Rank): string {
  return `${operator}${rank}d`;
}

/** Throws for options of the other operator, with the reason why this one has none. */
function rejectForeignOptions(action: string, operator: ConvOperator, options: object): void {
  const reasons: Readonly<Record<string, string>> =
    operator === 'conv'
      ? {
          outputPadding: "belongs to a transposed convolution. Use rounding: 'ceil' for outputs past the end",
          outputShape:
            'belongs to a transposed convolution. Here the output follows from input, filter, strides and padding',
        }
      : {
          paddingMode:
            'does not apply: the padding of a transposed convolution crops its output, so nothing lies in it',
          rounding: 'does not apply: a transposed convolution divides nothing. Use outputPadding or outputShape',
        };
  for (const [name, reason] of Object.entries(reasons)) {
    if ((options as Readonly<Record<string, unknown>>)[name] === undefined) continue;
    throw new InvalidArgumentError(`${action}: ${name} ${reason}.`, 'unknown-option');
  }
}

function assertGroupsDivide(action: string, groups: number, inputChannels: number, outputChannels: number): void {
  for (const [what, count] of [
    ['input', inputChannels],
    ['output', outputChannels],
  ] as const) {
    if (count % groups === 0) continue;
    throw new InvalidArgumentError(
      `${action}: ${count} ${what} channels do not divide into ${groups} groups. Give a number of groups that divides both input and output channels.`,
    );
  }
}

/** The sizes of input and filter by letter, and the groups; with the message for a filter that does not fit. */
function parseOperands(
  action: string,
  operator: ConvOperator,
  rank: Rank,
  description: Readonly<Record<string, unknown>>,
) {
  const { groups: givenGroups = 1 } = description;
  const { inputLayout: givenInput = INPUT_LAYOUTS[rank][0] } = description;
  const { filterLayout: givenFilter = FILTER_LAYOUTS[rank][operator === 'conv' ? 0 : 1] } = description;
  const inputLayout = oneOf<InputLayout>(action, 'inputLayout', givenInput, INPUT_LAYOUTS[rank]);
  const filterLayout = oneOf<FilterLayout>(action, 'filterLayout', givenFilter, FILTER_LAYOUTS[rank]);
  const inputShape = parseShape(action, `input shape (${inputLayout})`, description.inputShape, rank + 2);
  const filterShape = parseShape(action, `filter shape (${filterLayout})`, description.filterShape, rank + 2);
  const groups = integerAtLeast(action, 'groups', givenGroups, 1);
  const size = (letter: string) => axisSize(filterShape, filterLayout, letter);
  const inputChannels = axisSize(inputShape, inputLayout, 'c');
  const [o, i] = [size('o'), size('i')];
  const transposed = operator === 'convTranspose';
  const outputChannels = transposed ? o * groups : o;
  assertGroupsDivide(action, groups, inputChannels, outputChannels);
  const expected = transposed ? inputChannels : inputChannels / groups;
  if (i !== expected) {
    const sizes = Object.fromEntries(axisLetters(rank).map((letter) => [letter, size(letter)]));
    const right = formatShape(shapeInLayout(filterLayout, { ...sizes, o, i: expected }));
    const guess = inputChannels / i; // groups that would make the filter of a convolution fit
    const couldBeGroups = !transposed && Number.isInteger(guess) && outputChannels % guess === 0 && guess !== groups;
    const perGroup = groups === 1 || transposed ? '' : ' per group';
    const has = perGroup === '' ? '' : ` in ${groups} groups (${expected} each)`;
    throw new InvalidArgumentError(
      `${action}: filter expects ${i} input channels${perGroup}, but input ${formatShape(inputShape)} (${inputLayout}) has ${inputChannels} channels${has}. Give a filter of shape ${right} (${filterLayout})${couldBeGroups ? `, or set groups: ${guess}` : ', or check the layouts'}.`,
    );
  }
  const spatial = axisLetters(rank).map((letter) => ({
    inputSize: axisSize(inputShape, inputLayout, letter),
    filterSize: size(letter),
  }));
  const batch = axisSize(inputShape, inputLayout, 'n');
  return { inputLayout, filterLayout, groups, inputChannels, outputChannels, batch, spatial };
}

function parseAxes(
  action: string,
  operator: ConvOperator,
  rank: Rank,
  spatial: readonly Pick<ConvAxis, 'inputSize' | 'filterSize'>[],
  description: Readonly<Record<string, unknown>>,
): readonly ConvAxis[] {
  const { strides = 1, dilations = 1, padding = 0, rounding = 'floor', outputPadding, outputShape } = description;
  const stride = parsePerAxis(action, 'strides', strides, rank, 1, MAX_COORDINATE);
  const dilation = parsePerAxis(action, 'dilations', dilations, rank, 1, MAX_COORDINATE);
  const paddings = parsePadding(action, padding, rank);
  const labels = extentNames(rank);
  const sizes = spatial.map((axis, index) => ({ ...axis, stride: stride[index]!, dilation: dilation[index]! }));
  if (operator === 'conv') {
    const rule = oneOf(action, 'rounding', rounding, ROUNDINGS);
    return Object.freeze(sizes.map((axis, index) => resolveAxis(action, labels[index]!, axis, paddings[index]!, rule)));
  }
  if (outputPadding !== undefined && outputShape !== undefined) {
    throw new InvalidArgumentError(
      `${action}: outputPadding and outputShape both say where the output ends. Give one of them.`,
    );
  }
  const ends: OutputEnd[] =
    outputShape !== undefined
      ? parsePerAxis(action, 'outputShape', outputShape, rank, 1, MAX_COORDINATE).map((outputSize) => ({ outputSize }))
      : parsePerAxis(action, 'outputPadding', outputPadding ?? 0, rank, 0, MAX_COORDINATE).map((extra) => ({
          outputPadding: extra,
        }));
  return Object.freeze(
    sizes.map((axis, index) => resolveTransposedAxis(action, labels[index]!, axis, paddings[index]!, ends[index]!)),
  );
}

/**
 * Normalises a description of a convolution, or of a transposed one, of a rank.
 * @throws InvalidArgumentError that names the argument, its value, the rule and a way out.
 */
export function convProblem(
  operator: ConvOperator,
  rank: Rank,
  description: ConvDescription | ConvTransposeDescription,
  action = convName(operator, rank),
): ConvProblem {
  assertOptionsObject(action, description);
  rejectForeignOptions(action, operator, description);
  rejectUnknownOptions(action, description, [...CONV_GEOMETRY_OPTIONS[operator], ...OPERAND_NAMES]);
  const given: Readonly<Record<string, unknown>> = { ...description };
  const { flipFilter = false, dtype: givenDtype = 'float32', paddingMode = 'zeros', activation = 'none' } = given;
  const dtype = oneOf(action, 'dtype', givenDtype, FLOAT_DTYPES);
  const filterDtype = oneOf(action, 'filterDtype', given.filterDtype ?? dtype, FLOAT_DTYPES);
  const { spatial, ...operands } = parseOperands(action, operator, rank, given);
  const axes = parseAxes(action, operator, rank, spatial, given);
  const paddingContent = operator === 'conv' ? parsePaddingMode(action, paddingMode) : ZERO_PADDING;
  assertPaddingReachable(action, paddingContent, axes, rank);
  const shape = outputShapeOf(operands, axes, rank);
  parseShape(action, 'output shape', [...shape]);
  const epilogue = parseEpilogue(action, description, activation, operands.outputChannels, shape);
  return Object.freeze({
    operator,
    rank,
    ...operands,
    axes,
    dtype,
    filterDtype,
    flipFilter: booleanOption(action, 'flipFilter', flipFilter),
    paddingContent,
    epilogue,
    filterIsSeparable: false,
  });
}

/** The problem with a residual that is added before the activation. */
export function withResidual(problem: ConvProblem): ConvProblem {
  return Object.freeze({ ...problem, epilogue: Object.freeze({ ...problem.epilogue, hasResidual: true }) });
}

function sizesByLetter(
  axes: readonly ConvAxis[],
  key: 'inputSize' | 'filterSize' | 'outputSize',
  rank: Rank,
): Record<string, number> {
  return Object.fromEntries(axisLetters(rank).map((letter, index) => [letter, axes[index]![key]]));
}

function outputShapeOf(
  { batch, outputChannels, inputLayout }: Pick<ConvProblem, 'batch' | 'outputChannels' | 'inputLayout'>,
  axes: readonly ConvAxis[],
  rank: Rank,
): Shape {
  return shapeInLayout(inputLayout, { n: batch, c: outputChannels, ...sizesByLetter(axes, 'outputSize', rank) });
}

/** Shape of the input, in its layout. */
export function convInputShape({ batch, inputChannels, axes, rank, inputLayout }: ConvProblem): Shape {
  return shapeInLayout(inputLayout, { n: batch, c: inputChannels, ...sizesByLetter(axes, 'inputSize', rank) });
}

/** Shape of the filter, in its layout: (K, C/G, R, S), of a transposed convolution (C, K/G, R, S). */
export function convFilterShape(problem: ConvProblem): Shape {
  const { operator, inputChannels, outputChannels, groups, axes, rank } = problem;
  const [o, i] =
    operator === 'conv' ? [outputChannels, inputChannels / groups] : [outputChannels / groups, inputChannels];
  return shapeInLayout(problem.filterLayout, { o, i, ...sizesByLetter(axes, 'filterSize', rank) });
}

/** Shape of the output, in the input's layout: (N, K, P, Q) or (N, P, Q, K). */
export function convOutputShape(problem: ConvProblem): Shape {
  return outputShapeOf(problem, problem.axes, problem.rank);
}

/** One line that tells the problem: `56×56×64 → 56×56×64, 3×3, stride 1, padding 1`. */
export function describeConv(problem: ConvProblem): string {
  const { operator, batch, inputChannels, outputChannels, groups, axes, epilogue, paddingContent, dtype } = problem;
  const joined = (key: 'inputSize' | 'filterSize' | 'outputSize') => axes.map((axis) => axis[key]).join('×');
  const each = (key: 'stride' | 'dilation') => [...new Set(axes.map((axis) => axis[key]))];
  const pads = axes.flatMap(({ padBegin, padEnd }) => [padBegin, padEnd]);
  const parts = [
    `${batch === 1 ? '' : `${batch} × `}${joined('inputSize')}×${inputChannels} → ${joined('outputSize')}×${outputChannels}`,
    joined('filterSize'),
  ];
  if (operator === 'convTranspose') parts.push('transposed');
  for (const key of ['stride', 'dilation'] as const) {
    const values = each(key);
    if (values.length > 1) parts.push(`${key} ${axes.map((axis) => axis[key]).join('×')}`);
    else if (values[0] !== 1) parts.push(`${key} ${values[0]}`);
    if (key === 'stride' && pads.some((pad) => pad !== 0)) {
      const mode = paddingContent.mode === 'constant' ? paddingContent.value || '' : paddingContent.mode;
      const sides = pads.every((pad) => pad === pads[0]) ? pads[0] : pads.join('/');
      parts.push(`padding ${sides}${mode === '' ? '' : ` (${mode})`}`);
    }
  }
  if (problem.flipFilter) parts.push('flipped');
  if (groups !== 1) parts.push(`${groups} groups`);
  if (dtype !== 'float32') parts.push(dtype);
  if (epilogue.hasScale || epilogue.hasShift) parts.push('scaled');
  if (epilogue.hasResidual) parts.push('residual');
  if (epilogue.activation.name !== 'none') parts.push(describeActivation(epilogue.activation));
  return parts.join(', ');
}

/** Normalises a 1-D convolution. @throws as {@link convProblem} */
export const conv1dProblem = (description: ConvDescription<1>, action?: string): ConvProblem =>
  convProblem('conv', 1, description, action);
/** Normalises a 2-D convolution. @throws as {@link convProblem} */
export const conv2dProblem = (description: ConvDescription<2>, action?: string): ConvProblem =>
  convProblem('conv', 2, description, action);
/** Normalises a 3-D convolution. @throws as {@link convProblem} */
export const conv3dProblem = (description: ConvDescription<3>, action?: string): ConvProblem =>
  convProblem('conv', 3, description, action);
/** Normalises a 1-D transposed convolution. @throws as {@link convProblem} */
export const convTranspose1dProblem = (description: ConvTransposeDescription<1>, action?: string): ConvProblem =>
  convProblem('convTranspose', 1, description, action);
/** Normalises a 2-D transposed convolution. @throws as {@link convProblem} */
export const convTranspose2dProblem = (description: ConvTransposeDescription<2>, action?: string): ConvProblem =>
  convProblem('convTranspose', 2, description, action);
/** Normalises a 3-D transposed convolution. @throws as {@link convProblem} */
export const convTranspose3dProblem = (description: ConvTransposeDescription<3>, action?: string): ConvProblem =>
  convProblem('convTranspose', 3, description, action);
