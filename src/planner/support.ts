// Which algorithms can compute a problem, and why the others cannot: without a GPU, and before anything is allocated.
import { ALGORITHMS } from '../algorithms/table.js';
import type { ConvProblem } from '../problem/index.js';

/** Whether an algorithm can compute a problem. */
export interface AlgorithmSupport {
  readonly algorithm: string;
  readonly supported: boolean;
  /** Why not. */
  readonly reason?: string;
}

/** One entry for each row of the algorithm table. */
export function algorithmSupport(problem: ConvProblem): readonly AlgorithmSupport[] {
  return ALGORITHMS.map((algorithm) => {
    const reason = algorithm.unsupported(problem);
    return reason === undefined
      ? { algorithm: algorithm.name, supported: true }
      : { algorithm: algorithm.name, supported: false, reason };
  });
}
