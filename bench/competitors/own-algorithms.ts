// Which algorithms of the tables compute a shape.
import { FILTER_GRADIENT_ALGORITHMS } from '../../src/algorithms/filter-gradient/table.js';
import { inputGradient } from '../../src/problem/backward.js';
import { filterGradientProblem } from '../../src/problem/filter-gradient.js';
import { planningEngine } from '../runner/planning-engine.js';
import type { BenchShape } from '../shapes/bench-shape.js';
import { problemOf } from '../shapes/shape.js';

/** Their names, in the order of the table: of the filter's gradient that of its own one. */
export async function algorithmsFor(shape: BenchShape): Promise<readonly string[]> {
  const problem = problemOf(shape);
  if (shape.gradient === 'filter') {
    const gradient = filterGradientProblem(problem);
    return FILTER_GRADIENT_ALGORITHMS.filter((row) => row.unsupported(gradient) === undefined).map(({ name }) => name);
  }
  const computed = shape.gradient === 'input' ? inputGradient(problem, false).problem : problem;
  const { algorithms } = (await planningEngine()).supports(computed);
  return algorithms.filter(({ supported }) => supported).map(({ algorithm }) => algorithm);
}
