// From a convolution's problem to its plan: the way that is measured, predicted or said to be best, compiled.
import type { Plan, PlanLimits } from '../algorithms/algorithm.js';
import { type CompileProgress, compileDesign } from '../algorithms/design.js';
import type { GpuContext } from '../gpu/context.js';
import type { ConvProblem } from '../problem/index.js';
import type { Autotuner } from '../tuning/autotuner.js';
import { tuningKey } from '../tuning/tuning-key.js';
import type { TuningRecord } from '../tuning/tuning-store.js';
import { choose, type Preference, type Way } from './choose.js';
import type { FirstCalls } from './first-calls.js';
import type { Loan, PlanCache } from './plan-cache.js';

/** What decides a plan besides the problem. */
export interface PlanRequest extends Preference {
  readonly workspaceLimitBytes: number;
  /** Whether to measure the candidates, where it is not known which is fastest. */
  readonly autotune?: boolean | undefined;
  /** Whether it is for one call: then the soonest way is taken until calls are many (first-calls.ts). */
  readonly isSingle?: boolean | undefined;
  /** Called when a pipeline of the plan is compiled, and once when there is nothing to compile. */
  readonly onProgress?: ((progress: CompileProgress) => void) | undefined;
}

/** Where plans come from. */
export interface PlanSource {
  readonly gpu: GpuContext;
  readonly plans: PlanCache;
  readonly tuner: Autotuner;
  readonly firstCalls: FirstCalls;
}

/** The plan of a problem, compiled if need be. Throws what {@link choose} and {@link compileDesign} throw. */
export async function borrowConvPlan(
  { gpu, plans, tuner, firstCalls }: PlanSource,
  problem: ConvProblem,
  request: PlanRequest,
  action: string,
): Promise<Loan<Plan>> {
  const { workspaceLimitBytes, algorithm, variant, accuracy = 'standard', autotune, isSingle, onProgress } = request;
  const limits: PlanLimits = { workspaceLimitBytes, device: gpu.capabilities };
  // designing every way takes a millisecond or more: once for a plan, not for every call
  const ways = () => choose(problem, request, limits, action);
  const tuned = autotune ? await tunedWay(tuner, problem, request, limits, ways) : undefined;
  const asked = JSON.stringify([algorithm, variant, accuracy, workspaceLimitBytes, problem]);
  const now = isSingle && !tuned ? firstCalls.next(asked, ways) : undefined;
  const named = now ? { algorithm: now.algorithm.name, variant: now.variant } : tuned;
  const key = named ? JSON.stringify([named.algorithm, named.variant, workspaceLimitBytes, problem]) : asked;
  let isNew = false;
  const loan = await plans.borrow(key, async () => {
    isNew = true;
    const all = now ? [now] : ways();
    const best = all.find((way) => way.algorithm.name === named?.algorithm && way.variant === named.variant) ?? all[0]!;
    const names = {
      problem,
      algorithm: best.algorithm.name,
      variant: best.variant,
      errorGrowth: best.errorGrowth,
    };
    return compileDesign(gpu, best.design, names, onProgress);
  });
  if (!isNew) onProgress?.({ compiled: 0, pipelines: 0 });
  return loan;
}

/** The fastest way, as remembered or measured now; undefined if there is but one, or none could be measured. */
async function tunedWay(
  tuner: Autotuner,
  problem: ConvProblem,
  request: PlanRequest,
  limits: PlanLimits,
  ways: () => readonly Way[],
): Promise<TuningRecord | undefined> {
  const { algorithm, variant, accuracy = 'standard' } = request;
  const { workspaceLimitBytes, device } = limits;
  const key = tuningKey(device, problem, { workspaceLimitBytes, accuracy, algorithm, variant });
  const known = await tuner.recall(key);
  if (known) return known;
  const all = ways();
  return all.length === 1 ? undefined : tuner.best(key, problem, all, limits);
}
