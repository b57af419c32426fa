// Convolutions, of every rank and transposed: called once, or prepared to run many times.
import type { Plan } from '../algorithms/algorithm.js';
import { InvalidArgumentError } from '../errors.js';
import type { Loan } from '../planner/plan-cache.js';
import { borrowConvPlan } from '../planner/plan-conv.js';
import {
  assertOptionsObject,
  type ConvOperator,
  type ConvProblem,
  convInputShape,
  convName,
  convOutputShape,
  describe,
  FLOAT_DTYPES,
  oneOf,
  type Rank,
  type Shape,
  withResidual,
} from '../problem/index.js';
import { type Tensor, type TensorStorage, useTensor } from '../tensor.js';
import {
  assertFloat,
  type ConvCall,
  type ConvOptions,
  type ConvTransposeOptions,
  convCall,
  type PlanOptions,
  type PreparationOptions,
  type PrepareConvOptions,
  type PrepareConvTransposeOptions,
  planRequest,
} from './conv-options.js';
import { assertBindable, type EngineCore } from './core.js';
import { withFilterFacts } from './filter-facts.js';
import { HeldOperands } from './held-operands.js';
import { PreparedConv } from './prepared-conv.js';
import { recordPack, recordRun } from './record.js';

function assertOperandsFit(core: EngineCore, action: string, problem: ConvProblem): void {
  assertBindable(core.gpu, action, 'the input', convInputShape(problem), problem.dtype);
  assertBindable(core.gpu, action, 'the output', convOutputShape(problem), problem.dtype);
}

async function borrow(
  core: EngineCore,
  action: string,
  { problem, filter }: ConvCall,
  options: PlanOptions & Pick<PreparationOptions, 'onProgress'>,
  isSingle: boolean,
): Promise<Loan<Plan>> {
  const { algorithm, variant, deterministic } = options;
  const isFree = !deterministic && algorithm === undefined && variant === undefined;
  const request = { ...planRequest(core, options), isSingle: isSingle && isFree };
  return borrowConvPlan(core, await withFilterFacts(core, problem, filter, request, action), request, action);
}

/** Convolves once. Resolves when the work is recorded. */
export async function runConv(
  core: EngineCore,
  operator: ConvOperator,
  rank: Rank,
  input: Tensor,
  filter: Tensor,
  options: ConvOptions | ConvTransposeOptions = {},
): Promise<Tensor> {
  const { gpu } = core;
  const action = convName(operator, rank);
  gpu.assertAlive(action);
  useTensor(gpu, action, 'input', input); // a tensor at all; what it must be is checked next
  const dtype = assertFloat(action, 'input', input);
  const call = convCall(gpu, action, options, { operator, rank, inputShape: input.shape, dtype, input, filter });
  assertOperandsFit(core, action, call.problem);
  const storages = [call.input, call.filter, call.residual];
  const held = new HeldOperands(gpu, call, storages);
  let loan: Loan<Plan> | undefined;
  let packedFilter: TensorStorage | undefined;
  try {
    loan = await borrow(core, action, call, options, true);
    await held.prepare();
    gpu.assertAlive(action);
    const terms = held.recordTerms();
    packedFilter = recordPack(gpu, loan.plan, call.filter);
    return recordRun(gpu, loan.plan, { input: call.input!, packedFilter, terms, residual: call.residual });
  } finally {
    packedFilter?.release();
    loan?.release();
    held.release();
  }
}

function prepareName(operator: ConvOperator, rank: Rank): string {
  const name = convName(operator, rank);
  return `prepare${name[0]!.toUpperCase()}${name.slice(1)}`;
}

/** A preparation that is known to be valid. */
export interface Preparation {
  readonly outputShape: Shape;
  /** Plans, compiles and packs. */
  prepare(): Promise<PreparedConv>;
}

/** Checks a preparation. Allocates nothing. */
export function checkPreparation(
  core: EngineCore,
  operator: ConvOperator,
  rank: Rank,
  options: PrepareConvOptions | PrepareConvTransposeOptions,
  action = prepareName(operator, rank),
): Preparation {
  const { gpu } = core;
  gpu.assertAlive(action);
  assertOptionsObject(action, options);
  const { residual = false, ...others } = options;
  const { inputShape, filter, dtype: givenDtype = 'float32' } = others;
  const dtype = oneOf(action, 'dtype', givenDtype, FLOAT_DTYPES);
  if (typeof residual !== 'boolean') {
    throw new InvalidArgumentError(
      `${action}: residual is ${describe(residual)}, but must be true or false here. Give run the tensor itself.`,
    );
  }
  if (others.onProgress !== undefined && typeof others.onProgress !== 'function') {
    throw new InvalidArgumentError(`${action}: onProgress is ${describe(others.onProgress)}, but must be a function.`);
  }
  const more = ['inputShape', 'filter', 'dtype', 'onProgress'];
  const call = convCall(gpu, action, others, { operator, rank, inputShape, dtype, filter }, more);
  const problem = residual ? withResidual(call.problem) : call.problem;
  assertOperandsFit(core, action, problem);
  return {
    outputShape: convOutputShape(problem),
    prepare: () => prepareCall(core, action, { ...call, problem }, options),
  };
}

async function prepareCall(
  core: EngineCore,
  action: string,
  call: ConvCall,
  options: PlanOptions & Pick<PreparationOptions, 'onProgress'>,
): Promise<PreparedConv> {
  const { gpu } = core;
  const held = new HeldOperands(gpu, call, [call.filter]);
  let loan: Loan<Plan> | undefined;
  try {
    loan = await borrow(core, action, call, options, false);
    await held.prepare();
    gpu.assertAlive(action);
    const terms = held.recordTerms();
    const packedFilter = recordPack(gpu, loan.plan, call.filter);
    gpu.stream.flush(); // an encoder of the caller's may be submitted any time from now on
    return PreparedConv.create(gpu, { loan, packedFilter, terms: terms?.retain() });
  } catch (error) {
    loan?.release();
    throw error;
  } finally {
    held.release();
  }
}
