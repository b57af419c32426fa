// Operands of the reference: what a user gives, checked and normalised to a problem and plain lists of values.
import { InvalidArgumentError } from '../errors.js';
import {
  assertOptionsObject,
  CHANNEL_TERMS,
  CONV_GEOMETRY_OPTIONS,
  type ConvGeometryOptions,
  type ConvOperator,
  type ConvProblem,
  type ConvTransposeGeometryOptions,
  convName,
  convProblem,
  describe,
  elementCount,
  type FloatDType,
  formatShape,
  type Rank,
  rejectUnknownOptions,
  roundToHalf,
  type Shape,
} from '../problem/index.js';

/** A tensor on the CPU: values in row-major order, and their shape. */
export interface ReferenceTensor {
  readonly data: ArrayLike<number>;
  readonly shape: Shape;
}

/** Result of the reference, in float64. */
export interface ReferenceResult {
  readonly data: Float64Array;
  readonly shape: Shape;
}

/** Operands of the epilogue y = activation((sum + bias) · scale + shift + residual), and stored types. */
export interface ReferenceEpilogueOptions {
  /** (K) */
  readonly bias?: ArrayLike<number>;
  /** (K) */
  readonly scale?: ArrayLike<number>;
  /** (K) */
  readonly shift?: ArrayLike<number>;
  /** Slope of the activation 'prelu' for negative values: (K), or one value. */
  readonly slope?: ArrayLike<number>;
  /** Of the output's shape. */
  readonly residual?: ReferenceTensor;
  /** 'float16' rounds input and residual to half precision first; default 'float32', which takes them as they are. */
  readonly dtype?: FloatDType;
  /** The same for the filter; default: that of the input. */
  readonly filterDtype?: FloatDType;
}

/** Options of the reference convolutions. */
export interface ReferenceConvOptions<R extends Rank = Rank> extends ConvGeometryOptions<R>, ReferenceEpilogueOptions {}

/** Options of the reference transposed convolutions. */
export interface ReferenceConvTransposeOptions<R extends Rank = Rank>
  extends ConvTransposeGeometryOptions<R>,
    ReferenceEpilogueOptions {}

/** Values of the operands of a problem, each present exactly where the problem has it. */
export interface ConvOperands {
  readonly input: ArrayLike<number>;
  readonly filter: ArrayLike<number>;
  readonly bias?: ArrayLike<number> | undefined;
  readonly scale?: ArrayLike<number> | undefined;
  readonly shift?: ArrayLike<number> | undefined;
  readonly slope?: ArrayLike<number> | undefined;
  readonly residual?: ArrayLike<number> | undefined;
}

function assertTensor(action: string, name: string, operand: unknown): asserts operand is ReferenceTensor {
  if (typeof (operand as ReferenceTensor | undefined)?.data?.length === 'number') return;
  throw new InvalidArgumentError(
    `${action}: ${name} must be { data, shape } with an array of values, got ${describe(operand)}.`,
  );
}

/** Throws unless a tensor has as many values as its shape, which is valid, says. */
function assertFilled(action: string, name: string, { data, shape }: ReferenceTensor): void {
  if (data.length === elementCount(shape)) return;
  throw new InvalidArgumentError(
    `${action}: ${name} has ${data.length} values, but shape ${formatShape(shape)} needs ${elementCount(shape)}.`,
  );
}

/**
 * Checks tensors before and after `normalise` has checked their shapes, so that each message names the first thing that is wrong.
 * @throws InvalidArgumentError for operands that are no tensors, and where data and shape do not agree.
 */
export function withTensors<T>(
  action: string,
  tensors: Readonly<Record<string, ReferenceTensor>>,
  normalise: () => T,
): T {
  for (const [name, operand] of Object.entries(tensors)) assertTensor(action, name, operand);
  const result = normalise();
  for (const [name, operand] of Object.entries(tensors)) assertFilled(action, name, operand);
  return result;
}

const OPERAND_OPTIONS = [...CHANNEL_TERMS, 'residual', 'dtype', 'filterDtype'] as const;

/** Throws for options that neither operator has; convProblem refuses those of the other one, with the reason. */
function rejectOtherOptions(action: string, operator: ConvOperator, options: object): void {
  const own = CONV_GEOMETRY_OPTIONS[operator];
  const foreign = CONV_GEOMETRY_OPTIONS[operator === 'conv' ? 'convTranspose' : 'conv'];
  const rest = Object.entries(options).filter(([name]) => own.includes(name) || !foreign.includes(name));
  rejectUnknownOptions(action, Object.fromEntries(rest), [...own, ...OPERAND_OPTIONS]);
}

/**
 * Checks operands of a reference convolution and normalises their problem.
 * @throws InvalidArgumentError as the engine, and where data and shape do not agree.
 */
export function referenceConvProblem(
  operator: ConvOperator,
  rank: Rank,
  input: ReferenceTensor,
  filter: ReferenceTensor,
  options: ReferenceConvOptions | ReferenceConvTransposeOptions,
): { readonly problem: ConvProblem; readonly operands: ConvOperands } {
  const action = `reference ${convName(operator, rank)}`;
  assertOptionsObject(action, options);
  const { bias, scale, shift, slope, residual, ...geometry } = options;
  const terms = Object.entries({ bias, scale, shift, slope }).filter(([, values]) => values !== undefined);
  const tensors = { input, filter, ...(residual === undefined ? {} : { residual }) };
  const problem = withTensors(action, tensors, () => {
    rejectOtherOptions(action, operator, options);
    const shapes = terms.map(([name, values]): [string, Shape] => {
      if (typeof values?.length === 'number') return [`${name}Shape`, [values.length]];
      throw new InvalidArgumentError(`${action}: ${name} must be an array of values, got ${describe(values)}.`);
    });
    const description = {
      ...geometry,
      inputShape: input.shape,
      filterShape: filter.shape,
      ...Object.fromEntries(shapes),
      ...(residual === undefined ? {} : { residualShape: residual.shape }),
    };
    return convProblem(operator, rank, description, action);
  });
  const operands = { input: input.data, filter: filter.data, bias, scale, shift, slope, residual: residual?.data };
  return { problem, operands };
}

/** Values as they are stored: rounded where that is in half precision. */
export function storedValues(values: ArrayLike<number>, dtype: FloatDType): ArrayLike<number> {
  return dtype === 'float16' ? Float32Array.from(values, roundToHalf) : values;
}

/** Operands of a problem as they are stored. */
export function storedOperands({ dtype, filterDtype }: ConvProblem, operands: ConvOperands): ConvOperands {
  const { input, filter, residual } = operands;
  return {
    ...operands,
    input: storedValues(input, dtype),
    filter: storedValues(filter, filterDtype),
    residual: residual && storedValues(residual, dtype),
  };
}
