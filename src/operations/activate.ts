// An activation of a tensor, by itself.
import { type ActivationBuffers, type ActivationProblem, planActivation } from '../algorithms/activation-map.js';
import type { RecordedSteps } from '../algorithms/recorded-plan.js';
import { InvalidArgumentError } from '../errors.js';
import type { Loan } from '../planner/plan-cache.js';
import {
  type Activation,
  elementCount,
  type FloatDType,
  formatShape,
  parseActivation,
  rejectUnknownOptions,
  type Shape,
  type TensorLayout,
} from '../problem/index.js';
import { type Tensor, TensorStorage, useTensor } from '../tensor.js';
import { assertFloat, type ChannelOperand, type ChannelTerms, termOperand } from './conv-options.js';
import type { EngineCore } from './core.js';
import { HeldOperands } from './held-operands.js';
import { recordOutput } from './record.js';

/** Options of `engine.activate`. */
export interface ActivateOptions {
  /** One value, or one for each channel: what the activation 'prelu' multiplies negative values with. */
  readonly slope?: ChannelOperand;
}

/** An activation that is known to be valid. */
export interface ActivationCall extends ChannelTerms {
  readonly problem: ActivationProblem;
  readonly shape: Shape;
  readonly layout: TensorLayout | undefined;
}

/** Checks an activation and its slope. Allocates nothing. */
export function activationCall(
  { gpu }: EngineCore,
  action: string,
  activation: Activation,
  { slope }: ActivateOptions,
  { shape, layout, dtype }: { shape: Shape; layout: TensorLayout | undefined; dtype: FloatDType },
): ActivationCall {
  const spec = parseActivation(action, activation);
  if ((spec.name === 'prelu') !== (slope !== undefined)) {
    throw new InvalidArgumentError(
      slope === undefined
        ? `${action}: the activation 'prelu' needs a slope. Give slope: one value, or one for each channel.`
        : `${action}: a slope belongs to the activation 'prelu', but the activation is '${spec.name}'. Leave the slope out.`,
    );
  }
  // without a layout channels are axis 1, as in PyTorch
  const axis = layout?.includes('c') ? layout.indexOf('c') : Math.min(1, shape.length - 1);
  const problem = { operator: 'activation', activation: spec, dtype, values: elementCount(shape) } as const;
  const term = slope === undefined ? undefined : termOperand(gpu, action, 'slope', slope);
  const slopes = term ? elementCount(term.shape) : 1;
  if (term && (term.shape.length !== 1 || (slopes !== 1 && slopes !== shape[axis]))) {
    throw new InvalidArgumentError(
      `${action}: slope has shape ${formatShape(term.shape)}, but the tensor ${formatShape(shape)} has ${shape[axis]} channels. Give one value, or one for each channel.`,
    );
  }
  const single = slopes === 1;
  return {
    problem: {
      ...problem,
      channels: single ? 1 : shape[axis]!,
      channelPitch: single ? 1 : elementCount(shape.slice(axis + 1)),
    },
    shape,
    layout,
    channels: single ? 1 : shape[axis]!,
    slopes,
    terms: term ? { slope: term.operand } : {},
  };
}

/** The plan of an activation, compiled if need be. */
export function borrowActivationPlan(
  { plans, gpu }: EngineCore,
  { problem }: ActivationCall,
): Promise<Loan<RecordedSteps<ActivationBuffers>>> {
  return plans.borrow(JSON.stringify(problem), () => planActivation(gpu, problem));
}

/** Records an activation. `terms`: the folded slope, where there is one. */
export function recordActivation(
  { gpu }: EngineCore,
  { shape, layout, problem }: ActivationCall,
  plan: RecordedSteps<ActivationBuffers>,
  input: TensorStorage,
  terms: TensorStorage | undefined,
): Tensor {
  const dummy = terms ? undefined : new TensorStorage(gpu, gpu.acquire(16), 16);
  try {
    const sources = terms ? [input, terms] : [input];
    return recordOutput(gpu, 'record the activation', shape, layout, problem.dtype, sources, (output) =>
      plan.record(gpu.stream, { input: input.slice, terms: (terms ?? dummy!).slice, output }),
    );
  } finally {
    dummy?.release();
  }
}

/** Applies an activation once. Resolves when the work is recorded. */
export async function runActivation(
  core: EngineCore,
  input: Tensor,
  activation: Activation,
  options: ActivateOptions = {},
): Promise<Tensor> {
  const { gpu } = core;
  const action = 'activate';
  gpu.assertAlive(action);
  rejectUnknownOptions(action, options, ['slope']);
  const storage = useTensor(gpu, action, 'input', input);
  const { shape, layout } = input;
  const call = activationCall(core, action, activation, options, {
    shape,
    layout,
    dtype: assertFloat(action, 'input', input),
  });
  const held = new HeldOperands(gpu, call, [storage]);
  let loan: Loan<RecordedSteps<ActivationBuffers>> | undefined;
  try {
    loan = await borrowActivationPlan(core, call);
    await held.prepare();
    gpu.assertAlive(action);
    return recordActivation(core, call, loan.plan, storage, held.recordTerms());
  } finally {
    loan?.release();
    held.release();
  }
}
