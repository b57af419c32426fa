// Coefficients of a kernel from its times: the non-negative ones whose predictions are nearest in proportion. Pure.

/** A measurement: how often each coefficient counts, and the time. */
export interface Sample {
  readonly counts: readonly number[];
  readonly ms: number;
}

const SWEEPS = 2000;

/**
 * Minimises Σ (prediction / ms − 1)² over coefficients ≥ 0 by coordinate descent, which for a convex problem with such bounds ends
 * at its minimum. Prediction: Σ coefficient · count.
 */
export function fitRates(samples: readonly Sample[]): number[] {
  const size = samples[0]?.counts.length ?? 0;
  const rows = samples.filter(({ ms }) => ms > 0).map(({ counts, ms }) => counts.map((count) => count / ms));
  const squares = Array.from({ length: size }, (_, j) => rows.reduce((sum, row) => sum + row[j]! ** 2, 0));
  const rates = new Array<number>(size).fill(0);
  const rest = rows.map(() => 1); // 1 − prediction / ms
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let j = 0; j < size; j++) {
      if (squares[j] === 0) continue;
      const step = rows.reduce((sum, row, index) => sum + row[j]! * rest[index]!, 0) / squares[j]!;
      const next = Math.max(0, rates[j]! + step);
      const change = next - rates[j]!;
      if (change === 0) continue;
      rates[j] = next;
      for (const [index, row] of rows.entries()) rest[index] = rest[index]! - change * row[j]!;
    }
  }
  return rates;
}

/** Geometric mean and worst of max(prediction, ms) / min(prediction, ms). */
export function deviation(samples: readonly Sample[], rates: readonly number[]): { mean: number; worst: number } {
  const ratios = samples.map(({ counts, ms }) => {
    const predicted = counts.reduce((sum, count, index) => sum + count * rates[index]!, 0);
    return Math.max(predicted, ms) / Math.min(predicted, ms);
  });
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
  return { mean, worst: Math.max(...ratios) };
}
