// Which algorithm, in which variant: every way of computing a problem is designed, and the one that is predicted to be fastest is
// taken, among those that are accurate enough and have room; or what the caller forces.
import type { Algorithm, PlanLimits } from '../algorithms/algorithm.js';
import type { Design } from '../algorithms/design.js';
import { ALGORITHMS } from '../algorithms/table.js';
import { type ConvError, UnsupportedProblemError, WorkspaceLimitError } from '../errors.js';
import { type ConvProblem, describeConv, oneOf } from '../problem/index.js';
import { machineOf, predictMs } from './cost-model.js';
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

/** A variant of an algorithm. */
export interface Named {
  readonly algorithm: Algorithm;
  readonly variant: string;
}

/** A way of computing a problem. */
export interface Way extends Named {
  readonly design: Design;
  /** Of a run, by the cost model. */
  readonly predictedMs: number;
  /** How much larger its errors may be than a direct sum's (Algorithm.errorGrowth). */
  readonly errorGrowth: number;
}

/** A variant that cannot be used here, and why. */
export interface Refusal extends Named {
  /** Of the algorithm or the device: it cannot compute the problem; else it is only not allowed to. */
  readonly unsupported: boolean;
  readonly reason: string;
  /** What designing it threw, where it was tried. */
  readonly error?: ConvError;
}

/** All variants of the given algorithms: those that can be used, the one predicted fastest first, and the others. */
export interface Assessment {
  readonly ways: readonly Way[];
  readonly refusals: readonly Refusal[];
}

function refusalOf({ algorithm, variant }: Named, problem: ConvProblem, device: PlanLimits['device']) {
  const reason = algorithm.unsupported(problem, variant);
  if (reason !== undefined) return reason;
  const missing = algorithm.features?.(variant).filter((feature) => !device.features.includes(feature)) ?? [];
  return missing.length > 0 ? `the device lacks the feature ${missing.join(', ')}` : undefined;
}

/** Designs what can be designed. `mostGrowth`: largest error growth that is allowed. */
function assess(problem: ConvProblem, names: readonly Named[], limits: PlanLimits, mostGrowth: number): Assessment {
  const machine = machineOf(limits.device);
  const ways: Way[] = [];
  const refusals: Refusal[] = [];
  for (const named of names) {
    const { algorithm, variant } = named;
    const reason = refusalOf(named, problem, limits.device);
    if (reason !== undefined) {
      refusals.push({ ...named, unsupported: true, reason });
      continue;
    }
    const errorGrowth = algorithm.errorGrowth?.(problem, variant) ?? 1;
    if (errorGrowth > mostGrowth) {
      const grown = errorGrowth.toPrecision(3);
      refusals.push({
        ...named,
        unsupported: false,
        reason: `errors may grow ${grown} times, and ${mostGrowth} is allowed`,
      });
      continue;
    }
    try {
      const design = algorithm.design(problem, variant, limits);
      ways.push({ ...named, design, predictedMs: predictMs(design, machine), errorGrowth });
    } catch (error) {
      if (error instanceof WorkspaceLimitError) {
        const reason = `needs ${error.neededBytes} bytes of workspace, and ${limits.workspaceLimitBytes} are allowed`;
        refusals.push({ ...named, unsupported: false, reason, error });
      } else if (error instanceof UnsupportedProblemError) {
        refusals.push({ ...named, unsupported: true, reason: error.message, error });
      } else throw error;
    }
  }
  ways.sort((a, b) => (a.predictedMs === b.predictedMs ? 0 : a.predictedMs - b.predictedMs)); // they may be infinite
  return { ways, refusals };
}

/** Every variant of every algorithm, within what the accuracy allows; nothing is forced. */
export function assessAll(problem: ConvProblem, accuracy: Accuracy, limits: PlanLimits): Assessment {
  const names = ALGORITHMS.flatMap((algorithm) => algorithm.variants.map((variant) => ({ algorithm, variant })));
  return assess(problem, names, limits, MOST_GROWTH[accuracy]);
}

/** Why nothing is left, as an error. */
function errorOf(problem: ConvProblem, refusals: readonly Refusal[], isForced: boolean, action: string): ConvError {
  const tooLarge = refusals.map(({ error }) => error).filter((error) => error instanceof WorkspaceLimitError);
  if (tooLarge.length > 0)
    return tooLarge.reduce((least, error) => (error.neededBytes < least.neededBytes ? error : least));
  const tried = refusals.find(({ error }) => error !== undefined)?.error;
  if (tried) return tried;
  const reasons = joinReasons(refusals.map(({ algorithm, reason }) => ({ algorithm: algorithm.name, reason })));
  return new UnsupportedProblemError(
    isForced
      ? `${action}: what was asked for does not support ${describeConv(problem)} (${reasons}). Leave algorithm and variant out to let the planner choose.`
      : `${action}: no algorithm can compute ${describeConv(problem)} (${reasons}). Give smaller strides, or split the problem.`,
  );
}

/**
 * The ways of computing a problem that are accurate enough and have room, the one that is predicted to be fastest first. A forced
 * algorithm or variant is obeyed or refused, never replaced.
 * @throws InvalidArgumentError for a name that does not exist.
 * @throws UnsupportedProblemError if nothing, or not what is forced, supports the problem; with the reasons.
 * @throws WorkspaceLimitError if the workspace is too small for each.
 */
export function choose(
  problem: ConvProblem,
  { algorithm: name, variant, accuracy = 'standard' }: Preference,
  limits: PlanLimits,
  action: string,
): readonly Way[] {
  const algorithms = ALGORITHMS.map((algorithm) => algorithm.name);
  if (name !== undefined) oneOf(action, 'algorithm', name, algorithms);
  const rows = ALGORITHMS.filter((algorithm) => name === undefined || algorithm.name === name);
  const variants = [...new Set(rows.flatMap((algorithm) => algorithm.variants))];
  if (variant !== undefined) oneOf(action, 'variant', variant, variants);
  const names = rows
    .flatMap((algorithm) => algorithm.variants.map((each) => ({ algorithm, variant: each })))
    .filter(({ variant: each }) => variant === undefined || each === variant);
  const isForced = name !== undefined || variant !== undefined;
  const mostGrowth = isForced ? Number.POSITIVE_INFINITY : MOST_GROWTH[accuracy];
  const { ways, refusals } = assess(problem, names, limits, mostGrowth);
  if (ways.length === 0) throw errorOf(problem, refusals, isForced, action);
  return ways;
}
