// Whether a problem can be computed here, told before anything is allocated.
import { InvalidArgumentError } from '../errors.js';
import type { GpuContext } from '../gpu/context.js';
import { type AlgorithmSupport, algorithmSupport, joinReasons } from '../planner/support.js';
import {
  type ConvProblem,
  convFilterShape,
  convInputShape,
  convName,
  convOutputShape,
  describe,
  type FloatDType,
  type PoolProblem,
  poolInputShape,
  poolName,
  poolOutputShape,
  type Shape,
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

/** The tensors of a problem, in the order in which they are checked. */
function tensorsOf(problem: ConvProblem | PoolProblem): readonly [name: string, shape: Shape, dtype: FloatDType][] {
  const { dtype } = problem;
  if (problem.operator === 'pool') {
    return [
      ['the input', poolInputShape(problem), dtype],
      ['the output', poolOutputShape(problem), dtype],
    ];
  }
  return [
    ['the input', convInputShape(problem), dtype],
    ['the filter', convFilterShape(problem), problem.filterDtype],
    ['the output', convOutputShape(problem), dtype],
  ];
}

/** Answers for a problem. */
export function supportOf(gpu: GpuContext, problem: ConvProblem | PoolProblem): Support {
  gpu.assertAlive('supports');
  if (problem?.operator !== 'conv' && problem?.operator !== 'convTranspose' && problem?.operator !== 'pool') {
    throw new InvalidArgumentError(
      `supports: got ${describe(problem)}, but a problem is needed. Make one with conv2dProblem({ inputShape, filterShape }) or its like.`,
    );
  }
  const isPool = problem.operator === 'pool';
  const action = isPool ? poolName(problem.kind, problem.rank) : convName(problem.operator, problem.rank);
  const algorithms = isPool ? [] : algorithmSupport(problem);
  try {
    for (const [name, shape, dtype] of tensorsOf(problem)) assertBindable(gpu, action, name, shape, dtype);
  } catch (error) {
    return { supported: false, reason: (error as Error).message, algorithms };
  }
  if (isPool || algorithms.some(({ supported }) => supported)) return { supported: true, algorithms };
  const reason = joinReasons(algorithms);
  return { supported: false, reason: `${action}: no algorithm can compute it (${reason}).`, algorithms };
}
