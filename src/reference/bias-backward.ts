// The gradient of a bias: for each channel the sum of its gradients, float64; and how far a sum in f32 may be from it. With n gradients in a
// channel, δ what the activation's derivative adds (activation-derivative-error.ts), a an existing gradient and u = 2^-24, as in error-bound.ts:
//     |ŝ − s| ≤ Σ δ + (n + 2) · u · (Σ (|dz| + δ) + |a|).
import { InvalidArgumentError } from '../errors.js';
import {
  type Activation,
  type ActivationSpec,
  assertOptionsObject,
  axisPitches,
  axisSize,
  type DerivativeSource,
  describe,
  describeActivation,
  FLOAT_DTYPES,
  type FloatDType,
  INPUT_LAYOUTS,
  type InputLayout,
  oneOf,
  outputTellsDerivative,
  parseActivation,
  parseShape,
  type Rank,
  rejectUnknownOptions,
  sameShape,
} from '../problem/index.js';
import { slopesOf } from './activate.js';
import { activationDerivative } from './activation-derivative.js';
import { derivedGradientErrorBound } from './activation-derivative-error.js';
import { ROUNDOFF, SMALLEST_NORMAL } from './activation-error.js';
import { type ExpectedResult, expectedInStorage } from './expected.js';
import { type ReferenceResult, type ReferenceTensor, storedValues, withTensors } from './operands.js';

/** Options of {@link convBackwardBias}. */
export interface ReferenceConvBackwardBiasOptions {
  /** Layout of the gradient; default channels first. */
  readonly inputLayout?: InputLayout;
  /** What ended the forward operator, default 'none'. */
  readonly activation?: Activation;
  /** What the forward operator gave, of the gradient's shape. With an activation either this or `preActivation`. */
  readonly output?: ReferenceTensor;
  /** What the activation was given, of the gradient's shape. */
  readonly preActivation?: ReferenceTensor;
  /** Slope of the activation 'prelu': (K), or one value. */
  readonly slope?: ArrayLike<number>;
  /** (K): a gradient that is added. */
  readonly accumulate?: ReferenceTensor;
  /** 'float16' rounds all tensors to half precision first; default 'float32', which takes them as they are. */
  readonly dtype?: FloatDType;
}

const ACTION = 'reference convBackwardBias';
const OPTIONS = ['inputLayout', 'activation', 'output', 'preActivation', 'slope', 'accumulate', 'dtype'];

interface Operands {
  readonly spec: ActivationSpec;
  readonly from: DerivativeSource;
  readonly gradient: ArrayLike<number>;
  /** y or z; without an activation the gradient, which is not read. */
  readonly values: ArrayLike<number>;
  readonly slopeAt: (index: number) => number;
  readonly channelAt: (index: number) => number;
  readonly channels: number;
  readonly accumulate: ArrayLike<number> | undefined;
  readonly dtype: FloatDType;
}

/** Throws InvalidArgumentError unless there is exactly what the activation's derivative follows from. */
function sourceOf(spec: ActivationSpec, options: ReferenceConvBackwardBiasOptions): DerivativeSource | undefined {
  const given = (['output', 'preActivation'] as const).filter((name) => options[name] !== undefined);
  const name = describeActivation(spec);
  if (given.length !== (spec.name === 'none' ? 0 : 1)) {
    throw new InvalidArgumentError(
      `${ACTION}: the activation is '${name}', and ${given.length} of output and preActivation are given. Give one of them with an activation, and none without.`,
    );
  }
  if (given[0] !== 'output' || outputTellsDerivative(spec)) return given[0];
  throw new InvalidArgumentError(
    `${ACTION}: the derivative of the activation '${name}' does not follow from its output. Give preActivation, what the activation was given.`,
  );
}

