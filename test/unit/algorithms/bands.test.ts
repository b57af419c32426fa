import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planBands } from '../../../src/algorithms/bands.js';
import { WorkspaceLimitError } from '../../../src/errors.js';

const size = (positions: number, depth: number) => ({ filters: 1, positions, depth });

describe('planBands', () => {
  it('takes one band where the whole column matrix fits', () => {
    expect(planBands(size(10, 9), 8, 432, 'conv2d')).toEqual({
      bands: [{ first: 0, count: 10 }],
      pitchQuads: 3,
      workspaceBytes: 3 * 16 * 9,
    });
  });

  it('takes bands of nearly equal size, not one full and one crumb', () => {
    const { bands } = planBands(size(72, 1), 8, 4 * 64, 'conv2d');
    expect(bands).toEqual([
      { first: 0, count: 40 },
      { first: 40, count: 32 },
    ]);
  });

  it('refuses a limit below one tile, and says what to raise', () => {
    expect(() => planBands(size(100, 9), 8, 8 * 4 * 9 - 1, 'conv2d')).toThrow(WorkspaceLimitError);
    expect(() => planBands(size(100, 9), 8, 100, 'conv2d')).toThrow(
      'conv2d: one tile of 8 columns of the column matrix takes 288 bytes, but the workspace may hold 100 (the smaller of workspaceLimitBytes and what the device binds). Raise workspaceLimitBytes, or use fewer channels.',
    );
  });

  it('covers every position once, within the limit, in as few bands as it allows', () => {
    const integer = (max: number) => fc.integer({ min: 1, max });
    fc.assert(
      fc.property(
        integer(5000),
        integer(50),
        fc.constantFrom(8, 16, 64),
        integer(200_000),
        (positions, depth, tile, limit) => {
          fc.pre(limit >= tile * 4 * depth);
          const { bands, pitchQuads, workspaceBytes } = planBands(size(positions, depth), tile, limit, 'conv2d');
          expect(workspaceBytes).toBeLessThanOrEqual(limit);
          expect(workspaceBytes).toBe(pitchQuads * 16 * depth);
          let next = 0;
          for (const { first, count } of bands) {
            expect(first).toBe(next);
            expect(count).toBeGreaterThan(0);
            expect(count).toBeLessThanOrEqual(4 * pitchQuads);
            if (bands.length > 1) expect(first % tile).toBe(0);
            next += count;
          }
          expect(next).toBe(positions);
          const most = Math.floor((Math.floor(limit / (16 * depth)) * 4) / tile) * tile;
          if (bands.length > 1) expect(bands.length).toBeLessThanOrEqual(Math.ceil(positions / most));
        },
      ),
      { seed: 1, numRuns: 500 },
    );
  });
});
