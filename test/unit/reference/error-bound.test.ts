import { describe, expect, it } from 'vitest';
import { compare, expectedConv2d } from 'webgpu-conv/reference';
import { randomValues } from '../../support/random.js';

const input = { data: randomValues(2 * 5 * 9 * 11, 1), shape: [2, 5, 9, 11] };
const filter = { data: randomValues(3 * 5 * 3 * 3, 2), shape: [3, 5, 3, 3] };
const bias = randomValues(3, 3);

/** The same convolution in f32 throughout, summed in an order of its own. */
function conv2dInF32(): Float32Array {
  const y = new Float32Array(2 * 3 * 7 * 9);
  let index = 0;
  for (let n = 0; n < 2; n++)
    for (let k = 0; k < 3; k++)
      for (let p = 0; p < 7; p++)
        for (let q = 0; q < 9; q++) {
          let sum = Math.fround(bias[k]!);
          for (let r = 2; r >= 0; r--)
            for (let s = 2; s >= 0; s--)
              for (let c = 4; c >= 0; c--) {
                const a = input.data[((n * 5 + c) * 9 + p + r) * 11 + q + s]!;
                sum = Math.fround(sum + Math.fround(a * filter.data[((k * 5 + c) * 3 + r) * 3 + s]!));
              }
          y[index++] = sum;
        }
  return y;
}

describe('expectedConv2d', () => {
  const expected = expectedConv2d(input, filter, { bias });

  it('bounds the error by (D + 2) · 2^-24 · (|w| ∗ |x| + |b|), worked out at one output', () => {
    // output (1, 2, 6, 8), the last of all
    let magnitude = Math.abs(bias[2]!);
    for (let c = 0; c < 5; c++)
      for (let r = 0; r < 3; r++)
        for (let s = 0; s < 3; s++) {
          magnitude += Math.abs(
            input.data[((5 + c) * 9 + 6 + r) * 11 + 8 + s]! * filter.data[((2 * 5 + c) * 3 + r) * 3 + s]!,
          );
        }
    expect(expected.bound.at(-1)).toBeCloseTo((45 + 2) * 2 ** -24 * magnitude, 18);
  });

  it('holds for a sum in f32, and is used to a good part', () => {
    const comparison = compare(conv2dInF32(), expected);
    expect(comparison.ok).toBe(true);
    expect(comparison.errorBoundUnits).toBeGreaterThan(0.01);
  });

  it('is the same before and after relu, a quarter and more after the sigmoid', () => {
    const relu = expectedConv2d(input, filter, { bias, activation: 'relu' });
    expect(relu.bound).toEqual(expected.bound);
    const sigmoid = expectedConv2d(input, filter, { bias, activation: 'sigmoid' });
    expect(sigmoid.bound[0]).toBeGreaterThan(expected.bound[0]! / 4);
    expect(sigmoid.bound[0]).toBeLessThan(expected.bound[0]! / 4 + 2 ** -18);
  });
});

describe('compare', () => {
  const expected = expectedConv2d(input, filter, { bias });
  const right = Float32Array.from(expected.data);

  it('accepts the rounded reference', () => {
    expect(compare(right, expected).ok).toBe(true);
  });

  it('finds a single wrong value, and tells where it stands', () => {
    const wrong = right.slice();
    wrong[3 * 63 + 63 + 2 * 9 + 4]! += 3 * expected.bound[3 * 63 + 63 + 2 * 9 + 4]!;
    const comparison = compare(wrong, expected);
    expect(comparison.ok).toBe(false);
    expect(comparison.worst.coordinates).toEqual([1, 1, 2, 4]);
    expect(comparison.errorBoundUnits).toBeGreaterThan(2);
    expect(comparison.worst.actual).toBe(wrong[comparison.worst.index]);
    expect(comparison.worst.expected).toBe(expected.data[comparison.worst.index]);
  });

  it('notices when one weight of the filter changes by a thousandth', () => {
    const changed = Float32Array.from(filter.data);
    changed[17]! += 1e-3;
    expect(compare(right, expectedConv2d(input, { ...filter, data: changed }, { bias })).ok).toBe(false);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('takes %s as infinitely wrong', (value) => {
    const wrong = right.slice();
    wrong[5] = value;
    expect(compare(wrong, expected)).toMatchObject({ ok: false, errorBoundUnits: Number.POSITIVE_INFINITY });
  });

  it('takes an infinity or NaN as right where exactly it was expected, and nowhere for want of a bound', () => {
    const one = (value: number, activation: 'none' | 'sigmoid' = 'none') =>
      expectedConv2d({ data: [value], shape: [1, 1, 1, 1] }, { data: [1e300], shape: [1, 1, 1, 1] }, { activation });
    expect(compare([Number.POSITIVE_INFINITY], one(1e300)).ok).toBe(true);
    expect(compare([5], one(1e300)).ok).toBe(false);
    expect(compare([Number.NEGATIVE_INFINITY], one(1e300)).ok).toBe(false);
    expect(compare([Number.NaN], one(Number.NaN)).ok).toBe(true);
    expect(compare([0], one(Number.NaN)).ok).toBe(false);
    expect(compare([123], one(-1e300, 'sigmoid')).ok).toBe(false);
  });

  it('refuses another number of values', () => {
    expect(() => compare(right.slice(1), expected)).toThrow(
      'compare: got 377 values for an expected shape of [2, 3, 7, 9].',
    );
  });
});
