// Pooling of every rank: from a user's options to a normalised problem, or a typed error. A window slides over each channel
// by itself; padding has no values, unless a padding mode gives it some.
import { InvalidArgumentError } from '../errors.js';
import { type ConvAxis, dilatedSize, MAX_COORDINATE, ROUNDINGS, type Rounding, resolveAxis } from './axis.js';
import { FLOAT_DTYPES, type FloatDType } from './dtype.js';
import { axisSize, INPUT_LAYOUTS, type InputLayout, shapeInLayout } from './layout.js';
import { assertOptionsObject, booleanOption, oneOf, rejectUnknownOptions } from './options.js';
import {
  assertPaddingReachable,
  type Padding,
  type PaddingContent,
  type PaddingMode,
  parsePadding,
  parsePaddingMode,
} from './padding.js';
import { parsePerAxis } from './per-axis.js';
import { axisLetters, extentNames, type PerAxis, type Rank } from './rank.js';
import { parseShape, type Shape } from './shape.js';

/** What a pooling makes of a window: its largest value, its mean, or √Σx². */
export type PoolKind = 'max' | 'average' | 'l2';

/** Options of every pooling, named as in WebNN. */
export interface PoolOptions<R extends Rank = Rank> {
  /** Size of the window, one number or one for each axis; default the whole input: global pooling. */
  readonly windowDimensions?: PerAxis<number, R>;
  /** Step of the window; default its size, so that windows neither overlap nor leave gaps. */
  readonly strides?: PerAxis<number, R>;
  /** Distance between the elements of a window; default 1. */
  readonly dilations?: PerAxis<number, R>;
  /** Default 0. */
  readonly padding?: Padding<R>;
  /** What lies in the padding; default nothing: it is no part of a window. */
  readonly paddingMode?: PaddingMode;
  /** What happens where the window does not fit the stride: 'floor' (default), 'ceil' or 'exact'. */
  readonly rounding?: Rounding;
  /** Layout of input and output; default channels first, or what the input tensor is labelled with. */
  readonly inputLayout?: InputLayout<R>;
}

/** Options of average pooling. */
export interface AveragePoolOptions<R extends Rank = Rank> extends PoolOptions<R> {
  /** True: padding counts as zeros in the mean, as in PyTorch's count_include_pad; default false, as in WebNN and TensorFlow. */
  readonly countPadding?: boolean;
}

/** Names of the options of a kind of pooling. */
export function poolOptionNames(kind: PoolKind): readonly string[] {
  const common = ['windowDimensions', 'strides', 'dilations', 'padding', 'paddingMode', 'rounding', 'inputLayout'];
  return kind === 'average' ? [...common, 'countPadding'] : common;
}

/** A normalised, valid pooling: pure data. */
export interface PoolProblem {
  readonly operator: 'pool';
  readonly kind: PoolKind;
  readonly rank: Rank;
  readonly batch: number;
  readonly channels: number;
  /** The spatial axes, outermost first; `filterSize` is the window's. */
  readonly axes: readonly ConvAxis[];
  readonly inputLayout: InputLayout;
  readonly dtype: FloatDType;
  /** undefined: padding is no part of a window. */
  readonly paddingContent: PaddingContent | undefined;
  readonly countPadding: boolean;
}

/** What the pool problem functions normalise. */
export interface PoolDescription<R extends Rank = Rank> extends AveragePoolOptions<R> {
  /** (N, C, H, W), or as the input layout says. */
  readonly inputShape: Shape;
  /** Stored type of input and output; default 'float32'. */
  readonly dtype?: FloatDType;
}

/** `maxPool2d`, `averagePool1d`: the name of a pooling at a rank. */
export function poolName(kind: PoolKind, rank: Rank): string {
  return `${kind}Pool${rank}d`;
}

