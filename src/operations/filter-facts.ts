// What a problem does not tell but the values of its filter do: whether they are products of a column and a row. A filter is read back
// for that, once, where it would decide how the problem is computed; tensors never change.
import { separable } from '../algorithms/separable.js';
import { choose } from '../planner/choose.js';
import type { PlanRequest } from '../planner/plan-conv.js';
import { type ConvProblem, fromHalfBits, isSeparableFilter, withSeparableFilter } from '../problem/index.js';
import type { TensorStorage } from '../tensor.js';
import type { EngineCore } from './core.js';

/** What was found of filters, by the buffers that hold them. In another layout a filter has other planes. */
const found = new WeakMap<TensorStorage, Map<string, Promise<boolean>>>();

async function look({ gpu }: EngineCore, problem: ConvProblem, { slice, oldest }: TensorStorage, action: string) {
  const bytes = await gpu.download(slice.buffer, slice.sizeBytes, oldest, action);
  const values = problem.filterDtype === 'float16' ? fromHalfBits(new Uint16Array(bytes)) : new Float32Array(bytes);
  return isSeparableFilter(problem, values);
}

function isSeparable(core: EngineCore, problem: ConvProblem, filter: TensorStorage, action: string): Promise<boolean> {
  const { filterLayout, outputChannels, axes } = problem;
  const key = JSON.stringify([filterLayout, outputChannels, axes.map(({ filterSize }) => filterSize)]);
  const facts = found.get(filter) ?? new Map<string, Promise<boolean>>();
  found.set(filter, facts);
  let fact = facts.get(key);
  if (!fact) {
    fact = look(core, problem, filter, action);
    facts.set(key, fact);
    fact.catch(() => facts.delete(key));
  }
  return fact;
}

/** Whether an algorithm would be taken that needs the filter to be a product. */
function wouldMatter(core: EngineCore, hoped: ConvProblem, request: PlanRequest, action: string): boolean {
  if (separable.unsupported(hoped) !== undefined) return false;
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
  if (!wouldMatter(core, hoped, request, action)) return problem;
  return (await isSeparable(core, problem, filter, action)) ? hoped : problem;
}
