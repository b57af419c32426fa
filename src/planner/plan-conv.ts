// From a convolution's problem to its plan: the way that is measured, predicted or said to be best, compiled.
import type { Plan, PlanLimits } from '../algorithms/algorithm.js';
import { type CompileProgress, compileDesign } from '../algorithms/design.js';
import type { GpuContext } from '../gpu/context.js';
import type { ConvProblem } from '../problem/index.js';
import type { Autotuner } from '../tuning/autotuner.js';
import { tuningKey } from '../tuning/tuning-key.js';
import { choose, type Preference, type Way } from './choose.js';
import type { Loan, PlanCache } from './plan-cache.js';

/** What decides a plan besides the problem. */
export interface PlanRequest extends Preference {
  readonly workspaceLimitBytes: number;
  /** Whether to measure the candidates, where it is not known which is fastest. */
  readonly autotune?: boolean | undefined;
  /** Called when a pipeline of the plan is compiled, and once when there is nothing to compile. */
  readonly onProgress?: ((progress: CompileProgress) => void) | undefined;
}

/** Where plans come from. */
export interface PlanSource {
  readonly gpu: GpuContext;
  readonly plans: PlanCache;
  readonly tuner: Autotuner;
}

/** The plan of a problem, compiled if need be. Throws what {@link choose} and {@link compileDesign} throw. */
export async function borrowConvPlan(
  { gpu, plans, tuner }: PlanSource,
  problem: ConvProblem,
  request: PlanRequest,
  action: string,
): Promise<Loan<Plan>> {
  const { workspaceLimitBytes, algorithm, variant, accuracy = 'standard', autotune, onProgress } = request;
  const limits: PlanLimits = { workspaceLimitBytes, device: gpu.capabilities };
  const tuned = autotune ? await tunedWay(tuner, problem, request, limits, action) : undefined;
  const way = tuned ? [tuned.algorithm.name, tuned.variant] : [algorithm, variant, accuracy];
  let isNew = false;
  const loan = await plans.borrow(JSON.stringify([way, workspaceLimitBytes, problem]), async () => {
    isNew = true;
    const best = tuned ?? choose(problem, request, limits, action)[0]!;
    const { algorithm, variant, errorGrowth } = best;
    const names = { problem, algorithm: algorithm.name, variant, errorGrowth };
    return compileDesign(gpu, best.design, names, onProgress);
  });
  if (!isNew) onProgress?.({ compiled: 0, pipelines: 0 });
  return loan;
}

/** The fastest way, measured now or earlier; undefined if none could be measured. */
async function tunedWay(
  tuner: Autotuner,
  problem: ConvProblem,
  request: PlanRequest,
  limits: PlanLimits,
  action: string,
): Promise<Way | undefined> {
  const ways = choose(problem, request, limits, action);
  if (ways.length === 1) return ways[0];
  const { algorithm, variant, accuracy = 'standard' } = request;
  const { workspaceLimitBytes, device } = limits;
  const key = tuningKey(device, problem, { workspaceLimitBytes, accuracy, algorithm, variant });
  const best = await tuner.best(key, problem, ways, limits);
  return ways.find((way) => way.algorithm.name === best?.algorithm && way.variant === best.variant);
}
