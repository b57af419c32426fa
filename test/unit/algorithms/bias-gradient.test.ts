// How a channel's values are divided into parts that are summed by themselves.
import { describe, expect, it } from 'vitest';
import { partsOf } from '../../../src/algorithms/bias-gradient.js';

describe('partsOf', () => {
  it.each([
    [1, 1, [1]],
    [64, 3, [1]],
    [65, 3, [2]],
    [12_544, 64, [196]],
    [20_000, 64, [313, 5]],
    [2_073_600, 1, [32_400, 507, 8]],
    [1_000_000, 512, [256]],
  ])('divides %d values of each of %d channels into %o', (values, channels, parts) => {
    expect(partsOf(values, channels)).toEqual(parts);
  });

  it('leaves few parts for the last step, however many values there are', () => {
    for (let values = 1; values < 2 ** 31; values = values * 3 + 1) {
      for (const channels of [1, 7, 4096]) {
        expect(partsOf(values, channels).at(-1)).toBeLessThanOrEqual(256);
        expect(partsOf(values, channels).length).toBeLessThanOrEqual(3);
      }
    }
  });
});
