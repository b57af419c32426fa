// Why a convolution is computed as it is, for whoever asks the engine.
import { InvalidArgumentError } from '../errors.js';
import { parseAccuracy } from '../planner/choose.js';
import { type Explanation, explainConv } from '../planner/explain.js';
import {
  assertOptionsObject,
  booleanOption,
  type ConvProblem,
  describe,
  integerAtLeast,
  rejectUnknownOptions,
} from '../problem/index.js';
import type { PlanOptions } from './conv-options.js';
import type { EngineCore } from './core.js';

/** Options of {@link Engine.explain}. Those of the planner default to the engine's. */
export interface ExplainOptions extends Pick<PlanOptions, 'accuracy' | 'workspaceLimitBytes' | 'autotune'> {
  /** Whether the table is printed to the console as well; default true. */
  readonly print?: boolean;
}

const OPTION_NAMES = ['accuracy', 'workspaceLimitBytes', 'autotune', 'print'] as const;

/** Explains, and prints what it returns. */
export async function runExplain(
  core: EngineCore,
  problem: ConvProblem,
  options: ExplainOptions = {},
): Promise<Explanation> {
  const action = 'explain';
  const { gpu } = core;
  gpu.assertAlive(action);
  if (problem?.operator !== 'conv' && problem?.operator !== 'convTranspose') {
    throw new InvalidArgumentError(
      `${action}: got ${describe(problem)}, but the problem of a convolution is needed. Make one with conv2dProblem({ inputShape, filterShape }) or its like.`,
    );
  }
  assertOptionsObject(action, options);
  rejectUnknownOptions(action, options, OPTION_NAMES);
  const { workspaceLimitBytes = core.workspaceLimitBytes, print = true } = options;
  integerAtLeast(action, 'workspaceLimitBytes', workspaceLimitBytes, 1);
  const accuracy = parseAccuracy(action, options.accuracy ?? core.accuracy);
  const autotune = booleanOption(action, 'autotune', options.autotune ?? core.autotune);
  booleanOption(action, 'print', print);
  const limits = { workspaceLimitBytes, device: gpu.capabilities };
  const explanation = await explainConv(core.tuner, problem, { accuracy, workspaceLimitBytes, autotune }, limits);
  if (print) console.info(explanation.toString());
  return explanation;
}
