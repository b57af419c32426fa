import { describe, expect, it } from 'vitest';
import { deviation, fitRates } from '../../../bench/calibration/fit.js';

describe('fitRates', () => {
  const samples = [
    [1, 10, 3],
    [1, 20, 100],
    [1, 5, 40],
    [1, 100, 7],
  ].map((counts) => ({ counts, ms: 2 * counts[0]! + 0.5 * counts[1]! + 0.1 * counts[2]! }));

  it('finds the coefficients that times were made from', () => {
    const rates = fitRates(samples);
    for (const [index, rate] of [2, 0.5, 0.1].entries()) expect(rates[index]).toBeCloseTo(rate, 4);
    expect(deviation(samples, rates).worst).toBeCloseTo(1, 3);
  });

  it('has none below zero, where a straight line through the times would', () => {
    const rates = fitRates([
      { counts: [1, 1], ms: 0.5 },
      { counts: [1, 2], ms: 3 },
      { counts: [1, 3], ms: 5.5 },
    ]);
    expect(rates[0]).toBe(0);
    expect(rates[1]).toBeGreaterThan(0);
  });

  it('counts proportions: a small time weighs as much as a large one', () => {
    const [rate] = fitRates([
      { counts: [1], ms: 1 },
      { counts: [1000], ms: 4000 },
    ]);
    expect(rate).toBeCloseTo((2 * (1 + 0.25)) / (1 + 0.0625) / 2, 6); // argmin of (r − 1)² + (r/4 − 1)²
  });

  it('tells how far off it is', () => {
    const { mean, worst } = deviation(
      [
        { counts: [1], ms: 1 },
        { counts: [1], ms: 4 },
      ],
      [2],
    );
    expect(mean).toBeCloseTo(2);
    expect(worst).toBeCloseTo(2);
  });
});
