// Options of the engine's convolutions, prepared or not, and the way from them to a problem.
import type { CompileProgress } from '../algorithms/design.js';
import { InvalidArgumentError } from '../errors.js';
import type { GpuContext } from '../gpu/context.js';
import { type Accuracy, parseAccuracy } from '../planner/choose.js';
import type { PlanRequest } from '../planner/plan-conv.js';
import {
  booleanOption,
  CHANNEL_TERMS,
  type ChannelTerm,
  CONV_GEOMETRY_OPTIONS,
  type ConvDescription,
  type ConvGeometryOptions,
  type ConvOperator,
  type ConvProblem,
  type ConvTransposeGeometryOptions,
  convProblem,
  describe,
  FILTER_LAYOUTS,
  FLOAT_DTYPES,
  type FloatDType,
  INPUT_LAYOUTS,
  integerAtLeast,
  isFloat32Array,
  isNumberArray,
  oneOf,
  type Rank,
  rejectUnknownOptions,
  type Shape,
  type TensorLayout,
} from '../problem/index.js';
import { Tensor, type TensorStorage, useTensor } from '../tensor.js';

/** An operand with one value for each output channel. */
export type ChannelOperand = Tensor | Float32Array | readonly number[];

/** Operands of the epilogue, y = activation((sum + bias) · scale + shift + residual), that have one value for each channel. */
export interface EpilogueOptions {
  /** (K), added to every output of its channel. */
  readonly bias?: ChannelOperand;
  /** (K), multiplies every output of its channel, bias included: with `shift` a folded batch normalisation. */
  readonly scale?: ChannelOperand;
  /** (K), added after the scale. */
  readonly shift?: ChannelOperand;
  /** (K) or (1): what the activation 'prelu' multiplies negative values with. */
  readonly slope?: ChannelOperand;
}

/** Options that say how something is computed, and not what. */
export interface PlanOptions {
  /** Forces an algorithm of the table; default: the planner chooses. */
  readonly algorithm?: string;
  /** Forces a variant of the algorithm; default: the planner chooses. */
  readonly variant?: string;
  /** Most bytes of workspace for this call; default: that of the engine. */
  readonly workspaceLimitBytes?: number;
  /**
   * How large rounding errors may become for speed, in units of the bound of f32 sums that are computed directly: 'strict' no larger,
   * 'standard' up to 8 times (Winograd's F(2×2, 3×3); its F(4×4, 3×3) from 64 channels of a group on; transforms of filters of 31×31
   * taps and more products), 'fast' whatever the algorithm's (at most about 30 times); default: that of the engine. A forced algorithm or
   * variant is obeyed whatever its errors; {@link PreparedConv.errorGrowth} tells them.
   */
  readonly accuracy?: Accuracy;
  /**
   * True: the candidates are checked and timed on the device the first time, and the fastest is remembered, also between visits; default:
   * that of the engine. The first call of a problem then takes as long as all candidates together.
   */
  readonly autotune?: boolean;
  /**
   * True: the same bits in every call, run, page and session on the same adapter. Each algorithm is deterministic by itself, but which is
   * fastest may differ from one measurement to the next, and first calls may take one that compiles quickly: so nothing is tuned, whatever
   * the engine's `autotune`, and the first call takes the algorithm of the last. Default: false.
   */
  readonly deterministic?: boolean;
}

/** What the options of a call have besides the geometry. */
export interface CallOptions extends EpilogueOptions, PlanOptions {
  /** As the output, added before the activation. */
  readonly residual?: Tensor;
}

/** Options of `engine.conv1d`, `conv2d` and `conv3d`. */
export interface ConvOptions<R extends Rank = Rank> extends ConvGeometryOptions<R>, CallOptions {}

/** Options of `engine.convTranspose1d`, `convTranspose2d` and `convTranspose3d`. */
export interface ConvTransposeOptions<R extends Rank = Rank> extends ConvTransposeGeometryOptions<R>, CallOptions {}

/** What a preparation knows besides the options of a call: its input is yet to come. */
export interface PreparationOptions extends EpilogueOptions, PlanOptions {
  /** (N, C, H, W), or as the input layout says. */
  readonly inputShape: Shape;
  /** (K, C/G, R, S), transposed (C, K/G, R, S), or as the filter layout says; packed once, and not needed afterwards. */
  readonly filter: Tensor;
  /** Stored type of inputs and outputs; default 'float32'. */
  readonly dtype?: FloatDType;
  /** True: every run adds a residual, which it is given; default false. */
  readonly residual?: boolean;
  /**
   * Called when a pipeline of the convolution has been compiled; with zeros, if all of it was compiled before. Pipelines compile at
   * the same time, without blocking the page.
   */
  readonly onProgress?: (progress: CompileProgress) => void;
}

