// Means and ratios of measurements. Pure.

/** The n-th root of the product: the mean of ratios, in which twice as fast and twice as slow cancel out. */
export function geometricMean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('geometricMean: no values.');
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** How often something is measured. */
export interface Repeats {
  /** Calls in a row in one sample, before the wait: their time is divided by their number. */
  readonly calls: number;
  /** Samples. */
  readonly rounds: number;
}

const SAMPLE_MS = 25; // waiting for a GPU costs up to a millisecond: a sample should be long against that
const MOST_CALLS = 50;
const BUDGET_MS = { full: 2000, quick: 1000 };
const MOST_ROUNDS = { full: 15, quick: 3 };
/** Fewest samples of calls that take less than so long; of those that take longer, one is enough. */
const LEAST_ROUNDS = {
  full: [
    { callMs: 1000, rounds: 5 },
    { callMs: 3000, rounds: 2 },
  ],
  quick: [{ callMs: 1000, rounds: 3 }],
};

/** As many samples as a few seconds allow, and never none, of something whose call took `callMs` when it was warm. */
export function repeatsFor(callMs: number, quick: boolean): Repeats {
  const mode = quick ? 'quick' : 'full';
  const calls = Math.min(MOST_CALLS, Math.max(1, Math.ceil(SAMPLE_MS / callMs)));
  const rounds = Math.floor(BUDGET_MS[mode] / (calls * callMs));
  const least = LEAST_ROUNDS[mode].find((row) => callMs < row.callMs)?.rounds ?? 1;
  return { calls, rounds: Math.min(MOST_ROUNDS[mode], Math.max(least, rounds)) };
}
