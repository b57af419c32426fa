import { describe, expect, it } from 'vitest';
import { halfBits, halfValue, roundToHalf } from '../../../src/problem/index.js';

describe('half precision', () => {
  it('converts all 65,536 numbers there and back', () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = halfValue(bits);
      if (Number.isNaN(value)) expect(Number.isNaN(halfValue(halfBits(value)))).toBe(true);
      else if (halfBits(value) !== bits) expect(`${bits} → ${value} → ${halfBits(value)}`).toBe('');
    }
  });

  it('rounds to nearest, ties to even, also between subnormal numbers', () => {
    for (let bits = 0; bits < 0x7bff; bits++) {
      const [low, high] = [halfValue(bits), halfValue(bits + 1)];
      const middle = (low + high) / 2;
      const even = bits % 2 === 0 ? low : high;
      if (roundToHalf(middle) !== even) expect(`${middle} rounds to ${roundToHalf(middle)}`).toBe(`${even}`);
      const above = Math.fround(middle * (1 + 2 ** -20));
      if (roundToHalf(above) !== high) expect(`${above} rounds to ${roundToHalf(above)}`).toBe(`${high}`);
      if (roundToHalf(-middle) !== -even) expect(-middle).toBe(-even);
    }
  });

  it.each([
    [65504, 65504],
    [65519.99, 65504],
    [65520, Number.POSITIVE_INFINITY],
    [-1e30, Number.NEGATIVE_INFINITY],
    [1e-30, 0],
    [2 ** -25, 0],
    [2 ** -25 * 1.001, 2 ** -24],
    [2049, 2048],
    [2051, 2052],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ])('rounds %d to %d', (value, rounded) => expect(roundToHalf(value)).toBe(rounded));

  it('keeps the sign of zero, and NaN', () => {
    expect(Object.is(roundToHalf(-0), -0)).toBe(true);
    expect(roundToHalf(Number.NaN)).toBeNaN();
  });
});
