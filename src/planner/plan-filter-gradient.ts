// From the problem of a filter's gradient to its plan: the way that is predicted or said to be best, compiled. Nothing is tuned: what would be
// measured is a step of training, which measures itself.
import { compileFilterGradient, type FilterGradientPlan } from '../algorithms/filter-gradient/algorithm.js';
import { FILTER_GRADIENT_ALGORITHMS } from '../algorithms/filter-gradient/table.js';
import { describeFilterGradient, type FilterGradientProblem } from '../problem/filter-gradient.js';
import { chooseFrom } from './choose.js';
import type { Loan } from './plan-cache.js';
import type { PlanRequest, PlanSource } from './plan-conv.js';

/** The plan of a problem, compiled if need be. Throws what {@link chooseFrom} and {@link compileFilterGradient} throw. */
export async function borrowFilterGradientPlan(
  { gpu, plans }: Pick<PlanSource, 'gpu' | 'plans'>,
  problem: FilterGradientProblem,
  request: PlanRequest,
  action: string,
): Promise<Loan<FilterGradientPlan>> {
  const { workspaceLimitBytes, algorithm, variant, accuracy, onProgress } = request;
  const key = JSON.stringify(['filterGradient', algorithm, variant, accuracy, workspaceLimitBytes, problem]);
  let isNew = false;
  const loan = await plans.borrow(key, async () => {
    isNew = true;
    const choice = {
      table: FILTER_GRADIENT_ALGORITHMS,
      problem,
      describe: () => describeFilterGradient(problem),
    };
    const [best] = chooseFrom(choice, request, { workspaceLimitBytes, device: gpu.capabilities }, action);
    const names = { problem, algorithm: best!.algorithm.name, variant: best!.variant };
    return compileFilterGradient(gpu, best!.design, names, onProgress);
  });
  if (!isNew) onProgress?.({ compiled: 0, pipelines: 0 });
  return loan;
}
