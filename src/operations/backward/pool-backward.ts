// The gradients of poolings, of every rank.
import { type PoolGradientPlan, planPoolGradient } from '../../algorithms/pooling-gradient.js';
import { InvalidArgumentError } from '../../errors.js';
import type { Loan } from '../../planner/plan-cache.js';
import {
  type AveragePoolOptions,
  assertOptionsObject,
  type FloatDType,
  formatShape,
  INPUT_LAYOUTS,
  type PoolDescription,
  type PoolKind,
  type PoolOptions,
  type PoolProblem,
  poolInputShape,
  poolOptionNames,
  poolOutputShape,
  poolProblem,
  type Rank,
  rejectUnknownOptions,
  type Shape,
  sameShape,
} from '../../problem/index.js';
import { type Tensor, type TensorStorage, useTensor } from '../../tensor.js';
import { assertFloat, effectiveLayout } from '../conv-options.js';
import { assertBindable, type EngineCore } from '../core.js';
import { recordOutput, wholeSlice } from '../record.js';
import { rankOf } from './options.js';

interface InputShape {
  /** Shape of the pooling's input, and of the result: (N, C, H, W), or as the input layout says. */
  readonly inputShape: Shape;
}

/** Options of `engine.maxPoolBackward`: those of the pooling. */
export interface MaxPoolBackwardOptions<R extends Rank = Rank> extends PoolOptions<R>, InputShape {}

/** Options of `engine.averagePoolBackward`: those of the pooling. */
export interface AveragePoolBackwardOptions<R extends Rank = Rank> extends AveragePoolOptions<R>, InputShape {}

/** Options of `engine.l2PoolBackward`: those of the pooling. */
export interface L2PoolBackwardOptions<R extends Rank = Rank> extends PoolOptions<R> {}

type PoolBackwardOptions = MaxPoolBackwardOptions | AveragePoolBackwardOptions | L2PoolBackwardOptions;

/** Storages of a pooling's gradient: of a maximum with its indices, of √Σx² with x. */
export interface PoolGradientStorages {
  readonly gradient: TensorStorage;
  readonly indices?: TensorStorage;
  readonly input?: TensorStorage;
}

/**
 * Throws InvalidArgumentError for a max pooling whose padding holds a constant: there is no index of it, so none can say which gradients
 * ended there.
 */
export function assertIndexable(action: string, { kind, paddingContent }: PoolProblem): void {
  if (kind !== 'max' || paddingContent?.mode !== 'constant') return;
  throw new InvalidArgumentError(
    `${action}: indices cannot tell of the constant ${paddingContent.value} in the padding. Leave paddingMode out, or give one that holds values of the input.`,
  );
}

/** Checks options and tensors, and normalises the problem of the pooling. Allocates nothing. */
function poolBackwardProblem(
  { gpu }: EngineCore,
  action: string,
  kind: PoolKind,
  gradient: Tensor,
  options: PoolBackwardOptions,
  input?: Tensor,
): PoolProblem {
  assertOptionsObject(action, options);
  const own = input ? [] : ['inputShape'];
  rejectUnknownOptions(action, options, [...poolOptionNames(kind), ...own]);
  useTensor(gpu, action, 'gradient', gradient);
  const dtype: FloatDType = assertFloat(action, 'gradient', gradient);
  const rank = rankOf(action, 'gradient', gradient.shape);
  const { inputLayout: givenLayout, inputShape, ...geometry } = options as MaxPoolBackwardOptions;
  const inputLayout = effectiveLayout(action, 'inputLayout', givenLayout, gradient, INPUT_LAYOUTS[rank]);
  useTensor(gpu, action, 'gradient', gradient, { layout: inputLayout });
  const given = Object.fromEntries(Object.entries(geometry).filter(([, value]) => value !== undefined));
  const description: PoolDescription = { ...given, inputLayout, inputShape: input?.shape ?? inputShape, dtype };
  const problem = poolProblem(kind, rank, description, action);
  assertIndexable(action, problem);
  const shape = poolOutputShape(problem);
  if (!sameShape(gradient.shape, shape)) {
    throw new InvalidArgumentError(
      `${action}: gradient has shape ${formatShape(gradient.shape)}, but the pooling's output has ${formatShape(shape)} (${inputLayout}). Give the gradient of that output, or check the window, strides and padding.`,
    );
  }
  assertBindable(gpu, action, 'the gradient', shape, dtype);
  assertBindable(gpu, action, "the input's gradient", poolInputShape(problem), dtype);
  return problem;
}

