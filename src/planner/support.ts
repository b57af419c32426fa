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

/** Reasons in one line, each once: `direct, depthwise: …; im2col-gemm: …`. */
export function joinReasons(
  rows: readonly { readonly algorithm: string; readonly reason?: string | undefined }[],
): string {
  const byReason = new Map<string, string[]>();
  for (const { algorithm, reason = '' } of rows) byReason.set(reason, [...(byReason.get(reason) ?? []), algorithm]);
  return [...byReason].map(([reason, names]) => `${[...new Set(names)].join(', ')}: ${reason}`).join('; ');
}