/** What `engine.prepareConv1d`, `prepareConv2d` and `prepareConv3d` take. */
export interface PrepareConvOptions<R extends Rank = Rank> extends ConvGeometryOptions<R>, PreparationOptions {}

/** What `engine.prepareConvTranspose1d` and its like take. */
export interface PrepareConvTransposeOptions<R extends Rank = Rank>
  extends ConvTransposeGeometryOptions<R>,
    PreparationOptions {}

/** Names of {@link PlanOptions}. */
export const PLAN_OPTIONS = [
  'algorithm',
  'variant',
  'workspaceLimitBytes',
  'accuracy',
  'autotune',
  'deterministic',
] as const;

const CALL_OPTIONS = [...CHANNEL_TERMS, 'residual', ...PLAN_OPTIONS] as const;

/** An operand of the epilogue as a call holds it. */
export type TermOperand =
  | { readonly storage: TensorStorage; readonly dtype: FloatDType }
  | Float32Array
  | readonly number[];

/** The operands of an epilogue that have one value for each channel. */
export interface ChannelTerms {
  readonly channels: number;
  /** 1 if a slope serves all channels, else their number. */
  readonly slopes: number;
  readonly terms: Readonly<Partial<Record<ChannelTerm, TermOperand>>>;
}

/** A call's problem and the storages of its tensors. */
export interface ConvCall extends ChannelTerms {
  readonly problem: ConvProblem;
  readonly input: TensorStorage | undefined;
  readonly filter: TensorStorage;
  readonly residual: TensorStorage | undefined;
}

/** The operator, rank, and tensors of a call. */
export interface ConvOperands {
  readonly operator: ConvOperator;
  readonly rank: Rank;
  readonly inputShape: Shape;
  readonly dtype: FloatDType;
  /** Absent where only its shape is known yet. */
  readonly input?: Tensor;
  readonly filter: Tensor;
}

/** An operand with one value for each channel, and its shape. */
export function termOperand(
  gpu: GpuContext,
  action: string,
  name: string,
  value: unknown,
): { operand: TermOperand; shape: Shape } {
  if (value instanceof Tensor) {
    const storage = useTensor(gpu, action, name, value);
    return { operand: { storage, dtype: assertFloat(action, name, value) }, shape: value.shape };
  }
  if (isFloat32Array(value) || isNumberArray(value)) return { operand: value, shape: [value.length] };
  throw new InvalidArgumentError(
    `${action}: ${name} must be a tensor, a Float32Array or an array of numbers, got ${describe(value)}.`,
  );
}

/** The stored type of a tensor of numbers. Throws InvalidArgumentError for one of indices. */
export function assertFloat(action: string, name: string, tensor: Tensor): FloatDType {
  const { dtype } = tensor as Tensor<'float32' | 'float16' | 'uint32'>;
  if (dtype !== 'uint32') return dtype;
  throw new InvalidArgumentError(
    `${action}: ${name} is a tensor of uint32, but must be one of ${FLOAT_DTYPES.join(' or ')}. Read it, and upload its values.`,
  );
}

/**
 * Layout of an operand: the option, else the tensor's own if it is one of `choices`, else `byDefault`.
 * @throws InvalidArgumentError for a layout that does not exist.
 */
export function effectiveLayout<T extends TensorLayout>(
  action: string,
  name: string,
  option: unknown,
  tensor: Tensor | undefined,
  choices: readonly T[],
  byDefault: T = choices[0]!,
): T {
  const given = option === undefined ? (choices.find((layout) => layout === tensor?.layout) ?? byDefault) : option;
  return oneOf(action, name, given, choices);
}

/** Throws InvalidArgumentError unless `deterministic` is true or false, and not asked for along with measurements. */
export function checkDeterministic(
  action: string,
  { autotune, deterministic }: Pick<PlanOptions, 'autotune' | 'deterministic'>,
): void {
  if (deterministic === undefined || !booleanOption(action, 'deterministic', deterministic) || !autotune) return;
  throw new InvalidArgumentError(
    `${action}: autotune and deterministic are both true, but what is fastest may differ from one measurement to the next. Leave out one of them.`,
  );
}