/** Throws unless every window holds an element of the input: the mean or the largest of nothing is no number. */
function assertWindowsHoldInput(action: string, axis: ConvAxis, label: string): void {
  const { inputSize, filterSize, stride, dilation, padBegin, outputSize } = axis;
  const extent = dilatedSize(filterSize, dilation);
  const holdsInput = (output: number) => {
    const origin = output * stride - padBegin;
    const first = Math.max(0, Math.ceil(-origin / dilation));
    return first < filterSize && origin + first * dilation < inputSize;
  };
  const refuse = (output: number): never => {
    throw new InvalidArgumentError(
      `${action}: window ${output} along the ${label} holds nothing but padding (it starts at ${output * stride - padBegin} and is ${extent} long; the input is ${inputSize} long). Give less padding, or a paddingMode.`,
    );
  };
  // a window inside the input holds some of it, unless the dilation steps over it; only those at the ends need a look
  const before = Math.min(outputSize, Math.ceil(Math.max(0, padBegin) / stride));
  const after = Math.max(before, Math.floor((inputSize + padBegin - extent) / stride) + 1);
  for (let output = 0; output < before; output++) if (!holdsInput(output)) refuse(output);
  for (let output = Math.max(0, after); output < outputSize; output++) if (!holdsInput(output)) refuse(output);
}

/**
 * Normalises a description of a pooling of a kind and rank.
 * @throws InvalidArgumentError that names the argument, its value, the rule and a way out.
 */
export function poolProblem(
  kind: PoolKind,
  rank: Rank,
  description: PoolDescription,
  action = poolName(kind, rank),
): PoolProblem {
  assertOptionsObject(action, description);
  rejectUnknownOptions(action, description, [...poolOptionNames(kind), 'inputShape', 'dtype']);
  const { inputLayout: givenLayout = INPUT_LAYOUTS[rank][0], dtype: givenDtype = 'float32' } = description;
  const {
    dilations = 1,
    padding = 0,
    paddingMode,
    rounding: givenRounding = 'floor',
    countPadding = false,
  } = description;
  const inputLayout = oneOf<InputLayout>(action, 'inputLayout', givenLayout, INPUT_LAYOUTS[rank]);
  const inputShape = parseShape(action, `input shape (${inputLayout})`, description.inputShape, rank + 2);
  const inputSizes = axisLetters(rank).map((letter) => axisSize(inputShape, inputLayout, letter));
  const windowSizes =
    description.windowDimensions === undefined
      ? inputSizes
      : parsePerAxis(action, 'windowDimensions', description.windowDimensions, rank, 1, MAX_COORDINATE);
  const strides =
    description.strides === undefined
      ? windowSizes
      : parsePerAxis(action, 'strides', description.strides, rank, 1, MAX_COORDINATE);
  const dilation = parsePerAxis(action, 'dilations', dilations, rank, 1, MAX_COORDINATE);
  const paddings = parsePadding(action, padding, rank);
  const rounding = oneOf(action, 'rounding', givenRounding, ROUNDINGS);
  booleanOption(action, 'countPadding', countPadding);
  const labels = extentNames(rank);
  const axes = inputSizes.map((inputSize, index) =>
    resolveAxis(
      action,
      labels[index]!,
      { inputSize, filterSize: windowSizes[index]!, stride: strides[index]!, dilation: dilation[index]! },
      paddings[index]!,
      rounding,
      'window',
    ),
  );
  const paddingContent = paddingMode === undefined ? undefined : parsePaddingMode(action, paddingMode);
  if (paddingContent) assertPaddingReachable(action, paddingContent, axes, rank);
  else if (!countPadding)
    for (const [index, axis] of axes.entries()) assertWindowsHoldInput(action, axis, labels[index]!);
  const problem: PoolProblem = Object.freeze({
    operator: 'pool',
    kind,
    rank,
    batch: axisSize(inputShape, inputLayout, 'n'),
    channels: axisSize(inputShape, inputLayout, 'c'),
    axes: Object.freeze(axes),
    inputLayout,
    dtype: oneOf(action, 'dtype', givenDtype, FLOAT_DTYPES),
    paddingContent,
    countPadding,
  });
  parseShape(action, 'output shape', [...poolOutputShape(problem)]);
  return problem;
}

