import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldWorkgroups } from '../../../src/gpu/dispatch.js';

describe('foldWorkgroups', () => {
  it('leaves small counts in one dimension', () => {
    expect(foldWorkgroups(1, 65535)).toEqual([1, 1, 1]);
    expect(foldWorkgroups(65535, 65535)).toEqual([65535, 1, 1]);
  });

  it('folds beyond the limit, wasting little', () => {
    expect(foldWorkgroups(65536, 65535)).toEqual([32768, 2, 1]);
    expect(foldWorkgroups(200_000, 65535)).toEqual([50_000, 4, 1]);
  });

  it('holds the count within the limit of every dimension, for any count', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50_000 }), fc.integer({ min: 40, max: 60 }), (count, limit) => {
        const [x, y, z] = foldWorkgroups(count, limit);
        expect(Math.max(x, y, z)).toBeLessThanOrEqual(limit);
        expect(x * y * z).toBeGreaterThanOrEqual(count);
        expect(x * y * z).toBeLessThan(count + 2 * y * z + x); // less than a row and a rounding of each
      }),
      { seed: 1, numRuns: 1000 },
    );
  });
});