/** The plan of a pooling's gradient, compiled if need be. */
export function borrowPoolGradientPlan(
  { plans, gpu }: EngineCore,
  problem: PoolProblem,
): Promise<Loan<PoolGradientPlan>> {
  return plans.borrow(JSON.stringify(['poolGradient', problem]), () => planPoolGradient(gpu, problem));
}

/** Records the gradient of a pooling's input; a workspace is borrowed for it. */
export function recordPoolGradient(
  { gpu }: EngineCore,
  plan: PoolGradientPlan,
  { gradient, indices, input }: PoolGradientStorages,
): Tensor {
  const { problem, workspaceBytes } = plan;
  const workspace = workspaceBytes > 0 ? gpu.acquire(workspaceBytes) : undefined;
  try {
    const { inputLayout, dtype } = problem;
    const sources = [gradient, indices, input].filter((storage) => storage !== undefined);
    const shape = poolInputShape(problem);
    return recordOutput(gpu, "record the pooling's gradient", shape, inputLayout, dtype, sources, (output) =>
      plan.record(gpu.stream, {
        gradient: gradient.slice,
        indices: indices?.slice,
        input: input?.slice,
        workspace: workspace && wholeSlice(workspace, workspaceBytes),
        output,
      }),
    );
  } finally {
    if (workspace) gpu.release(workspace);
  }
}

async function runPoolBackward(
  core: EngineCore,
  action: string,
  problem: PoolProblem,
  storages: PoolGradientStorages,
): Promise<Tensor> {
  const held = Object.values(storages).map((storage: TensorStorage) => storage.retain());
  let loan: Loan<PoolGradientPlan> | undefined;
  try {
    loan = await borrowPoolGradientPlan(core, problem);
    core.gpu.assertAlive(action);
    return recordPoolGradient(core, loan.plan, storages);
  } finally {
    loan?.release();
    for (const storage of held) storage.release();
  }
}

/** Computes the gradient of a max pooling's input once. Resolves when the work is recorded. */
export async function runMaxPoolBackward(
  core: EngineCore,
  gradient: Tensor,
  indices: Tensor<'uint32'>,
  options: MaxPoolBackwardOptions,
): Promise<Tensor> {
  const { gpu } = core;
  const action = 'maxPoolBackward';
  gpu.assertAlive(action);
  const problem = poolBackwardProblem(core, action, 'max', gradient, options);
  const places = useTensor(gpu, action, 'indices', indices, { layout: problem.inputLayout });
  if (indices.dtype !== 'uint32' || !sameShape(indices.shape, gradient.shape)) {
    throw new InvalidArgumentError(
      `${action}: indices are a tensor ${formatShape(indices.shape)} of ${indices.dtype}, but must be one of uint32 of the gradient's shape ${formatShape(gradient.shape)}. Give those that the pooling returned with returnIndices: true.`,
    );
  }
  assertBindable(gpu, action, 'the tensor of indices', indices.shape, 'uint32');
  return runPoolBackward(core, action, problem, {
    gradient: useTensor(gpu, action, 'gradient', gradient),
    indices: places,
  });
}

/** Computes the gradient of an average pooling's input once. Resolves when the work is recorded. */
export async function runAveragePoolBackward(
  core: EngineCore,
  gradient: Tensor,
  options: AveragePoolBackwardOptions,
): Promise<Tensor> {
  const { gpu } = core;
  const action = 'averagePoolBackward';
  gpu.assertAlive(action);
  const problem = poolBackwardProblem(core, action, 'average', gradient, options);
  return runPoolBackward(core, action, problem, { gradient: useTensor(gpu, action, 'gradient', gradient) });
}

/** Computes the gradient of an L2 pooling's input once. Resolves when the work is recorded. */
export async function runL2PoolBackward(
  core: EngineCore,
  gradient: Tensor,
  input: Tensor,
  options: L2PoolBackwardOptions = {},
): Promise<Tensor> {
  const { gpu } = core;
  const action = 'l2PoolBackward';
  gpu.assertAlive(action);
  useTensor(gpu, action, 'input', input);
  const problem = poolBackwardProblem(core, action, 'l2', gradient, options, input);
  const { inputLayout, dtype } = problem;
  const x = useTensor(gpu, action, 'input', input, { layout: inputLayout });
  if (assertFloat(action, 'input', input) !== dtype) {
    throw new InvalidArgumentError(
      `${action}: input is stored as ${input.dtype}, but the gradient as ${dtype}. Give both the same dtype.`,
    );
  }
  assertBindable(gpu, action, 'the workspace', gradient.shape, 'float32');
  return runPoolBackward(core, action, problem, {
    gradient: useTensor(gpu, action, 'gradient', gradient),
    input: x,
  });
}