function shapeOf(problem: PoolProblem, key: 'inputSize' | 'outputSize'): Shape {
  const { batch: n, channels: c, axes, rank, inputLayout } = problem;
  const spatial = Object.fromEntries(axisLetters(rank).map((letter, index) => [letter, axes[index]![key]]));
  return shapeInLayout(inputLayout, { n, c, ...spatial });
}

/** Shape of the input, in its layout. */
export function poolInputShape(problem: PoolProblem): Shape {
  return shapeOf(problem, 'inputSize');
}

/** Shape of the output, in the input's layout. */
export function poolOutputShape(problem: PoolProblem): Shape {
  return shapeOf(problem, 'outputSize');
}

/** One line that tells the problem: `max pool 56×56×64 → 28×28×64, 2×2, stride 2`. */
export function describePool(problem: PoolProblem): string {
  const { kind, axes, batch, channels } = problem;
  const joined = (key: 'inputSize' | 'filterSize' | 'outputSize' | 'stride' | 'dilation') =>
    axes.map((axis) => axis[key]).join('×');
  const pads = axes.flatMap(({ padBegin, padEnd }) => [padBegin, padEnd]);
  const parts = [
    `${kind} pool ${batch === 1 ? '' : `${batch} × `}${joined('inputSize')}×${channels} → ${joined('outputSize')}×${channels}`,
    joined('filterSize'),
  ];
  for (const key of ['stride', 'dilation'] as const) {
    const values = new Set(axes.map((axis) => axis[key]));
    if (values.size > 1) parts.push(`${key} ${joined(key)}`);
    else if (!values.has(1)) parts.push(`${key} ${axes[0]![key]}`);
  }
  if (pads.some((pad) => pad !== 0)) {
    parts.push(`padding ${pads.every((pad) => pad === pads[0]) ? pads[0] : pads.join('/')}`);
  }
  if (problem.dtype !== 'float32') parts.push(problem.dtype);
  return parts.join(', ');
}

/** Normalises a 1-D max pooling. @throws as {@link poolProblem} */
export const maxPool1dProblem = (description: Omit<PoolDescription<1>, 'countPadding'>, action?: string): PoolProblem =>
  poolProblem('max', 1, description, action);
/** Normalises a 2-D max pooling. @throws as {@link poolProblem} */
export const maxPool2dProblem = (description: Omit<PoolDescription<2>, 'countPadding'>, action?: string): PoolProblem =>
  poolProblem('max', 2, description, action);
/** Normalises a 3-D max pooling. @throws as {@link poolProblem} */
export const maxPool3dProblem = (description: Omit<PoolDescription<3>, 'countPadding'>, action?: string): PoolProblem =>
  poolProblem('max', 3, description, action);
/** Normalises a 1-D average pooling. @throws as {@link poolProblem} */
export const averagePool1dProblem = (description: PoolDescription<1>, action?: string): PoolProblem =>
  poolProblem('average', 1, description, action);
/** Normalises a 2-D average pooling. @throws as {@link poolProblem} */
export const averagePool2dProblem = (description: PoolDescription<2>, action?: string): PoolProblem =>
  poolProblem('average', 2, description, action);
/** Normalises a 3-D average pooling. @throws as {@link poolProblem} */
export const averagePool3dProblem = (description: PoolDescription<3>, action?: string): PoolProblem =>
  poolProblem('average', 3, description, action);
/** Normalises a 1-D l2 pooling. @throws as {@link poolProblem} */
export const l2Pool1dProblem = (description: Omit<PoolDescription<1>, 'countPadding'>, action?: string): PoolProblem =>
  poolProblem('l2', 1, description, action);
/** Normalises a 2-D l2 pooling. @throws as {@link poolProblem} */
export const l2Pool2dProblem = (description: Omit<PoolDescription<2>, 'countPadding'>, action?: string): PoolProblem =>
  poolProblem('l2', 2, description, action);
/** Normalises a 3-D l2 pooling. @throws as {@link poolProblem} */
export const l2Pool3dProblem = (description: Omit<PoolDescription<3>, 'countPadding'>, action?: string): PoolProblem =>
  poolProblem('l2', 3, description, action);
