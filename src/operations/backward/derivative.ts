// The activation that ended a forward operator, in its gradients: dz = dy · activation'(z), where z is what the activation was given. Gradients
// multiply first, into a buffer of the pool, and go on with dz.
import { InvalidArgumentError } from '../../errors.js';
import {
  type Activation,
  type DerivativeSource,
  describe,
  describeActivation,
  type FloatDType,
  formatShape,
  oneOf,
  outputTellsDerivative,
  type Shape,
  sameShape,
  type TensorLayout,
} from '../../problem/index.js';
import { Tensor, type TensorStorage, useTensor } from '../../tensor.js';
import { type ActivationCall, activationCall } from '../activate.js';
import type { ChannelOperand } from '../conv-options.js';
import type { EngineCore } from '../core.js';

interface ActivationOptions {
  /**
   * What ended the forward operator, default 'none': the gradient is first multiplied with its derivative. Where the function has a kink, the
   * derivative is PyTorch's: relu'(0) = 0.
   */
  readonly activation?: Activation;
  /** What the activation 'prelu' multiplies negative values with: one value, or one for each channel. */
  readonly slope?: ChannelOperand;
}

/** How an activation takes part in a gradient that is called. */
export interface DerivativeOptions extends ActivationOptions {
  /**
   * What the forward operator gave, shaped as the gradient. This or `preActivation`, where there is an activation; not for those whose derivative
   * does not follow from it: 'gelu', 'geluTanh', 'silu', 'hardSwish', 'mish', 'prelu', and 'leakyRelu' and 'elu' with a negative alpha.
   */
  readonly output?: Tensor;
  /** What the activation was given, shaped as the gradient. */
  readonly preActivation?: Tensor;
}

/** How an activation takes part in a prepared gradient; the tensor is given to `run` under the name that `derivativeFrom` says. */
export interface PreparedDerivativeOptions extends ActivationOptions {
  /** Whether runs are given what the activation gave ('output') or what it was given ('preActivation'); where there is an activation. */
  readonly derivativeFrom?: DerivativeSource;
}

const SOURCES = ['output', 'preActivation'] as const;

/** Names of the options here. */
export const DERIVATIVE_OPTIONS = {
  called: ['activation', ...SOURCES, 'slope'],
  prepared: ['activation', 'derivativeFrom', 'slope'],
} as const;

/** How an activation takes part in a gradient, checked. */
export interface DerivativeCall {
  /** The activation as one of the gradient's shape, with its slope. */
  readonly activation: ActivationCall;
  readonly from: DerivativeSource;
  /** Of y or z; absent in a preparation. */
  readonly operand: TensorStorage | undefined;
}

/** What the activation's tensors are: as the gradient. */
export interface DerivativeExpectation {
  readonly shape: Shape;
  readonly layout: TensorLayout | undefined;
  readonly dtype: FloatDType;
}

/** The source that is asked for; undefined if there is none. */
function sourceOf(action: string, given: Readonly<Record<string, unknown>>): DerivativeSource | undefined {
  if (given.derivativeFrom !== undefined) return oneOf(action, 'derivativeFrom', given.derivativeFrom, SOURCES);
  const [from, another] = SOURCES.filter((name) => given[name] !== undefined);
  if (another === undefined) return from;
  throw new InvalidArgumentError(
    `${action}: output and preActivation are both given, but the derivative follows from one of them. Leave out output.`,
  );
}

/**
 * Checks how an activation takes part in a gradient. Allocates nothing.
 * @returns undefined if there is no activation.
 * @throws InvalidArgumentError unless there is exactly what its derivative is computed from. InvalidTensorError.
 */
export function derivativeCall(
  core: EngineCore,
  action: string,
  options: DerivativeOptions | PreparedDerivativeOptions,
  expected: DerivativeExpectation,
  isPreparation: boolean,
): DerivativeCall | undefined {
  const given = options as Readonly<Record<string, unknown>>;
  const from = sourceOf(action, given);
  const { activation = 'none', slope } = options;
  const call = activationCall(core, action, activation, slope === undefined ? {} : { slope }, expected);
  const spec = call.problem.activation;
  const name = describeActivation(spec);
  const option = isPreparation ? 'derivativeFrom' : from;
  if (spec.name === 'none') {
    if (from === undefined) return undefined;
    throw new InvalidArgumentError(
      `${action}: ${option} belongs to an activation, but there is none. Give the activation of the forward operator, or leave ${option} out.`,
    );
  }
  const remedy = isPreparation ? "derivativeFrom: 'preActivation'" : 'preActivation, what the activation was given';
  if (from === undefined) {
    const orOutput = isPreparation ? " or 'output'" : ', or output, what it gave';
    throw new InvalidArgumentError(
      `${action}: the derivative of the activation '${name}' is computed from a tensor. Give ${remedy}${outputTellsDerivative(spec) ? orOutput : ''}.`,
    );
  }
  if (from === 'output' && !outputTellsDerivative(spec)) {
    throw new InvalidArgumentError(
      `${action}: the derivative of the activation '${name}' does not follow from its output. Give ${remedy}.`,
    );
  }
  const operand = isPreparation ? undefined : derivativeStorage(core, action, from, given[from], expected);
  return { activation: call, from, operand };
}

/**
 * The storage of what a derivative is computed from.
 * @throws InvalidArgumentError unless it is a tensor shaped and stored as the gradient. InvalidTensorError.
 */
export function derivativeStorage(
  { gpu }: EngineCore,
  action: string,
  from: DerivativeSource,
  value: unknown,
  { shape, layout, dtype }: DerivativeExpectation,
): TensorStorage {
  if (!(value instanceof Tensor)) {
    throw new InvalidArgumentError(
      `${action}: ${from} is ${describe(value)}, but the derivative of the activation is computed from it. Give a tensor of shape ${formatShape(shape)}.`,
    );
  }
  const storage = useTensor(gpu, action, from, value, layout ? { layout } : {});
  if (sameShape(value.shape, shape) && value.dtype === dtype) return storage;
  throw new InvalidArgumentError(
    `${action}: ${from} is a tensor ${formatShape(value.shape)} of ${value.dtype}, but the gradient is ${formatShape(shape)} of ${dtype}. Give the tensor of the same outputs, with the same dtype.`,
  );
}
