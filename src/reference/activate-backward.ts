// Gradients of activations of a tensor by itself.
import { InvalidArgumentError } from '../errors.js';
import {
  type Activation,
  type ActivationSpec,
  assertOptionsObject,
  type DerivativeSource,
  describeActivation,
  FLOAT_DTYPES,
  type FloatDType,
  formatShape,
  type InputLayout,
  oneOf,
  outputTellsDerivative,
  parseActivation,
  parseShape,
  rejectUnknownOptions,
  type Shape,
  sameShape,
} from '../problem/index.js';
import { slopesOf } from './activate.js';
import { activationDerivative } from './activation-derivative.js';
import { derivedGradientErrorBound } from './activation-derivative-error.js';
import { type ExpectedResult, expectedInStorage } from './expected.js';
import { type ReferenceResult, type ReferenceTensor, storedValues, withTensors } from './operands.js';

/** Options of {@link activateBackward}: what the activation was given, or what it gave. */
export interface ReferenceActivateBackwardOptions {
  /** What the activation was given, shaped as the gradient. This or `output`. */
  readonly input?: ReferenceTensor;
  /** What the activation gave, shaped as the gradient; not for those whose derivative does not follow from it. */
  readonly output?: ReferenceTensor;
  /** Slope of 'prelu' for negative values, which no other activation has: one value, or one for each channel. */
  readonly slope?: ArrayLike<number>;
  /** Where the channels are; default channels first. Only slopes ask for it. */
  readonly inputLayout?: InputLayout;
  /** 'float16' rounds the tensors to half precision first; default 'float32', which takes them as they are. */
  readonly dtype?: FloatDType;
}

const ACTION = 'reference activateBackward';

/** What the gradient of every value is computed from. */
interface Operands {
  readonly spec: ActivationSpec;
  readonly from: DerivativeSource;
  readonly shape: Shape;
  readonly dtype: FloatDType;
  readonly gradient: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  readonly slopeAt: (index: number) => number;
}

/** Throws InvalidArgumentError unless the derivative follows from exactly one tensor that is there. */
function sourceOf(spec: ActivationSpec, { input, output }: ReferenceActivateBackwardOptions): DerivativeSource {
  const name = describeActivation(spec);
  if ((input === undefined) === (output === undefined)) {
    throw new InvalidArgumentError(
      `${ACTION}: the derivative of the activation '${name}' follows from one tensor, but ${input ? 'both are' : 'none is'} given. Give input, what it was given${outputTellsDerivative(spec) ? ', or output, what it gave' : ''}.`,
    );
  }
  if (output && !outputTellsDerivative(spec)) {
    throw new InvalidArgumentError(
      `${ACTION}: the derivative of the activation '${name}' does not follow from its output. Give input, what it was given.`,
    );
  }
  return output ? 'output' : 'preActivation';
}

function parse(gradient: ReferenceTensor, activation: Activation, options: ReferenceActivateBackwardOptions): Operands {
  assertOptionsObject(ACTION, options);
  rejectUnknownOptions(ACTION, options, ['input', 'output', 'slope', 'inputLayout', 'dtype']);
  const spec = parseActivation(ACTION, activation);
  const from = sourceOf(spec, options);
  const name = from === 'output' ? 'output' : 'input';
  const operand = options[name]!;
  return withTensors(ACTION, { gradient, [name]: operand }, () => {
    const shape = parseShape(ACTION, 'gradient shape', gradient.shape);
    if (!sameShape(shape, parseShape(ACTION, `${name} shape`, operand.shape))) {
      throw new InvalidArgumentError(
        `${ACTION}: ${name} has shape ${formatShape(operand.shape)}, but the gradient ${formatShape(shape)}. Give both for the same values.`,
      );
    }
    const dtype = oneOf(ACTION, 'dtype', options.dtype ?? 'float32', FLOAT_DTYPES);
    const slopeAt = slopesOf(ACTION, spec, gradient, options);
    const stored = [gradient, operand].map(({ data }) => storedValues(data, dtype));
    return { spec, from, shape, dtype, gradient: stored[0]!, values: stored[1]!, slopeAt };
  });
}

function gradientsOf({ spec, from, gradient, values, slopeAt }: Operands): Float64Array {
  return Float64Array.from(
    values,
    (value, index) => gradient[index]! * activationDerivative(spec, from, value, slopeAt(index)),
  );
}

/**
 * The gradient of an activation of every value of a tensor of any shape, in float64: `gradient`, that of what the activation gave, times its
 * derivative. Where the function has a kink, the derivative is PyTorch's: relu'(0) = 0, 0 at both ends of 'relu6', 'hardSigmoid' and 'clamp'.
 * @throws InvalidArgumentError unless exactly one of `input` and `output` is given, and tells the derivative; for an activation that does not
 * exist, a slope that is missing, has nothing to do or is of another length, unknown options, and shapes that do not agree.
 */
export function activateBackward(
  gradient: ReferenceTensor,
  activation: Activation,
  options: ReferenceActivateBackwardOptions,
): ReferenceResult {
  const operands = parse(gradient, activation, options);
  return { data: gradientsOf(operands), shape: operands.shape };
}

/** The result of {@link activateBackward} with the error bound of every value in f32. @throws as activateBackward. */
export function expectedActivateBackward(
  gradient: ReferenceTensor,
  activation: Activation,
  options: ReferenceActivateBackwardOptions,
): ExpectedResult {
  const operands = parse(gradient, activation, options);
  const { spec, from, shape, dtype, values, slopeAt } = operands;
  const bound = Float64Array.from(values, (value, index) =>
    derivedGradientErrorBound(spec, from, operands.gradient[index]!, value, slopeAt(index)),
  );
  return expectedInStorage(gradientsOf(operands), bound, shape, dtype);
}
