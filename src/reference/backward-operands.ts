// Operands of the reference gradients: what a user gives, checked and normalised to the forward problem and plain lists of values.
import { InvalidArgumentError } from '../errors.js';
import {
  assertOptionsObject,
  CONV_GEOMETRY_OPTIONS,
  type ConvDescription,
  type ConvGeometryOptions,
  type ConvOperator,
  type ConvProblem,
  type ConvTransposeGeometryOptions,
  convOutputShape,
  convProblem,
  type DerivativeSource,
  describe,
  describeActivation,
  type FloatDType,
  formatShape,
  oneOf,
  outputTellsDerivative,
  type Rank,
  rejectUnknownOptions,
  type Shape,
  sameShape,
} from '../problem/index.js';
import { type ReferenceTensor, storedValues, withTensors } from './operands.js';

/** Options that the reference gradients of input and filter share: those of the forward operator, and what its activation needs. */
export interface ReferenceConvBackwardOptions extends ConvGeometryOptions, ConvTransposeGeometryOptions {
  /** The forward operator; default 'conv'. */
  readonly operator?: ConvOperator;
  /** The forward result y, after the activation; of the gradient's shape. With an activation either this or `preActivation`. */
  readonly output?: ReferenceTensor;
  /** The forward result z, before the activation; of the gradient's shape. */
  readonly preActivation?: ReferenceTensor;
  /** Slope of the activation 'prelu': (K), or one value. */
  readonly slope?: ArrayLike<number>;
  /** A gradient of the result's shape that is added. */
  readonly accumulate?: ReferenceTensor;
  /** 'float16' rounds gradient, input, output and preActivation to half precision first; default 'float32', which takes them as they are. */
  readonly dtype?: FloatDType;
  /** The same for the filter; default: that of the gradient. */
  readonly filterDtype?: FloatDType;
}

/** Options of the reference's convBackwardInput. */
export interface ReferenceConvBackwardInputOptions extends ReferenceConvBackwardOptions {
  /** Shape of the forward input, and so of the result. */
  readonly inputShape: Shape;
}

/** Options of the reference's convBackwardFilter. */
export interface ReferenceConvBackwardFilterOptions extends ReferenceConvBackwardOptions {
  /** Shape of the forward filter, and so of the result. */
  readonly filterShape: Shape;
}

/** What a gradient is computed from, as it is stored. */
export interface BackwardOperands {
  /** The forward problem, with its activation. */
  readonly problem: ConvProblem;
  readonly gradient: ReferenceTensor;
  /** Of the gradient of the input the filter, of that of the filter the input. */
  readonly other: ArrayLike<number>;
  /** What the activation's derivative follows from; undefined without activation. */
  readonly derivative: { readonly from: DerivativeSource; readonly tensor: ReferenceTensor } | undefined;
  readonly slope: ArrayLike<number> | undefined;
  readonly accumulate: ArrayLike<number> | undefined;
}

const OWN_OPTIONS = ['operator', 'output', 'preActivation', 'slope', 'accumulate', 'dtype', 'filterDtype'] as const;

/** Terms of the forward epilogue, and why gradients do not take them. */
const FORWARD_TERMS: Readonly<Record<string, string>> = {
  bias: 'does not change gradients of input and filter. Leave it out; its own gradient is convBackwardBias',
  scale: 'is not taken back through. Multiply the gradient by it first',
  shift: 'does not change gradients. Leave it out',
  residual: 'does not change gradients of input and filter. Leave it out; its own gradient is that of the activation',
};

function rejectForwardTerms(action: string, options: object): void {
  for (const [name, reason] of Object.entries(FORWARD_TERMS)) {
    if ((options as Readonly<Record<string, unknown>>)[name] === undefined) continue;
    throw new InvalidArgumentError(`${action}: ${name} ${reason}.`, 'unknown-option');
  }
}

function rankOf(action: string, { shape }: ReferenceTensor): Rank {
  const rank = Array.isArray(shape) ? shape.length - 2 : 0;
  if (rank === 1 || rank === 2 || rank === 3) return rank;
  throw new InvalidArgumentError(
    `${action}: gradient has shape ${describe(shape)}, but must have 3, 4 or 5 axes: batch, channels, and one to three spatial ones.`,
  );
}