/** Throws InvalidArgumentError for an option of {@link PlanOptions} with a wrong value; names of algorithms are checked by the planner. */
export function checkPlanOptions(action: string, options: PlanOptions): void {
  const { workspaceLimitBytes, accuracy, autotune } = options;
  if (workspaceLimitBytes !== undefined) integerAtLeast(action, 'workspaceLimitBytes', workspaceLimitBytes, 1);
  if (accuracy !== undefined) parseAccuracy(action, accuracy);
  if (autotune !== undefined) booleanOption(action, 'autotune', autotune);
  checkDeterministic(action, options);
}

/** What a plan is asked for with: the options, and an engine's defaults where they are undefined. */
export function planRequest(
  defaults: Required<Pick<PlanOptions, 'workspaceLimitBytes' | 'accuracy' | 'autotune'>>,
  options: PlanOptions & Pick<PreparationOptions, 'onProgress'>,
): PlanRequest {
  const { algorithm, variant, deterministic = false, onProgress } = options;
  const { workspaceLimitBytes = defaults.workspaceLimitBytes, accuracy = defaults.accuracy } = options;
  const autotune = !deterministic && (options.autotune ?? defaults.autotune);
  return { algorithm, variant, workspaceLimitBytes, accuracy, autotune, onProgress };
}

/**
 * Checks options and operands of a call and normalises its problem. Allocates nothing.
 * @throws InvalidArgumentError, InvalidTensorError
 */
export function convCall(
  gpu: GpuContext,
  action: string,
  options: ConvOptions | ConvTransposeOptions,
  { operator, rank, inputShape, dtype, input, filter }: ConvOperands,
  moreOptions: readonly string[] = [],
): ConvCall {
  const foreign = CONV_GEOMETRY_OPTIONS[operator === 'conv' ? 'convTranspose' : 'conv']; // refused below, with reasons
  rejectUnknownOptions(action, options, [
    ...CONV_GEOMETRY_OPTIONS[operator],
    ...CALL_OPTIONS,
    ...moreOptions,
    ...foreign,
  ]);
  const { residual } = options;
  checkPlanOptions(action, options);

  const inputLayout = effectiveLayout(action, 'inputLayout', options.inputLayout, input, INPUT_LAYOUTS[rank]);
  const inputStorage = input && useTensor(gpu, action, 'input', input, { layout: inputLayout });
  const given = filter instanceof Tensor ? filter : undefined; // what is no tensor has no layout, and is refused next
  const filterLayouts = FILTER_LAYOUTS[rank];
  const byDefault = filterLayouts[operator === 'conv' ? 0 : 1];
  const filterLayout = effectiveLayout(action, 'filterLayout', options.filterLayout, given, filterLayouts, byDefault);
  const filterStorage = useTensor(gpu, action, 'filter', filter, { layout: filterLayout });

  const terms: Partial<Record<ChannelTerm, TermOperand>> = {};
  const shapes: Partial<Record<`${ChannelTerm | 'residual'}Shape`, Shape>> = {};
  for (const term of CHANNEL_TERMS) {
    if (options[term] === undefined) continue;
    const { operand, shape } = termOperand(gpu, action, term, options[term]);
    terms[term] = operand;
    shapes[`${term}Shape`] = shape;
  }
  let residualStorage: TensorStorage | undefined;
  if (residual !== undefined) {
    residualStorage = useTensor(gpu, action, 'residual', residual, { layout: inputLayout });
    assertSameDType(action, residual, dtype);
    shapes.residualShape = residual.shape;
  }
  const geometry = Object.fromEntries(
    [...CONV_GEOMETRY_OPTIONS[operator], ...foreign]
      .map((name): [string, unknown] => [name, (options as Readonly<Record<string, unknown>>)[name]])
      .filter(([, value]) => value !== undefined),
  );
  const description: ConvDescription = {
    ...geometry,
    inputLayout,
    filterLayout,
    inputShape,
    filterShape: filter.shape,
    dtype,
    filterDtype: assertFloat(action, 'filter', filter),
    ...shapes,
  };
  const problem = convProblem(operator, rank, description, action);
  return {
    problem,
    input: inputStorage,
    filter: filterStorage,
    channels: problem.outputChannels,
    slopes: shapes.slopeShape?.[0] ?? 1,
    terms,
    residual: residualStorage,
  };
}

function assertSameDType(action: string, residual: Tensor, dtype: FloatDType): void {
  if (residual.dtype === dtype) return;
  throw new InvalidArgumentError(
    `${action}: residual is stored as ${residual.dtype}, but the output as ${dtype}, the type of the input. Give both the same dtype.`,
  );
}
