// Which algorithm, in which variant: from the problem and what the adapter can do, or as the caller says.
import type { Algorithm } from '../algorithms/algorithm.js';
import { ALGORITHMS } from '../algorithms/table.js';
import { UnsupportedProblemError } from '../errors.js';
import type { Capabilities } from '../gpu/capabilities.js';
import { type ConvProblem, describeConv, oneOf } from '../problem/index.js';

/** What a caller can force. */
export interface Preference {
  readonly algorithm?: string | undefined;
  readonly variant?: string | undefined;
}

/** A row of the table and one of its variants. */
export interface Choice {
  readonly algorithm: Algorithm;
  /** The forced variant, or all: the best first, others for where the workspace is too small for it. */
  readonly variants: readonly string[];
}

/**
 * Chooses. A forced algorithm or variant is obeyed or refused, never replaced.
 * @throws InvalidArgumentError for a name that does not exist.
 * @throws UnsupportedProblemError if the forced algorithm or variant does not support the problem; with the reason.
 */
export function choose(
  problem: ConvProblem,
  capabilities: Capabilities,
  { algorithm: name, variant }: Preference,
  action: string,
): Choice {
  const names = ALGORITHMS.map((algorithm) => algorithm.name);
  if (name !== undefined) oneOf(action, 'algorithm', name, names);
  const candidates = ALGORITHMS.filter((algorithm) => name === undefined || algorithm.name === name);
  const variants = candidates.flatMap((algorithm) => algorithm.variants);
  if (variant !== undefined) oneOf(action, 'variant', variant, variants);
  const rows = candidates
    .filter((algorithm) => variant === undefined || algorithm.variants.includes(variant))
    .map((algorithm) => ({ algorithm, reason: algorithm.unsupported(problem) }));
  const supported = rows.filter(({ reason }) => reason === undefined);
  const row = supported.find(({ algorithm }) => algorithm.suits(problem)) ?? supported[0];
  if (!row) {
    const reasons = rows.map(({ algorithm, reason }) => `${algorithm.name}: ${reason}`).join('; ');
    throw new UnsupportedProblemError(
      `${action}: what was asked for does not support ${describeConv(problem)} (${reasons}). Leave algorithm and variant out to let the planner choose.`,
    );
  }
  const { algorithm } = row;
  const preferred = variant ?? algorithm.preferredVariant(problem, capabilities.isSoftware);
  const others = variant === undefined ? algorithm.variants.filter((other) => other !== preferred) : [];
  return { algorithm, variants: [preferred, ...others] };
}
