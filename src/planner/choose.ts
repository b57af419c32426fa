// Which algorithm, in which variant: every way of computing a problem is designed, and the one that is predicted to be fastest is
// taken, among those that are accurate enough and have room; or what the caller forces.
import type { Algorithm, PlanLimits } from '../algorithms/algorithm.js';
import type { Design } from '../algorithms/design.js';
import { ALGORITHMS } from '../algorithms/table.js';
import { type ConvError, UnsupportedProblemError, WorkspaceLimitError } from '../errors.js';
import { type ConvProblem, describeConv, oneOf } from '../problem/index.js';
import { machineOf, predictMs } from './cost-model.js';
import { joinReasons, lackOf } from './support.js';

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

/** What the cost model tells a time from. */
type Costed = Parameters<typeof predictMs>[0];

/** A variant of an algorithm. */
export interface Named<Problem = ConvProblem, Made = Design> {
  readonly algorithm: Algorithm<Problem, Made>;
  readonly variant: string;
}

/** A way of computing a problem. */
export interface Way<Problem = ConvProblem, Made = Design> extends Named<Problem, Made> {
  readonly design: Made;
  /** Of a run, by the cost model. */
  readonly predictedMs: number;
  /** How much larger its errors may be than a direct sum's (Algorithm.errorGrowth). */
  readonly errorGrowth: number;
}

/** A variant that cannot be used here, and why. */
export interface Refusal<Problem = ConvProblem, Made = Design> extends Named<Problem, Made> {
  /** Of the algorithm or the device: it cannot compute the problem; else it is only not allowed to. */
  readonly unsupported: boolean;
  readonly reason: string;
  /** What designing it threw, where it was tried. */
  readonly error?: ConvError;
}

/** All variants of the given algorithms: those that can be used, the one predicted fastest first, and the others. */
export interface Assessment<Problem = ConvProblem, Made = Design> {
  readonly ways: readonly Way<Problem, Made>[];
  readonly refusals: readonly Refusal<Problem, Made>[];
}

function refusalOf<Problem, Made>(
  { algorithm, variant }: Named<Problem, Made>,
  problem: Problem,
  device: PlanLimits['device'],
) {
  return algorithm.unsupported(problem, variant) ?? lackOf(algorithm, variant, device);
}

/** Designs what can be designed. `mostGrowth`: largest error growth that is allowed. */
function assess<Problem, Made extends Costed>(
  problem: Problem,
  names: readonly Named<Problem, Made>[],
  limits: PlanLimits,
  mostGrowth: number,
): Assessment<Problem, Made> {
  const machine = machineOf(limits.device);
  const ways: Way<Problem, Made>[] = [];
  const refusals: Refusal<Problem, Made>[] = [];
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
function errorOf(
  description: string,
  refusals: readonly (Pick<Refusal, 'reason' | 'error'> & { readonly algorithm: { readonly name: string } })[],
  isForced: boolean,
  action: string,
): ConvError {
  const tooLarge = refusals.map(({ error }) => error).filter((error) => error instanceof WorkspaceLimitError);
  if (tooLarge.length > 0)
    return tooLarge.reduce((least, error) => (error.neededBytes < least.neededBytes ? error : least));
  const tried = refusals.find(({ error }) => error !== undefined)?.error;
  if (tried) return tried;
  const reasons = joinReasons(refusals.map(({ algorithm, reason }) => ({ algorithm: algorithm.name, reason })));
  return new UnsupportedProblemError(
    isForced
      ? `${action}: what was asked for does not support ${description} (${reasons}). Leave algorithm and variant out to let the planner choose.`
      : `${action}: no algorithm can compute ${description} (${reasons}). Give smaller strides, or split the problem.`,
  );
}

/** What {@link chooseFrom} chooses from, and what for. */
export interface Choice<Problem, Made> {
  readonly table: readonly Algorithm<Problem, Made>[];
  readonly problem: Problem;
  /** The problem in a few words. */
  readonly describe: () => string;
}

/**
 * The ways of computing a problem that are accurate enough and have room, the one that is predicted to be fastest first. A forced
 * algorithm or variant is obeyed or refused, never replaced.
 * @throws InvalidArgumentError for a name that does not exist.
 * @throws UnsupportedProblemError if nothing, or not what is forced, supports the problem; with the reasons.
 * @throws WorkspaceLimitError if the workspace is too small for each.
 */
export function chooseFrom<Problem, Made extends Costed>(
  { table, problem, describe }: Choice<Problem, Made>,
  { algorithm: name, variant, accuracy = 'standard' }: Preference,
  limits: PlanLimits,
  action: string,
): readonly Way<Problem, Made>[] {
  const algorithms = table.map((algorithm) => algorithm.name);
  if (name !== undefined) oneOf(action, 'algorithm', name, algorithms);
  const rows = table.filter((algorithm) => name === undefined || algorithm.name === name);
  const variants = [...new Set(rows.flatMap((algorithm) => algorithm.variants))];
  if (variant !== undefined) oneOf(action, 'variant', variant, variants);
  const names = rows
    .flatMap((algorithm) => algorithm.variants.map((each) => ({ algorithm, variant: each })))
    .filter(({ variant: each }) => variant === undefined || each === variant);
  const isForced = name !== undefined || variant !== undefined;
  const mostGrowth = isForced ? Number.POSITIVE_INFINITY : MOST_GROWTH[accuracy];
  const { ways, refusals } = assess(problem, names, limits, mostGrowth);
  if (ways.length === 0) throw errorOf(describe(), refusals, isForced, action);
  return ways;
}

/** The ways of computing a convolution: {@link chooseFrom} the algorithm table. Throws as that. */
export function choose(
  problem: ConvProblem,
  preference: Preference,
  limits: PlanLimits,
  action: string,
): readonly Way[] {
  return chooseFrom({ table: ALGORITHMS, problem, describe: () => describeConv(problem) }, preference, limits, action);
}
