// Activations of a tensor by itself.
import { InvalidArgumentError } from '../errors.js';
import {
  type Activation,
  type ActivationSpec,
  assertOptionsObject,
  axisPitches,
  axisSize,
  describe,
  FLOAT_DTYPES,
  type FloatDType,
  INPUT_LAYOUTS,
  type InputLayout,
  oneOf,
  parseActivation,
  parseShape,
  type Rank,
  rejectUnknownOptions,
} from '../problem/index.js';
import { activateValue } from './activation.js';
import { activationErrorBound, SMALLEST_NORMAL } from './activation-error.js';
import { type ExpectedResult, expectedInStorage } from './expected.js';
import { type ReferenceResult, type ReferenceTensor, storedValues, withTensors } from './operands.js';

/** Options of {@link activate}. */
export interface ReferenceActivateOptions {
  /** Slope of 'prelu' for negative values, which no other activation has: one value, or one for each channel. */
  readonly slope?: ArrayLike<number>;
  /** Where the channels are; default channels first. Only slopes ask for it. */
  readonly inputLayout?: InputLayout;
  /** 'float16' rounds the input to half precision first; default 'float32', which takes it as it is. */
  readonly dtype?: FloatDType;
}

const ACTION = 'reference activate';

/** The slope of every value of a tensor, by its flat index. @throws InvalidArgumentError unless it is there exactly for 'prelu', and fits. */
export function slopesOf(
  action: string,
  { name }: ActivationSpec,
  input: Pick<ReferenceTensor, 'shape'>,
  { slope, inputLayout }: Pick<ReferenceActivateOptions, 'slope' | 'inputLayout'>,
): (index: number) => number {
  if (slope === undefined && name !== 'prelu') return () => 0;
  if (typeof slope?.length !== 'number' || name !== 'prelu') {
    throw new InvalidArgumentError(
      `${action}: slope is ${describe(slope)} and the activation '${name}'. Give a slope, an array of values, with 'prelu' and only there.`,
    );
  }
  if (slope.length === 1) return () => slope[0]!;
  const rank = (input.shape.length - 2) as Rank;
  const layouts: readonly InputLayout[] = INPUT_LAYOUTS[rank] ?? [];
  const layout = layouts.length === 0 ? undefined : oneOf(action, 'inputLayout', inputLayout ?? layouts[0], layouts);
  const channels = layout && axisSize(input.shape, layout, 'c');
  if (layout === undefined || slope.length !== channels) {
    throw new InvalidArgumentError(
      `${action}: slope has ${slope.length} values, but the input ${layout === undefined ? 'has no channels' : `has ${channels} channels (${layout})`}. Give one value${layout === undefined ? '' : `, or ${channels}`}.`,
    );
  }
  const pitch = axisPitches(input.shape, layout).c;
  return (index) => slope[Math.floor(index / pitch) % channels!]!;
}

function parse(activation: Activation, input: ReferenceTensor, options: ReferenceActivateOptions) {
  assertOptionsObject(ACTION, options);
  return withTensors(ACTION, { input }, () => {
    rejectUnknownOptions(ACTION, options, ['slope', 'inputLayout', 'dtype']);
    const spec = parseActivation(ACTION, activation);
    const shape = parseShape(ACTION, 'input shape', input.shape);
    const dtype = oneOf(ACTION, 'dtype', options.dtype ?? 'float32', FLOAT_DTYPES);
    return { spec, shape, dtype, slopeAt: slopesOf(ACTION, spec, input, options) };
  });
}

/**
 * Applies an activation to every value of a tensor of any shape, in float64; results are not rounded, whatever the `dtype`.
 * @throws InvalidArgumentError for an activation that does not exist, a slope that is missing, has nothing to do or is of another length,
 * for options that do not exist, and when data and shape do not agree.
 */
export function activate(
  activation: Activation,
  input: ReferenceTensor,
  options: ReferenceActivateOptions = {},
): ReferenceResult {
  const { spec, shape, dtype, slopeAt } = parse(activation, input, options);
  const values = storedValues(input.data, dtype);
  return { data: Float64Array.from(values, (value, index) => activateValue(spec, value, slopeAt(index))), shape };
}

/** The result of {@link activate} with the error bound of every value in f32. @throws as activate. */
export function expectedActivate(
  activation: Activation,
  input: ReferenceTensor,
  options: ReferenceActivateOptions = {},
): ExpectedResult {
  const { spec, shape, dtype, slopeAt } = parse(activation, input, options);
  const values = storedValues(input.data, dtype);
  const data = Float64Array.from(values, (value, index) => activateValue(spec, value, slopeAt(index)));
  // a subnormal input may be flushed to zero
  const bound = Float64Array.from(values, (value, index) =>
    activationErrorBound(spec, value, SMALLEST_NORMAL, slopeAt(index)),
  );
  return expectedInStorage(data, bound, shape, dtype);
}
