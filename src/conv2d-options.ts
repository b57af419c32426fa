// Options of the engine's conv2d and prepareConv2d, and the way from them to a problem.
import { InvalidArgumentError } from './errors.js';
import type { GpuContext } from './gpu/context.js';
import {
  CONV2D_GEOMETRY_OPTIONS,
  type Conv2dGeometryOptions,
  type Conv2dProblem,
  conv2dProblem,
  describe,
  FILTER_LAYOUTS,
  INPUT_LAYOUTS,
  integerAtLeast,
  isFloat32Array,
  isNumberArray,
  oneOf,
  rejectUnknownOptions,
  type Shape,
} from './problem/index.js';
import { Tensor, type TensorStorage, useTensor } from './tensor.js';

/** Bias of a convolution: one value for each output channel. */
export type Bias = Tensor | Float32Array | readonly number[];

/** Options of `engine.conv2d`. */
export interface Conv2dOptions extends Conv2dGeometryOptions {
  /** (K), added to every output of its channel before the activation. */
  readonly bias?: Bias;
  /** Forces an algorithm of the table; default: the planner chooses. */
  readonly algorithm?: string;
  /** Forces a variant of the algorithm; default: the planner chooses. */
  readonly variant?: string;
  /** Most bytes of workspace for this call; default: that of the engine. */
  readonly workspaceLimitBytes?: number;
}

/** What `engine.prepareConv2d` takes. */
export interface PrepareConv2dOptions extends Conv2dOptions {
  /** (N, C, H, W) or (N, H, W, C) */
  readonly inputShape: Shape;
  /** (K, C/G, R, S) or (R, S, C/G, K); packed once, and not needed afterwards. */
  readonly filter: Tensor;
}

const CALL_OPTIONS = [...CONV2D_GEOMETRY_OPTIONS, 'bias', 'algorithm', 'variant', 'workspaceLimitBytes'] as const;

function biasShape(action: string, bias: unknown): Shape {
  if (bias instanceof Tensor) return bias.shape;
  if (isFloat32Array(bias) || isNumberArray(bias)) return [bias.length];
  throw new InvalidArgumentError(
    `${action}: bias must be a tensor, a Float32Array or an array of numbers, got ${describe(bias)}.`,
  );
}

/**
 * Layout of an operand: the option, else the tensor's own if it is one of `choices`, else the first of them.
 * @throws InvalidArgumentError for a layout that does not exist.
 */
function effectiveLayout<T extends string>(
  action: string,
  name: string,
  option: unknown,
  tensor: Tensor | undefined,
  choices: readonly T[],
): T {
  return oneOf(
    action,
    name,
    option === undefined ? (choices.find((layout) => layout === tensor?.layout) ?? choices[0]) : option,
    choices,
  );
}

/** A call's problem and the storages of its tensors. */
export interface Conv2dCall {
  readonly problem: Conv2dProblem;
  readonly input: TensorStorage | undefined;
  readonly filter: TensorStorage;
  readonly bias: TensorStorage | Float32Array | readonly number[] | undefined;
}

/**
 * Checks options and operands of a call and normalises its problem. Allocates nothing.
 * @param operands `input` is absent where only its shape is known yet.
 * @throws InvalidArgumentError, InvalidTensorError
 */
export function conv2dCall(
  gpu: GpuContext,
  action: string,
  options: Conv2dOptions,
  operands: { readonly inputShape: Shape; readonly input?: Tensor; readonly filter: Tensor },
  moreOptions: readonly string[] = [],
): Conv2dCall {
  rejectUnknownOptions(action, options, [...CALL_OPTIONS, ...moreOptions]);
  const { bias, workspaceLimitBytes } = options;
  if (workspaceLimitBytes !== undefined) integerAtLeast(action, 'workspaceLimitBytes', workspaceLimitBytes, 1);

  const { inputShape, input, filter } = operands;
  const inputLayout = effectiveLayout(action, 'inputLayout', options.inputLayout, input, INPUT_LAYOUTS);
  const inputStorage = input && useTensor(gpu, action, 'input', input, { layout: inputLayout });
  const given = filter instanceof Tensor ? filter : undefined; // what is no tensor has no layout, and is refused next
  const filterLayout = effectiveLayout(action, 'filterLayout', options.filterLayout, given, FILTER_LAYOUTS);
  const filterStorage = useTensor(gpu, action, 'filter', filter, { layout: filterLayout });
  const biasOperand = bias instanceof Tensor ? useTensor(gpu, action, 'bias', bias) : bias;

  const geometry = Object.fromEntries(
    CONV2D_GEOMETRY_OPTIONS.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  );
  const problem = conv2dProblem(
    {
      ...geometry,
      inputLayout,
      filterLayout,
      inputShape,
      filterShape: filter.shape,
      ...(bias === undefined ? {} : { biasShape: biasShape(action, bias) }),
    },
    action,
  );
  return { problem, input: inputStorage, filter: filterStorage, bias: biasOperand };
}
