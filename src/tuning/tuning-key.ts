// What a tuning record is kept under: whatever the best algorithm depends on.
import type { Capabilities } from '../gpu/capabilities.js';
import type { ConvProblem } from '../problem/index.js';
import { VERSION } from '../version.js';

/** What a plan may use, besides the problem. */
export interface TuningConditions {
  readonly workspaceLimitBytes: number;
  readonly accuracy: string;
  /** What the caller forced. */
  readonly algorithm: string | undefined;
  readonly variant: string | undefined;
}

/**
 * The key of a problem on an adapter: vendor, architecture, device and driver as far as the adapter tells them, its features and least subgroup, the library's
 * version, the conditions and the whole problem. Values that are only added or multiplied with cost nothing, and do not count.
 */
export function tuningKey(
  capabilities: Pick<
    Capabilities,
    'vendor' | 'architecture' | 'device' | 'description' | 'features' | 'subgroupMinSize'
  >,
  problem: ConvProblem,
  conditions: TuningConditions,
): string {
  const { vendor, architecture, device, description, features, subgroupMinSize } = capabilities;
  const used = features.filter((feature) => /f16|subgroups/.test(feature));
  const { epilogue, paddingContent, ...structure } = problem;
  const { activation, ...operands } = epilogue;
  const { workspaceLimitBytes, accuracy, algorithm, variant } = conditions;
  return JSON.stringify([
    VERSION, // another one may have other algorithms, or the same ones faster
    [vendor, architecture, device, description, used, subgroupMinSize],
    [workspaceLimitBytes, accuracy, algorithm ?? null, variant ?? null],
    { ...structure, padding: paddingContent.mode, epilogue: { ...operands, activation: activation.name } },
  ]);
}