function assertShape(action: string, name: string, given: ReferenceTensor, what: string, shape: Shape): void {
  if (Array.isArray(given.shape) && sameShape(given.shape, shape)) return;
  throw new InvalidArgumentError(
    `${action}: ${name} has shape ${describe(given.shape)}, but ${what} has shape ${formatShape(shape)}. Give a tensor of that shape.`,
  );
}

/** Throws unless exactly one of the tensors that an activation's derivative may follow from is there, and none without activation. */
function assertDerivativeGiven(action: string, { epilogue }: ConvProblem, given: readonly string[]): void {
  const { name } = epilogue.activation;
  if (given.length === 1 && given[0] === 'output' && !outputTellsDerivative(epilogue.activation)) {
    throw new InvalidArgumentError(
      `${action}: the derivative of the activation '${describeActivation(epilogue.activation)}' does not follow from its output. Give preActivation, what the activation was given.`,
    );
  }
  if (given.length === (name === 'none' ? 0 : 1)) return;
  throw new InvalidArgumentError(
    name === 'none'
      ? `${action}: ${given[0]} is given, but there is no activation whose derivative would need it. Leave it out, or set activation.`
      : `${action}: the derivative of the activation '${name}' needs one of output and preActivation, but ${given.length === 0 ? 'neither is' : 'both are'} given.`,
  );
}

/**
 * Checks the operands of a reference gradient and normalises their forward problem.
 * @param wanted what the gradient is of; `other` is the operand that is given instead.
 * @throws InvalidArgumentError as the engine, and where data and shape do not agree.
 */
export function backwardOperands(
  wanted: 'input' | 'filter',
  gradient: ReferenceTensor,
  other: ReferenceTensor,
  options: ReferenceConvBackwardOptions & { readonly inputShape?: Shape; readonly filterShape?: Shape },
): BackwardOperands {
  const action = `reference convBackward${wanted === 'input' ? 'Input' : 'Filter'}`;
  assertOptionsObject(action, options);
  rejectForwardTerms(action, options);
  const geometryNames = [...CONV_GEOMETRY_OPTIONS.conv, ...CONV_GEOMETRY_OPTIONS.convTranspose];
  rejectUnknownOptions(action, options, [...new Set(geometryNames), ...OWN_OPTIONS, `${wanted}Shape`]);
  const { operator = 'conv', output, preActivation, slope, accumulate, ...geometry } = options;
  const derivatives = Object.entries({ output, preActivation }).filter(([, tensor]) => tensor !== undefined);
  const otherName = wanted === 'input' ? 'filter' : 'input';
  const tensors = {
    gradient,
    [otherName]: other,
    ...Object.fromEntries(derivatives),
    ...(accumulate && { accumulate }),
  } as Readonly<Record<string, ReferenceTensor>>;
  const problem = withTensors(action, tensors, () => {
    const description = {
      ...geometry,
      [`${otherName}Shape`]: other.shape,
      ...(slope === undefined ? {} : { slopeShape: [slope?.length] }),
    } as ConvDescription;
    const kind = oneOf<ConvOperator>(action, 'operator', operator, ['conv', 'convTranspose']);
    const forward = convProblem(kind, rankOf(action, gradient), description, action);
    const shape = convOutputShape(forward);
    assertShape(action, 'gradient', gradient, 'the output of this convolution', shape);
    assertDerivativeGiven(
      action,
      forward,
      derivatives.map(([name]) => name),
    );
    for (const [name, tensor] of derivatives) assertShape(action, name, tensor!, 'the gradient', shape);
    if (accumulate) assertShape(action, 'accumulate', accumulate, 'the result', options[`${wanted}Shape`]!);
    return forward;
  });
  const { dtype, filterDtype } = problem;
  const stored = ({ data, shape }: ReferenceTensor) => ({ data: storedValues(data, dtype), shape });
  const [from, tensor] = derivatives[0] ?? [];
  return {
    problem,
    gradient: stored(gradient),
    other: storedValues(other.data, wanted === 'input' ? filterDtype : dtype),
    derivative: tensor && { from: from as DerivativeSource, tensor: stored(tensor) },
    slope,
    accumulate: accumulate && storedValues(accumulate.data, dtype),
  };
}
