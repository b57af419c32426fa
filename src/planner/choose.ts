// Which algorithm, in which variant: from the problem and what the adapter can do, or as the caller says.
import type { Algorithm } from '../algorithms/algorithm.js';
import { ALGORITHMS } from '../algorithms/table.js';
import { UnsupportedProblemError } from '../errors.js';
import type { Capabilities } from '../gpu/capabilities.js';
import { type ConvProblem, describeConv, oneOf } from '../problem/index.js';
import type { Candidate } from '../tuning/autotuner.js';
import { joinReasons } from './support.js';

/**
 * How large rounding errors may become for speed, in units of the bound of sums that are computed directly: 'strict' no larger,
 * 'standard' up to 8 times, 'fast' whatever the algorithm's.
 */
export type Accuracy = 'strict' | 'standard' | 'fast';

/** Largest error growth that the planner chooses (Algorithm.errorGrowth). */
const MOST_GROWTH: Readonly<Record<Accuracy, number>> = { strict: 1, standard: 8, fast: Number.POSITIVE_INFINITY };

/** Throws InvalidArgumentError unless `value` is an accuracy. */
export function parseAccuracy(action: string, value: unknown): Accuracy {
  return oneOf(action, 'accuracy', value, Object.keys(MOST_GROWTH) as Accuracy[]);
}

/** What a caller can force. */
export interface Preference {
  readonly algorithm?: string | undefined;
  readonly variant?: string | undefined;
  /** Default 'standard'. A forced algorithm or variant is obeyed whatever its errors. */
  readonly accuracy?: Accuracy | undefined;
}

/** A row of the table and some of its variants. */
export interface Choice {
  readonly algorithm: Algorithm;
  /** The forced variant, or all that are accurate enough: the best first, others for where the workspace is too small for it. */
  readonly variants: readonly string[];
  /** The next best row, for where the workspace is too small for any of them; absent if the choice was forced. */
  readonly otherwise?: Choice;
}

/** Whether a variant's errors stay within a growth. */
function isWithin(algorithm: Algorithm, problem: ConvProblem, variant: string, mostGrowth: number): boolean {
  return (algorithm.errorGrowth?.(problem, variant) ?? 1) <= mostGrowth;
}

function choiceOf(algorithm: Algorithm, problem: ConvProblem, isSoftware: boolean, mostGrowth: number): Choice {
  const preferred = algorithm.preferredVariant(problem, isSoftware, mostGrowth);
  const others = algorithm.variants.filter((other) => other !== preferred);
  const accurate = others.filter((variant) => isWithin(algorithm, problem, variant, mostGrowth));
  return { algorithm, variants: [preferred, ...accurate] };
}

/** Every way of computing a problem that is accurate enough, forced names obeyed: what an autotuner may try. */
export function candidatesFor(
  problem: ConvProblem,
  { algorithm: name, variant, accuracy = 'standard' }: Preference,
): readonly Candidate[] {
  const mostGrowth = name !== undefined ? Number.POSITIVE_INFINITY : MOST_GROWTH[accuracy];
  return ALGORITHMS.filter((algorithm) => name === undefined || algorithm.name === name)
    .filter((algorithm) => algorithm.unsupported(problem) === undefined)
    .flatMap((algorithm) => algorithm.variants.map((each) => ({ algorithm, variant: each })))
    .filter(({ variant: each }) => variant === undefined || each === variant)
    .filter(({ algorithm, variant: each }) => isWithin(algorithm, problem, each, mostGrowth));
}

/**
 * Chooses. A forced algorithm or variant is obeyed or refused, never replaced.
 * @throws InvalidArgumentError for a name that does not exist.
 * @throws UnsupportedProblemError if the forced algorithm or variant does not support the problem; with the reason.
 */
export function choose(
  problem: ConvProblem,
  capabilities: Capabilities,
  { algorithm: name, variant, accuracy = 'standard' }: Preference,
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
  const supported = rows.filter(({ reason }) => reason === undefined).map(({ algorithm }) => algorithm);
  const isForced = name !== undefined || variant !== undefined;
  if (supported.length === 0) {
    const reasons = joinReasons(rows.map(({ algorithm, reason }) => ({ algorithm: algorithm.name, reason })));
    throw new UnsupportedProblemError(
      isForced
        ? `${action}: what was asked for does not support ${describeConv(problem)} (${reasons}). Leave algorithm and variant out to let the planner choose.`
        : `${action}: no algorithm can compute ${describeConv(problem)} (${reasons}). Give smaller strides, or split the problem.`,
    );
  }
  const mostGrowth = isForced ? Number.POSITIVE_INFINITY : MOST_GROWTH[accuracy];
  const accurate = supported.filter((algorithm) =>
    algorithm.variants.some((each) => isWithin(algorithm, problem, each, mostGrowth)),
  );
  // the first that suits, then the others that do; one that does not only where there is no other
  const suiting = accurate.filter((algorithm) => algorithm.suits(problem));
  const ordered = suiting.length > 0 ? suiting : accurate.slice(0, 1);
  if (variant !== undefined) return { algorithm: ordered[0]!, variants: [variant] };
  const choices = ordered.map((algorithm) => choiceOf(algorithm, problem, capabilities.isSoftware, mostGrowth));
  if (isForced) return choices[0]!;
  return choices.reduceRight((otherwise, choice) => ({ ...choice, otherwise }));
}
