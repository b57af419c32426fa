// The gradient of an activation of a tensor, by itself.
import { InvalidArgumentError } from '../../errors.js';
import type { Loan } from '../../planner/plan-cache.js';
import {
  type Activation,
  assertOptionsObject,
  describeActivation,
  formatShape,
  outputTellsDerivative,
  rejectUnknownOptions,
  sameShape,
} from '../../problem/index.js';
import { Tensor, useTensor } from '../../tensor.js';
import { type ActivateOptions, type ActivationCall, activationCall } from '../activate.js';
import { assertFloat, type ChannelOperand } from '../conv-options.js';
import type { EngineCore } from '../core.js';
import { HeldOperands } from '../held-operands.js';
import type { DerivativeCall } from './derivative.js';
import { borrowDerivativePlan, type DerivativePlan, recordDerivative } from './record-derivative.js';

/** Options of `engine.activateBackward`: what the activation was given, or what it gave. */
export interface ActivateBackwardOptions {
  /** What the activation was given, shaped and stored as the gradient. This or `output`. */
  readonly input?: Tensor;
  /**
   * What the activation gave, shaped and stored as the gradient; not for those whose derivative does not follow from it: 'gelu', 'geluTanh',
   * 'silu', 'hardSwish', 'mish', 'prelu', and 'leakyRelu' and 'elu' with a negative alpha.
   */
  readonly output?: Tensor;
  /** One value, or one for each channel: what the activation 'prelu' multiplies negative values with. Its own gradient is not computed. */
  readonly slope?: ChannelOperand;
}

const ACTION = 'activateBackward';

/** What the derivative is computed from. Throws InvalidArgumentError unless it follows from exactly one tensor that is there. */
function sourceOf({ problem }: ActivationCall, { input, output }: ActivateBackwardOptions): 'input' | 'output' {
  const spec = problem.activation;
  const name = describeActivation(spec);
  if ((input === undefined) === (output === undefined)) {
    const given = input === undefined ? 'none is' : 'both are';
    throw new InvalidArgumentError(
      `${ACTION}: the derivative of the activation '${name}' follows from one tensor, but ${given} given. Give input, what it was given${outputTellsDerivative(spec) ? ', or output, what it gave' : ''}.`,
    );
  }
  if (input !== undefined || outputTellsDerivative(spec)) return input === undefined ? 'output' : 'input';
  throw new InvalidArgumentError(
    `${ACTION}: the derivative of the activation '${name}' does not follow from its output. Give input, what it was given.`,
  );
}

/** Checks a call and its tensors. Allocates nothing. */
function checkCall(
  core: EngineCore,
  gradient: Tensor,
  activation: Activation,
  options: ActivateBackwardOptions,
): DerivativeCall {
  const { gpu } = core;
  assertOptionsObject(ACTION, options);
  rejectUnknownOptions(ACTION, options, ['input', 'output', 'slope']);
  useTensor(gpu, ACTION, 'gradient', gradient);
  const dtype = assertFloat(ACTION, 'gradient', gradient);
  const { shape } = gradient;
  const operand = options.input ?? options.output;
  const layout = gradient.layout ?? (operand instanceof Tensor ? operand.layout : undefined);
  const slope: ActivateOptions = options.slope === undefined ? {} : { slope: options.slope };
  const call = activationCall(core, ACTION, activation, slope, { shape, layout, dtype });
  const source = sourceOf(call, options);
  const storage = useTensor(gpu, ACTION, source, operand, layout ? { layout } : {});
  if (!sameShape(operand!.shape, shape) || operand!.dtype !== dtype) {
    throw new InvalidArgumentError(
      `${ACTION}: ${source} is a tensor ${formatShape(operand!.shape)} of ${operand!.dtype}, but the gradient is ${formatShape(shape)} of ${dtype}. Give both for the same values, with the same dtype.`,
    );
  }
  return { activation: call, from: source === 'output' ? 'output' : 'preActivation', operand: storage };
}

/** Computes the gradient of an activation once. Resolves when the work is recorded. */
export async function runActivateBackward(
  core: EngineCore,
  gradient: Tensor,
  activation: Activation,
  options: ActivateBackwardOptions,
): Promise<Tensor> {
  const { gpu } = core;
  gpu.assertAlive(ACTION);
  const call = checkCall(core, gradient, activation, options);
  const { shape, layout, problem } = call.activation;
  const dy = useTensor(gpu, ACTION, 'gradient', gradient);
  const held = new HeldOperands(gpu, call.activation, [dy, call.operand]);
  let loan: Loan<DerivativePlan> | undefined;
  try {
    loan = await borrowDerivativePlan(core, call);
    await held.prepare();
    gpu.assertAlive(ACTION);
    const storages = { gradient: dy, operand: call.operand!, terms: held.recordTerms() };
    return Tensor.create(shape, layout, problem.dtype, recordDerivative(core, loan!.plan, call, storages));
  } finally {
    loan?.release();
    held.release();
  }
}
