import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dilatedSize, resolveAxis } from '../../../src/problem/axis.js';

const axis = (inputSize: number, filterSize: number, stride = 1, dilation = 1) => ({
  inputSize,
  filterSize,
  stride,
  dilation,
});

describe('resolveAxis', () => {
  it('computes P = (H − R + 2·pad) / stride + 1: 5 − 3 + 2·1 at stride 2 gives 3', () => {
    expect(resolveAxis('t', 'height', axis(5, 3, 2), [1, 1]).outputSize).toBe(3);
  });

  it('leaves what does not fit the stride unused (floor): 7 wide, 3 wide filter, stride 3 gives 2', () => {
    expect(resolveAxis('t', 'width', axis(7, 3, 3), 'valid').outputSize).toBe(2);
  });

  it('spreads the filter by the dilation', () => {
    expect(dilatedSize(3, 2)).toBe(5);
    expect(resolveAxis('t', 'width', axis(7, 3, 1, 2), 'valid').outputSize).toBe(3);
  });

  it('pads the odd zero of "same" at the end, and of "same-lower" at the beginning', () => {
    expect(resolveAxis('t', 'width', axis(6, 3, 2), 'same')).toMatchObject({ padBegin: 0, padEnd: 1, outputSize: 3 });
    expect(resolveAxis('t', 'width', axis(6, 3, 2), 'same-lower')).toMatchObject({
      padBegin: 1,
      padEnd: 0,
      outputSize: 3,
    });
    expect(resolveAxis('t', 'width', axis(5, 4), 'same')).toMatchObject({ padBegin: 1, padEnd: 2, outputSize: 5 });
  });

  it('pads "full" so that every tap meets every input', () => {
    expect(resolveAxis('t', 'width', axis(5, 3), 'full')).toMatchObject({ padBegin: 2, padEnd: 2, outputSize: 7 });
    expect(resolveAxis('t', 'width', axis(5, 3, 1, 2), 'full')).toMatchObject({
      padBegin: 4,
      padEnd: 4,
      outputSize: 9,
    });
  });

  it('crops where padding is negative', () => {
    expect(resolveAxis('t', 'width', axis(9, 3), [-2, -1]).outputSize).toBe(4);
    expect(resolveAxis('t', 'width', axis(9, 3), [-2, 3]).outputSize).toBe(8);
    expect(() => resolveAxis('conv2d', 'width', axis(5, 3), [-2, -1])).toThrow(
      "conv2d: the filter's width of 3 is larger than the padded input's of 2 (5 − 2 − 1).",
    );
  });

  it('needs no padding for "same" where the stride exceeds the filter', () => {
    expect(resolveAxis('t', 'width', axis(7, 1, 3), 'same')).toMatchObject({ padBegin: 0, padEnd: 0, outputSize: 3 });
  });

  it('says by how much a filter is too large, and what to do', () => {
    expect(() => resolveAxis('conv2d', 'height', axis(3, 4), [0, 0])).toThrow(
      "conv2d: the filter's height of 4 is larger than the padded input's of 3 (3 + 0 + 0). Give more padding or a smaller filter.",
    );
    expect(() => resolveAxis('conv2d', 'width', axis(4, 3, 1, 2), [0, 0])).toThrow('width of 5 (3 with dilation 2)');
  });

  it('holds for any axis: every output is where a whole filter fits, and one more would not', () => {
    const size = fc.integer({ min: 1, max: 40 });
    const pad = fc.integer({ min: -6, max: 12 });
    fc.assert(
      fc.property(
        size,
        size,
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 4 }),
        pad,
        pad,
        (h, r, s, d, b, e) => {
          const extent = (r - 1) * d + 1;
          fc.pre(h + b + e >= extent);
          const { outputSize } = resolveAxis('t', 'height', axis(h, r, s, d), [b, e]);
          let fits = 0;
          for (let start = -b; start + extent <= h + e; start += s) fits++;
          expect(outputSize).toBe(fits);
        },
      ),
      { seed: 1 },
    );
  });

  it('makes "same" ⌈input / stride⌉ long for any axis', () => {
    const small = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), small, small, small, (h, r, s, d) => {
        expect(resolveAxis('t', 'height', axis(h, r, s, d), 'same').outputSize).toBe(Math.ceil(h / s));
        expect(resolveAxis('t', 'height', axis(h, r, s, d), 'same-lower').outputSize).toBe(Math.ceil(h / s));
      }),
      { seed: 1 },
    );
  });
});
