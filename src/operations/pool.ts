// Pooling, of every kind and rank.
import { type PoolBuffers, planPooling } from '../algorithms/pooling.js';
import type { RecordedSteps } from '../algorithms/recorded-plan.js';
import { InvalidArgumentError } from '../errors.js';
import type { Loan } from '../planner/plan-cache.js';
import {
  assertOptionsObject,
  booleanOption,
  type FloatDType,
  INPUT_LAYOUTS,
  type PoolDescription,
  type PoolKind,
  type PoolOptions,
  type PoolProblem,
  poolInputShape,
  poolName,
  poolOptionNames,
  poolOutputShape,
  poolProblem,
  type Rank,
  rejectUnknownOptions,
  type Shape,
  storedBytes,
} from '../problem/index.js';
import { Tensor, TensorStorage, useTensor } from '../tensor.js';
import { assertFloat, effectiveLayout } from './conv-options.js';
import { assertBindable, type EngineCore } from './core.js';
import { recordOutput } from './record.js';

/** Options of `engine.maxPool1d`, `maxPool2d` and `maxPool3d`. */
export interface MaxPoolOptions<R extends Rank = Rank> extends PoolOptions<R> {
  /** True: also tells where each value was found, as a flat index into the plane of its channel; default false. */
  readonly returnIndices?: boolean;
}

/** Result of a max pooling with `returnIndices`. */
export interface MaxPoolResult {
  readonly output: Tensor;
  /** As the output: (depth · H + row) · W + column of the largest value; the first, where several are largest. */
  readonly indices: Tensor<'uint32'>;
}

/** A pooling that is known to be valid. */
export interface PoolCall {
  readonly problem: PoolProblem;
  readonly withIndices: boolean;
}

/** Checks the options of a pooling and normalises its problem. Allocates nothing. */
export function poolCall(
  core: EngineCore,
  action: string,
  kind: PoolKind,
  rank: Rank,
  options: MaxPoolOptions,
  input: { readonly shape: Shape; readonly dtype: FloatDType; readonly tensor?: Tensor },
): PoolCall {
  assertOptionsObject(action, options);
  rejectUnknownOptions(action, options, [...poolOptionNames(kind), ...(kind === 'max' ? ['returnIndices'] : [])]);
  const { returnIndices = false, inputLayout: givenLayout, ...geometry } = options;
  booleanOption(action, 'returnIndices', returnIndices);
  const inputLayout = effectiveLayout(action, 'inputLayout', givenLayout, input.tensor, INPUT_LAYOUTS[rank]);
  if (input.tensor) useTensor(core.gpu, action, 'input', input.tensor, { layout: inputLayout });
  const given = Object.fromEntries(Object.entries(geometry).filter(([, value]) => value !== undefined));
  const description: PoolDescription = { ...given, inputLayout, inputShape: input.shape, dtype: input.dtype };
  const problem = poolProblem(kind, rank, description, action);
  if (returnIndices && problem.paddingContent?.mode === 'constant') {
    throw new InvalidArgumentError(
      `${action}: returnIndices has no index for a constant in the padding. Leave paddingMode out, or returnIndices.`,
    );
  }
  assertBindable(core.gpu, action, 'the input', poolInputShape(problem), problem.dtype);
  assertBindable(core.gpu, action, 'the output', poolOutputShape(problem), problem.dtype);
  if (returnIndices) assertBindable(core.gpu, action, 'the tensor of indices', poolOutputShape(problem), 'uint32');
  return { problem, withIndices: returnIndices };
}

/** The plan of a pooling, compiled if need be. */
export function borrowPoolPlan(
  { plans, gpu }: EngineCore,
  { problem, withIndices }: PoolCall,
): Promise<Loan<RecordedSteps<PoolBuffers>>> {
  return plans.borrow(JSON.stringify([problem, withIndices]), () => planPooling(gpu, problem, withIndices));
}

/** Records a pooling. */
export function recordPool(
  { gpu }: EngineCore,
  { problem, withIndices }: PoolCall,
  plan: RecordedSteps<PoolBuffers>,
  input: TensorStorage,
): { output: Tensor; indices: Tensor<'uint32'> | undefined } {
  const shape = poolOutputShape(problem);
  const { inputLayout, dtype } = problem;
  const bytes = storedBytes(shape, 'uint32');
  const indices = withIndices ? new TensorStorage(gpu, gpu.acquire(bytes), bytes, [input]) : undefined;
  try {
    const output = recordOutput(gpu, 'record the pooling', shape, inputLayout, dtype, [input], (slice) =>
      plan.record(gpu.stream, { input: input.slice, output: slice, indices: indices?.slice }),
    );
    return { output, indices: indices && Tensor.create(shape, inputLayout, 'uint32', indices) };
  } catch (error) {
    indices?.release();
    throw error;
  }
}

/** Pools once. Resolves when the work is recorded. */
export async function runPool(
  core: EngineCore,
  kind: PoolKind,
  rank: Rank,
  input: Tensor,
  options: MaxPoolOptions = {},
): Promise<Tensor | MaxPoolResult> {
  const { gpu } = core;
  const action = poolName(kind, rank);
  gpu.assertAlive(action);
  const storage = useTensor(gpu, action, 'input', input);
  const dtype = assertFloat(action, 'input', input);
  const call = poolCall(core, action, kind, rank, options, { shape: input.shape, dtype, tensor: input });
  storage.retain();
  let loan: Loan<RecordedSteps<PoolBuffers>> | undefined;
  try {
    loan = await borrowPoolPlan(core, call);
    gpu.assertAlive(action);
    const { output, indices } = recordPool(core, call, loan.plan, storage);
    return indices ? { output, indices } : output;
  } finally {
    loan?.release();
    storage.release();
  }
}
