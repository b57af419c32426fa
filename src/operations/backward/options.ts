// Options that the gradients of convolutions share, and the way from them to the forward problem. "Gradient" by itself is the gradient of
// a loss with respect to what the forward operator gave.
import { InvalidArgumentError } from '../../errors.js';
import type { GpuContext } from '../../gpu/context.js';
import {
  assertOptionsObject,
  booleanOption,
  CONV_GEOMETRY_OPTIONS,
  type ConvGeometryOptions,
  type ConvOperator,
  type ConvProblem,
  type ConvTransposeGeometryOptions,
  convOutputShape,
  convProblem,
  describe,
  FILTER_LAYOUTS,
  FLOAT_DTYPES,
  type FloatDType,
  formatShape,
  INPUT_LAYOUTS,
  oneOf,
  parseShape,
  type Rank,
  rejectUnknownOptions,
  type Shape,
  sameShape,
  type TensorLayout,
} from '../../problem/index.js';
import { Tensor, type TensorStorage, useTensor } from '../../tensor.js';
import {
  assertFloat,
  checkPlanOptions,
  effectiveLayout,
  PLAN_OPTIONS,
  type PlanOptions,
  type PreparationOptions,
} from '../conv-options.js';
import type { EngineCore } from '../core.js';
import {
  DERIVATIVE_OPTIONS,
  type DerivativeCall,
  type DerivativeOptions,
  derivativeCall,
  type PreparedDerivativeOptions,
} from './derivative.js';

/** Which forward operator a gradient belongs to (default 'conv'), and its geometry, as it was given there. */
export type ForwardOptions<R extends Rank = Rank> =
  | ({ readonly operator?: 'conv' } & Omit<ConvGeometryOptions<R>, 'activation'>)
  | ({ readonly operator: 'convTranspose' } & Omit<ConvTransposeGeometryOptions<R>, 'activation'>);

/** What the gradients of convolutions take besides the geometry. */
export interface GradientOptions extends DerivativeOptions, PlanOptions {
  /** An existing gradient of the result's shape, that the result is added to; tensors never change, so the sum is a new one. */
  readonly accumulate?: Tensor;
}

/** What prepared gradients take besides the geometry; their tensors are given to `run`. */
export interface GradientPreparationOptions
  extends PreparedDerivativeOptions,
    PlanOptions,
    Pick<PreparationOptions, 'onProgress'> {
  /** Shape of the forward input: (N, C, H, W), or as the input layout says. */
  readonly inputShape: Shape;
  /** Shape of the forward filter: (K, C/G, R, S), transposed (C, K/G, R, S), or as the filter layout says. */
  readonly filterShape: Shape;
  /** Stored type of gradients, inputs and outputs; default 'float32'. */
  readonly dtype?: FloatDType;
  /** True: every run adds its result to an existing gradient, which it is given; default false. */
  readonly accumulate?: boolean;
}

/** Names of what only a preparation has. */
const PREPARATION_OPTIONS = ['inputShape', 'filterShape', 'dtype', 'onProgress'] as const;

/** Tensors of a gradient's operands, where they are given already. */
export interface BackwardTensors {
  readonly gradient?: Tensor;
  /** The forward input, whose shape is an option otherwise. */
  readonly input?: Tensor;
  /** The forward filter, whose shape is an option otherwise. */
  readonly filter?: Tensor;
}

/** A call of a gradient, or its preparation: all that is known of it, checked. */
export interface BackwardCall {
  /** The forward problem, without an epilogue. Its `dtype` is that of the gradient. */
  readonly forward: ConvProblem;
  /** How the activation that ended the forward operator takes part; undefined if there was none. */
  readonly derivative: DerivativeCall | undefined;
  /** Absent in a preparation. */
  readonly gradient: TensorStorage | undefined;
  readonly input: TensorStorage | undefined;
  readonly filter: TensorStorage | undefined;
}

/** Reasons why options of the forward epilogue are none of its gradient. */
const REFUSED: Readonly<Record<string, string>> = {
  bias: 'does not take part in a gradient: leave it out. Its own gradient is that of convBackwardBias',
  scale: 'of the forward epilogue has no gradient here. Multiply the filter with it, or the gradient',
  shift: 'of the forward epilogue does not take part in a gradient: leave it out',
  residual:
    'of the forward epilogue does not take part in a gradient: leave it out. Its own gradient is the gradient itself',
};

/** Throws `unknown-option` for options of the forward epilogue, with the reason why a gradient has none of them. */
export function rejectEpilogue(action: string, options: object): void {
  for (const [name, reason] of Object.entries(REFUSED)) {
    if ((options as Readonly<Record<string, unknown>>)[name] === undefined) continue;
    throw new InvalidArgumentError(`${action}: ${name} ${reason}.`, 'unknown-option');
  }
}

/** The rank of a tensor of a shape. Throws InvalidArgumentError for one that has none. */
export function rankOf(action: string, name: string, shape: unknown): Rank {
  const rank = parseShape(action, name, shape).length - 2;
  if (rank === 1 || rank === 2 || rank === 3) return rank;
  throw new InvalidArgumentError(
    `${action}: ${name} ${describe(shape)} has ${rank + 2} axes, but must have 3 (sequences), 4 (images) or 5 (volumes).`,
  );
}

/**
 * Checks options and tensors of a gradient, all but `accumulate`, and normalises the forward problem. Allocates nothing.
 * @param tensors none of a preparation, whose options then are those of {@link GradientPreparationOptions}.
 * @param ownOptions names of options that this gradient has besides the shared ones.
 * @throws InvalidArgumentError, InvalidTensorError
 */
