// Recording of dz = dy · activation'(z), the first step of every gradient behind an activation.
import {
  type ActivationGradientBuffers,
  type ActivationGradientProblem,
  planActivationGradient,
} from '../../algorithms/activation-gradient.js';
import type { RecordedSteps } from '../../algorithms/recorded-plan.js';
import type { Loan } from '../../planner/plan-cache.js';
import { storedBytes } from '../../problem/index.js';
import { TensorStorage } from '../../tensor.js';
import type { ChannelTerms } from '../conv-options.js';
import type { EngineCore } from '../core.js';
import type { DerivativeCall } from './derivative.js';

/** The compiled multiplication with a derivative. */
export type DerivativePlan = RecordedSteps<ActivationGradientBuffers>;

const NO_TERMS: ChannelTerms = { channels: 0, slopes: 1, terms: {} };

/** The slope of an activation, for what holds operands; none if there is no activation. */
export function derivativeTerms(derivative: DerivativeCall | undefined): ChannelTerms {
  return derivative?.activation ?? NO_TERMS;
}

/** The plan of a multiplication with a derivative, compiled if need be; undefined if there is no activation. */
export async function borrowDerivativePlan(
  { gpu, plans }: EngineCore,
  derivative: DerivativeCall | undefined,
): Promise<Loan<DerivativePlan> | undefined> {
  if (!derivative) return undefined;
  const { activation, from } = derivative;
  const problem: ActivationGradientProblem = { ...activation.problem, operator: 'activationGradient', from };
  return plans.borrow(JSON.stringify(problem), () => planActivationGradient(gpu, problem));
}

/** Storages of a multiplication with a derivative. */
export interface DerivativeStorages {
  /** dy */
  readonly gradient: TensorStorage;
  /** y or z */
  readonly operand: TensorStorage;
  /** The folded slope, where there is one. */
  readonly terms: TensorStorage | undefined;
}

/** Records the multiplication. Returns dz, shaped and stored as dy, for the caller to release. */
export function recordDerivative(
  { gpu }: EngineCore,
  plan: DerivativePlan,
  { activation }: DerivativeCall,
  { gradient, operand, terms }: DerivativeStorages,
): TensorStorage {
  const bytes = storedBytes(activation.shape, activation.problem.dtype);
  const sources = terms ? [gradient, operand, terms] : [gradient, operand];
  const product = new TensorStorage(gpu, gpu.acquire(bytes), bytes, sources);
  try {
    gpu.faults.guard('multiply with the derivative', () =>
      plan.record(gpu.stream, {
        gradient: gradient.slice,
        operand: operand.slice,
        terms: terms?.slice,
        output: product.slice,
      }),
    );
    return product;
  } catch (error) {
    product.release();
    throw error;
  }
}
