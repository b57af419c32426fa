// Timing of contenders in turn: one sample of each, then the next round, so that a machine that gets slower or faster
// meanwhile (heat, other processes) treats all of them alike. The median is reported, with the best beside it.

/** Something to be timed. */
export interface Contender {
  readonly name: string;
  /** Runs once and says how long it took, in milliseconds, by whatever clock suits it. */
  run(): Promise<number> | number;
}

/** Rounds of a measurement. */
export interface Rounds {
  /** Samples of each contender. */
  readonly rounds: number;
  /** A contender whose sample took longer than this is sampled no more; default: no limit. */
  readonly slowMs?: number;
  /** After this long, no round is started beyond the third; default: no limit. */
  readonly budgetMs?: number;
}

/** What the samples of one contender amount to, in milliseconds. */
export interface Summary {
  readonly median: number;
  readonly best: number;
  readonly worst: number;
  readonly count: number;
}

const LEAST_ROUNDS = 3;

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('median: no values.');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function summarise(samples: readonly number[]): Summary {
  return { median: median(samples), best: Math.min(...samples), worst: Math.max(...samples), count: samples.length };
}

/** Samples every contender in turn. Warm them up before. `pause` runs before each sample, outside of its time. */
export async function measureInTurn(
  contenders: readonly Contender[],
  { rounds, slowMs = Number.POSITIVE_INFINITY, budgetMs = Number.POSITIVE_INFINITY }: Rounds,
  pause: () => Promise<void> = async () => {},
): Promise<Map<string, number[]>> {
  const samples = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  const start = performance.now();
  for (let round = 0; round < rounds; round++) {
    if (round >= LEAST_ROUNDS && performance.now() - start > budgetMs) break;
    for (const contender of contenders) {
      const own = samples.get(contender.name)!;
      if (own.some((ms) => ms > slowMs)) continue;
      await pause();
      own.push(await contender.run());
    }
  }
  return samples;
}

/** Wall-clock time of some work. */
export async function wallClockMs(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Lets the page draw and handle events. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