export function backwardCall(
  core: EngineCore,
  action: string,
  options: GradientOptions | GradientPreparationOptions,
  tensors: BackwardTensors,
  ownOptions: readonly string[],
): BackwardCall {
  const { gpu } = core;
  assertOptionsObject(action, options);
  rejectEpilogue(action, options);
  const given = options as Readonly<Record<string, unknown>>;
  const operator = oneOf<ConvOperator>(action, 'operator', given.operator ?? 'conv', ['conv', 'convTranspose']);
  const foreign = CONV_GEOMETRY_OPTIONS[operator === 'conv' ? 'convTranspose' : 'conv']; // refused below, with reasons
  const geometryNames = [...new Set([...CONV_GEOMETRY_OPTIONS[operator], ...foreign])].filter(
    (name) => name !== 'activation',
  );
  const isPreparation = !('gradient' in tensors);
  rejectUnknownOptions(action, options, [
    'operator',
    ...geometryNames,
    ...DERIVATIVE_OPTIONS[isPreparation ? 'prepared' : 'called'],
    'accumulate',
    ...PLAN_OPTIONS,
    ...(isPreparation ? PREPARATION_OPTIONS : []),
    ...ownOptions,
  ]);
  checkPlanOptions(action, options);
  if (given.onProgress !== undefined && typeof given.onProgress !== 'function') {
    throw new InvalidArgumentError(`${action}: onProgress is ${describe(given.onProgress)}, but must be a function.`);
  }
  const { gradient, input, filter } = tensors;
  for (const [name, tensor] of Object.entries(tensors)) useTensor(gpu, action, name, tensor); // tensors at all
  const inputShape = input?.shape ?? given.inputShape;
  const rank = gradient ? rankOf(action, 'gradient', gradient.shape) : rankOf(action, 'inputShape', inputShape);
  const dtype = gradient
    ? assertFloat(action, 'gradient', gradient)
    : oneOf(action, 'dtype', given.dtype ?? 'float32', FLOAT_DTYPES);
  if (input && assertFloat(action, 'input', input) !== dtype) {
    throw new InvalidArgumentError(
      `${action}: input is stored as ${input.dtype}, but the gradient as ${dtype}. Give both the same dtype.`,
    );
  }
  const filterDtype = filter
    ? assertFloat(action, 'filter', filter)
    : oneOf(action, 'filterDtype', given.filterDtype ?? dtype, FLOAT_DTYPES);

  const labelled = INPUT_LAYOUTS[rank].some((layout) => layout === gradient?.layout) ? gradient : input;
  const inputLayout = effectiveLayout(action, 'inputLayout', given.inputLayout, labelled, INPUT_LAYOUTS[rank]);
  const filterLayouts = FILTER_LAYOUTS[rank];
  const byDefault = filterLayouts[operator === 'conv' ? 0 : 1];
  const filterLayout = effectiveLayout(action, 'filterLayout', given.filterLayout, filter, filterLayouts, byDefault);
  const geometry = geometryNames.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]);
  const forward = convProblem(
    operator,
    rank,
    {
      ...Object.fromEntries(geometry),
      inputLayout,
      filterLayout,
      inputShape: inputShape as Shape,
      filterShape: filter?.shape ?? (given.filterShape as Shape),
      dtype,
      filterDtype,
    },
    action,
  );
  const shape = convOutputShape(forward);
  const storages = {
    gradient: gradient && useTensor(gpu, action, 'gradient', gradient, { layout: inputLayout }),
    input: input && useTensor(gpu, action, 'input', input, { layout: inputLayout }),
    filter: filter && useTensor(gpu, action, 'filter', filter, { layout: filterLayout }),
  };
  if (gradient && !sameShape(gradient.shape, shape)) {
    throw new InvalidArgumentError(
      `${action}: gradient has shape ${formatShape(gradient.shape)}, but the forward output has ${formatShape(shape)} (${inputLayout}). Give the gradient of that output, or check strides, padding and shapes.`,
    );
  }
  const derivative = derivativeCall(core, action, options, { shape, layout: inputLayout, dtype }, isPreparation);
  return { forward, derivative, ...storages };
}

/**
 * The storage of an existing gradient that a result is added to; undefined where none was given.
 * @throws InvalidArgumentError unless it is a tensor of the result's shape and stored type. InvalidTensorError.
 */
export function accumulatedStorage(
  gpu: GpuContext,
  action: string,
  accumulate: unknown,
  result: { readonly shape: Shape; readonly layout?: TensorLayout; readonly dtype: FloatDType },
): TensorStorage | undefined {
  if (accumulate === undefined) return undefined;
  const { shape, layout, dtype } = result;
  const storage = useTensor(gpu, action, 'accumulate', accumulate, layout ? { layout } : {});
  const existing = accumulate as Tensor;
  if (sameShape(existing.shape, shape) && existing.dtype === dtype) return storage;
  throw new InvalidArgumentError(
    `${action}: accumulate is a tensor ${formatShape(existing.shape)} of ${existing.dtype}, but the result is ${formatShape(shape)} of ${dtype}. Give a gradient of the same operand.`,
  );
}

/** Whether a preparation is one of runs that accumulate. Throws InvalidArgumentError unless the option is true or false. */
export function accumulates(action: string, accumulate: unknown = false): boolean {
  if (!(accumulate instanceof Tensor)) return booleanOption(action, 'accumulate', accumulate);
  throw new InvalidArgumentError(
    `${action}: accumulate is a tensor, but must be true or false here. Give run the tensor itself.`,
  );
}
