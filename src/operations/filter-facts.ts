// What a problem does not tell but the values of its filter do: whether they are products of a column and a row. A filter is read back
// for that, once, where it would decide how the problem is computed; tensors never change.
import { separable } from '../algorithms/separable.js';
import { choose } from '../planner/choose.js';
import type { PlanRequest } from '../planner/plan-conv.js';
import { type ConvProblem, fromHalfBits, isSeparableFilter, withSeparableFilter } from '../problem/index.js';
import type { TensorStorage } from '../tensor.js';
import type { EngineCore } from './core.js';

/** Answers about filters, by the buffers that hold them and by what was asked. */
type Answers = WeakMap<TensorStorage, Map<string, Promise<boolean>>>;

/** Whether a filter is a product; in another layout it has other planes. */
const products: Answers = new WeakMap();
/** Whether that decides how a problem is computed: designing all ways takes too long to do it for every call. */
const decisions: Answers = new WeakMap();

/** An answer, asked for once; again, if it failed. */
function once(answers: Answers, filter: TensorStorage, question: unknown, ask: () => Promise<boolean>) {
  const key = JSON.stringify(question);
  const known = answers.get(filter) ?? new Map<string, Promise<boolean>>();
  answers.set(filter, known);
  let answer = known.get(key);
  if (!answer) {
    answer = ask();
    known.set(key, answer);
    answer.catch(() => known.delete(key));
  }
  return answer;
}

async function look({ gpu }: EngineCore, problem: ConvProblem, { slice, oldest }: TensorStorage, action: string) {
  const bytes = await gpu.download(slice.buffer, slice.sizeBytes, oldest, action);
  const values = problem.filterDtype === 'float16' ? fromHalfBits(new Uint16Array(bytes)) : new Float32Array(bytes);
  return isSeparableFilter(problem, values);
}

function isSeparable(core: EngineCore, problem: ConvProblem, filter: TensorStorage, action: string): Promise<boolean> {
  const { filterLayout, outputChannels, axes } = problem;
  const planes = [filterLayout, outputChannels, axes.map(({ filterSize }) => filterSize)];
  return once(products, filter, planes, () => look(core, problem, filter, action));
}

/** Whether an algorithm would be taken that needs the filter to be a product. */
function wouldMatter(core: EngineCore, hoped: ConvProblem, request: PlanRequest, action: string): boolean {
  if (request.algorithm !== undefined || request.variant !== undefined) {
    return request.algorithm === separable.name || separable.variants.includes(request.variant ?? '');
  }
  if (request.autotune) return true;
  const limits = { workspaceLimitBytes: request.workspaceLimitBytes, device: core.gpu.capabilities };
  return choose(hoped, request, limits, action)[0]!.algorithm === separable;
}

/** The problem with what is known of its filter. The caller holds the filter. */
export async function withFilterFacts(
  core: EngineCore,
  problem: ConvProblem,
  filter: TensorStorage,
  request: PlanRequest,
  action: string,
): Promise<ConvProblem> {
  const hoped = withSeparableFilter(problem);
  if (separable.unsupported(hoped) !== undefined) return problem;
  const { algorithm, variant, accuracy, workspaceLimitBytes, autotune } = request;
  const question = [problem, algorithm, variant, accuracy, workspaceLimitBytes, autotune];
  const decides = await once(decisions, filter, question, async () => {
    return wouldMatter(core, hoped, request, action) && (await isSeparable(core, problem, filter, action));
  });
  return decides ? hoped : problem;
}