function parse(gradient: ReferenceTensor, options: ReferenceConvBackwardBiasOptions): Operands {
  assertOptionsObject(ACTION, options);
  rejectUnknownOptions(ACTION, options, OPTIONS);
  const spec = parseActivation(ACTION, options.activation ?? 'none');
  const from = sourceOf(spec, options);
  const operand = from && options[from];
  const { accumulate } = options;
  const tensors = { gradient, ...(operand && { [from]: operand }), ...(accumulate && { accumulate }) };
  return withTensors(ACTION, tensors, () => {
    const shape = parseShape(ACTION, 'gradient shape', gradient.shape);
    const layouts: readonly InputLayout[] = INPUT_LAYOUTS[(shape.length - 2) as Rank] ?? [];
    if (layouts.length === 0) {
      throw new InvalidArgumentError(`${ACTION}: gradient has ${shape.length} axes, but must have 3, 4 or 5.`);
    }
    const layout = oneOf(ACTION, 'inputLayout', options.inputLayout ?? layouts[0], layouts);
    const channels = axisSize(shape, layout, 'c');
    for (const [name, tensor, expected] of [
      [from, operand, shape],
      ['accumulate', accumulate, [channels]],
    ] as const) {
      if (!tensor || (Array.isArray(tensor.shape) && sameShape(tensor.shape, expected))) continue;
      throw new InvalidArgumentError(
        `${ACTION}: ${name} has shape ${describe(tensor.shape)}, but must have ${describe(expected)}. Give a tensor of that shape.`,
      );
    }
    const dtype = oneOf(ACTION, 'dtype', options.dtype ?? 'float32', FLOAT_DTYPES);
    const pitch = axisPitches(shape, layout).c;
    return {
      spec,
      from: from ?? 'preActivation',
      gradient: storedValues(gradient.data, dtype),
      values: storedValues((operand ?? gradient).data, dtype),
      slopeAt: slopesOf(ACTION, spec, gradient, { ...options, inputLayout: layout }),
      channelAt: (index) => Math.floor(index / pitch) % channels,
      channels,
      accumulate: accumulate && storedValues(accumulate.data, dtype),
      dtype,
    };
  });
}

/** The result of {@link convBackwardBias} with the error bound of every value in f32. @throws as convBackwardBias. */
export function expectedConvBackwardBias(
  gradient: ReferenceTensor,
  options: ReferenceConvBackwardBiasOptions = {},
): ExpectedResult {
  const operands = parse(gradient, options);
  const { spec, from, values, slopeAt, channelAt, channels, accumulate, dtype } = operands;
  const data = Float64Array.from({ length: channels }, (_, channel) => accumulate?.[channel] ?? 0);
  const sizes = data.map(Math.abs);
  const incoming = new Float64Array(channels);
  for (let index = 0; index < values.length; index++) {
    const [channel, dy, value, slope] = [channelAt(index), operands.gradient[index]!, values[index]!, slopeAt(index)];
    const dz = dy * activationDerivative(spec, from, value, slope);
    const error = derivedGradientErrorBound(spec, from, dy, value, slope);
    data[channel]! += dz;
    incoming[channel]! += error;
    sizes[channel]! += Math.abs(dz) + error;
  }
  const roundings = values.length / channels + 2;
  const bound = sizes.map((size, channel) => incoming[channel]! + roundings * (ROUNDOFF * size + SMALLEST_NORMAL));
  return expectedInStorage(data, bound, [channels], dtype);
}

/**
 * The gradient of a bias, (K): for each channel the sum of the gradients of all its outputs, in float64; with an activation of each times the activation's
 * derivative.
 * @param gradient of the forward output: (N, K, P, Q), or as the input layout says; of every rank.
 * @throws InvalidArgumentError unless there is exactly what the activation's derivative follows from, for shapes that do not agree and unknown options.
 */
export function convBackwardBias(
  gradient: ReferenceTensor,
  options: ReferenceConvBackwardBiasOptions = {},
): ReferenceResult {
  const { spec, from, values, slopeAt, channelAt, channels, accumulate, ...operands } = parse(gradient, options);
  const data = Float64Array.from({ length: channels }, (_, channel) => accumulate?.[channel] ?? 0);
  for (let index = 0; index < values.length; index++) {
    data[channelAt(index)]! +=
      operands.gradient[index]! * activationDerivative(spec, from, values[index]!, slopeAt(index));
  }
  return { data, shape: [channels] };
}
