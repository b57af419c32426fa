// Whether a problem can be computed here, told before anything is allocated.
import { InvalidArgumentError } from '../errors.js';
import type { GpuContext } from '../gpu/context.js';
import { type AlgorithmSupport, algorithmSupport } from '../planner/support.js';
import {
  type ConvProblem,
  convInputShape,
  convName,
  convOutputShape,
  describe,
  type PoolProblem,
  poolInputShape,
  poolName,
  poolOutputShape,
} from '../problem/index.js';
import { assertBindable } from './core.js';

/** Answer of `engine.supports`. */
export interface Support {
  readonly supported: boolean;
  /** Why not. */
  readonly reason?: string;
  /** Which algorithms of the table can compute it, and why the others cannot. Empty for a pooling, which has but one way. */
  readonly algorithms: readonly AlgorithmSupport[];
}

/** Answers for a problem. */
export function supportOf(gpu: GpuContext, problem: ConvProblem | PoolProblem): Support {
  if (problem?.operator !== 'conv' && problem?.operator !== 'convTranspose' && problem?.operator !== 'pool') {
    throw new InvalidArgumentError(
      `supports: got ${describe(problem)}, but a problem is needed. Make one with conv2dProblem({ inputShape, filterShape }) or its like.`,
    );
  }
  const isPool = problem.operator === 'pool';
  const action = isPool ? poolName(problem.kind, problem.rank) : convName(problem.operator, problem.rank);
  const [input, output] = isPool
    ? [poolInputShape(problem), poolOutputShape(problem)]
    : [convInputShape(problem), convOutputShape(problem)];
  const algorithms = isPool ? [] : algorithmSupport(problem);
  try {
    assertBindable(gpu, action, 'the input', input, problem.dtype);
    assertBindable(gpu, action, 'the output', output, problem.dtype);
  } catch (error) {
    return { supported: false, reason: (error as Error).message, algorithms };
  }
  if (isPool || algorithms.some(({ supported }) => supported)) return { supported: true, algorithms };
  const reason = algorithms.map(({ algorithm, reason: why }) => `${algorithm}: ${why}`).join('; ');
  return { supported: false, reason: `${action}: no algorithm can compute it (${reason}).`, algorithms };
}
