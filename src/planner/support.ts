// Which algorithms can compute a problem, and why the others cannot: without a GPU, and before anything is allocated.
import type { Algorithm } from '../algorithms/algorithm.js';
import { ALGORITHMS } from '../algorithms/table.js';
import type { Capabilities } from '../gpu/capabilities.js';
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

/** What a device lacks for a variant; undefined if nothing. */
export function lackOf(
  { features, lanes }: Pick<Algorithm, 'features' | 'lanes'>,
  variant: string,
  device: Pick<Capabilities, 'features' | 'subgroupMinSize'>,
): string | undefined {
  const missing = features?.(variant).filter((feature) => !device.features.includes(feature)) ?? [];
  if (missing.length > 0) return `the device lacks the feature ${missing.join(', ')}`;
  const wanted = lanes?.(variant) ?? 0;
  return wanted > device.subgroupMinSize
    ? `${wanted} lanes of a subgroup share their loads, and subgroups of this device may have ${device.subgroupMinSize}`
    : undefined;
}

/** Reasons in one line, each once: `direct, depthwise: …; im2col-gemm: …`. */
export function joinReasons(
  rows: readonly { readonly algorithm: string; readonly reason?: string | undefined }[],
): string {
  const byReason = new Map<string, string[]>();
  for (const { algorithm, reason = '' } of rows) byReason.set(reason, [...(byReason.get(reason) ?? []), algorithm]);
  return [...byReason].map(([reason, names]) => `${[...new Set(names)].join(', ')}: ${reason}`).join('; ');
}
