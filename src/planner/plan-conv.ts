// From a convolution's problem to its plan: an algorithm is chosen, and the best of its variants that the workspace has room for.
import type { Plan } from '../algorithms/algorithm.js';
import { WorkspaceLimitError } from '../errors.js';
import type { GpuContext } from '../gpu/context.js';
import type { ConvProblem } from '../problem/index.js';
import { type Choice, choose, type Preference } from './choose.js';
import type { Loan, PlanCache } from './plan-cache.js';

/** What decides a plan besides the problem. */
export interface PlanRequest extends Preference {
  readonly workspaceLimitBytes: number;
}

/** The plan of a problem, compiled if need be. Throws what {@link choose} and the algorithm's `plan` throw. */
export async function borrowConvPlan(
  plans: PlanCache,
  gpu: GpuContext,
  problem: ConvProblem,
  request: PlanRequest,
  action: string,
): Promise<Loan<Plan>> {
  const choice = choose(problem, gpu.capabilities, request, action);
  const { workspaceLimitBytes } = request;
  const key = JSON.stringify([choice.algorithm.name, choice.variants, workspaceLimitBytes, problem]);
  return plans.borrow(key, () => planWithin(gpu, problem, choice, workspaceLimitBytes));
}

async function planWithin(
  gpu: GpuContext,
  problem: ConvProblem,
  { algorithm, variants }: Choice,
  workspaceLimitBytes: number,
): Promise<Plan> {
  const limits = { workspaceLimitBytes, device: gpu.capabilities.limits };
  let tooLarge: WorkspaceLimitError | undefined; // the one that needs least
  for (const variant of variants) {
    try {
      return await algorithm.plan(gpu, problem, variant, limits);
    } catch (error) {
      if (!(error instanceof WorkspaceLimitError)) throw error;
      if (!tooLarge || error.neededBytes < tooLarge.neededBytes) tooLarge = error;
    }
  }
  throw tooLarge;
}
