// The arithmetic of the benchmark: means, how often something is measured, and the roofline.
import { describe, expect, it } from 'vitest';
import { attainableGflops, gflopsOf, rooflinePercent } from '../../../bench/ceilings/roofline.js';
import { geometricMean, repeatsFor } from '../../../bench/runner/statistics.js';

describe('geometricMean', () => {
  it.each([
    [[4], 4],
    [[2, 8], 4],
    [[0.5, 2], 1], // twice as slow and twice as fast
    [[1, 10, 100], 10],
  ])('of %j is %d', (values, mean) => {
    expect(geometricMean(values)).toBeCloseTo(mean, 10);
  });

  it('refuses no values', () => {
    expect(() => geometricMean([])).toThrow('no values');
  });
});

describe('repeatsFor', () => {
  it.each([
    [0.001, false, { calls: 50, rounds: 15 }],
    [1, false, { calls: 25, rounds: 15 }],
    [10, false, { calls: 3, rounds: 15 }],
    [100, false, { calls: 1, rounds: 15 }],
    [300, false, { calls: 1, rounds: 6 }],
    [900, false, { calls: 1, rounds: 5 }],
    [1000, false, { calls: 1, rounds: 2 }],
    [2900, false, { calls: 1, rounds: 2 }],
    [3000, false, { calls: 1, rounds: 1 }],
    [30_000, false, { calls: 1, rounds: 1 }],
    [1, true, { calls: 25, rounds: 3 }],
    [30_000, true, { calls: 1, rounds: 1 }],
  ])('a call of %d ms, quick: %s', (ms, quick, repeats) => {
    expect(repeatsFor(ms, quick)).toEqual(repeats);
  });
});

describe('the roofline', () => {
  const ceilings = { fmaGflops: 100, copyGBs: 10 };

  it('is the arithmetic ceiling where there are many operations for each byte', () => {
    expect(attainableGflops({ flops: 1000, bytes: 10 }, ceilings)).toBe(100);
  });

  it('is the bandwidth times the operations for each byte where there are few', () => {
    expect(attainableGflops({ flops: 20, bytes: 10 }, ceilings)).toBe(20);
  });

  it('is what rates are put in percent of', () => {
    const work = { flops: 2e9, bytes: 1e6 };
    expect(gflopsOf(work, 40)).toBe(50);
    expect(rooflinePercent(work, 40, ceilings)).toBe(50);
    expect(rooflinePercent(work, 10, ceilings)).toBe(200); // fewer operations than the direct method's
  });
});
