// From a convolution's problem to its plan: an algorithm and a variant are chosen, the best that the workspace has room for.
import type { Plan } from '../algorithms/algorithm.js';
import { WorkspaceLimitError } from '../errors.js';
import type { GpuContext } from '../gpu/context.js';
import type { ConvProblem } from '../problem/index.js';
import type { Autotuner, Candidate } from '../tuning/autotuner.js';
import { tuningKey } from '../tuning/tuning-key.js';
import { type Choice, candidatesFor, choose, type Preference } from './choose.js';
import type { Loan, PlanCache } from './plan-cache.js';

/** What decides a plan besides the problem. */
export interface PlanRequest extends Preference {
  readonly workspaceLimitBytes: number;
  /** Whether to measure the candidates, where it is not known which is fastest. */
  readonly autotune?: boolean;
}

/** Where plans come from. */
export interface PlanSource {
  readonly gpu: GpuContext;
  readonly plans: PlanCache;
  readonly tuner: Autotuner;
}

/** The plan of a problem, compiled if need be. Throws what {@link choose} and the algorithm's `plan` throw. */
export async function borrowConvPlan(
  { gpu, plans, tuner }: PlanSource,
  problem: ConvProblem,
  request: PlanRequest,
  action: string,
): Promise<Loan<Plan>> {
  const { workspaceLimitBytes } = request;
  const choice = choose(problem, gpu.capabilities, request, action); // refuses what cannot be
  const tuned = request.autotune ? await tunedWay(gpu, tuner, problem, request) : undefined;
  // algorithms and variants stand for all that was asked for, the accuracy included: what is chosen alike shares a plan
  const ways = tuned ? [tuned] : waysOf(choice);
  const names = ways.map(({ algorithm, variant }) => [algorithm.name, variant]);
  const key = JSON.stringify([names, workspaceLimitBytes, problem]);
  return plans.borrow(key, () => planWithin(gpu, problem, ways, workspaceLimitBytes));
}

/** The fastest way, measured now or earlier; undefined if none could be measured. */
async function tunedWay(
  gpu: GpuContext,
  tuner: Autotuner,
  problem: ConvProblem,
  request: PlanRequest,
): Promise<Candidate | undefined> {
  const { workspaceLimitBytes, algorithm, variant, accuracy = 'standard' } = request;
  const candidates = candidatesFor(problem, request);
  if (candidates.length === 1) return candidates[0];
  const key = tuningKey(gpu.capabilities, problem, { workspaceLimitBytes, accuracy, algorithm, variant });
  const limits = { workspaceLimitBytes, device: gpu.capabilities.limits };
  const best = await tuner.best(key, problem, candidates, limits);
  return candidates.find((way) => way.algorithm.name === best?.algorithm && way.variant === best.variant);
}

/** The ways that a choice allows, the best first. */
function waysOf({ algorithm, variants, otherwise }: Choice): readonly Candidate[] {
  const ways = variants.map((variant) => ({ algorithm, variant }));
  return otherwise ? [...ways, ...waysOf(otherwise)] : ways;
}

async function planWithin(
  gpu: GpuContext,
  problem: ConvProblem,
  ways: readonly Candidate[],
  workspaceLimitBytes: number,
): Promise<Plan> {
  const limits = { workspaceLimitBytes, device: gpu.capabilities.limits };
  let tooLarge: WorkspaceLimitError | undefined; // the one that needs least
  for (const { algorithm, variant } of ways) {
    try {
      return await algorithm.plan(gpu, problem, variant, limits);
    } catch (error) {
      if (!(error instanceof WorkspaceLimitError)) throw error;
      if (!tooLarge || error.neededBytes < tooLarge.neededBytes) tooLarge = error;
    }
  }
  throw tooLarge;
}
