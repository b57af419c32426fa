// Random numbers: pinned, so that a seed means the same weights for ever, and of the distributions that they are said to have.
import { describe, expect, it } from 'vitest';
import { initialWeights } from '../../../src/training/initial-weights.js';
import { naturalLogarithm, seededRandom } from '../../../src/training/random.js';

function moments(values: ArrayLike<number>) {
  const numbers = Array.from(values);
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const variance = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length;
  return { mean, variance };
}

describe('naturalLogarithm', () => {
  it('is within two ULP of ln, near 1 and far from it', () => {
    for (const x of [2 ** -1000, 1e-9, 0.5, Math.SQRT1_2, 0.999999, 1, 1.000001, Math.SQRT2, 1.5, 10, 1e300]) {
      const exact = Math.log(x);
      expect(Math.abs(naturalLogarithm(x) - exact)).toBeLessThanOrEqual(4.5e-16 * Math.abs(exact));
    }
  });
});

describe('seededRandom', () => {
  it('computes xoshiro128** as published', () => {
    // straight from the definition, in arbitrary precision
    const word = (value: bigint) => BigInt.asUintN(32, value);
    const rotate = (value: bigint, bits: bigint) => word((value << bits) | (value >> (32n - bits)));
    let counter = 7n;
    const fill = () => {
      counter = word(counter + 0x9e3779b9n);
      let z = counter;
      z = word((z ^ (z >> 16n)) * 0x85ebca6bn);
      z = word((z ^ (z >> 13n)) * 0xc2b2ae35n);
      return z ^ (z >> 16n);
    };
    const state = [fill(), fill(), fill(), fill()] as [bigint, bigint, bigint, bigint];
    const next = () => {
      const result = word(rotate(word(state[1] * 5n), 7n) * 9n);
      const shifted = word(state[1] << 9n);
      state[2] ^= state[0];
      state[3] ^= state[1];
      state[1] ^= state[2];
      state[0] ^= state[3];
      state[2] ^= shifted;
      state[3] = rotate(state[3], 11n);
      return Number(result) / 2 ** 32;
    };
    const random = seededRandom(7);
    for (let draw = 0; draw < 1000; draw++) expect(random.uniform()).toBe(next());
  });

  it('gives the same numbers for a seed, others for another', () => {
    const draw = (seed: number) => {
      const random = seededRandom(seed);
      return Array.from({ length: 6 }, (_, index) => (index % 2 ? random.normal() : random.uniform()));
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    expect(draw(-1)).toEqual(draw(2 ** 32 - 1));
  });

  it('draws uniform and normal numbers', () => {
    const random = seededRandom(3);
    const uniform = Float64Array.from({ length: 40_000 }, random.uniform);
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...uniform)).toBeLessThan(1);
    const normal = Float64Array.from({ length: 40_000 }, random.normal);
    // five standard errors: √(σ² / n) of a mean, √((κ − 1)/n)·σ² of a variance
    expect(Math.abs(moments(uniform).mean - 1 / 2)).toBeLessThan(5 * Math.sqrt(1 / 12 / 40_000));
    expect(Math.abs(moments(uniform).variance - 1 / 12)).toBeLessThan((5 * Math.sqrt(0.8 / 40_000)) / 12);
    expect(Math.abs(moments(normal).mean)).toBeLessThan(5 / 200);
    expect(Math.abs(moments(normal).variance - 1)).toBeLessThan(5 * Math.sqrt(2 / 40_000));
    const within = normal.filter((value) => Math.abs(value) < 1).length / 40_000;
    expect(Math.abs(within - 0.6827)).toBeLessThan(5 * Math.sqrt((0.6827 * 0.3173) / 40_000));
  });
});

describe('initialWeights', () => {
  it.each([
    ['heNormal', 2 / 50],
    ['heUniform', 2 / 50],
    ['glorotNormal', 2 / 80],
    ['glorotUniform', 2 / 80],
  ] as const)('%s has the variance %f for a fan-in of 50 and a fan-out of 30', (rule, variance) => {
    const weights = initialWeights(seededRandom(11), rule, 20_000, { fanIn: 50, fanOut: 30 });
    expect(weights).toBeInstanceOf(Float32Array);
    expect(Math.abs(moments(weights).mean)).toBeLessThan(5 * Math.sqrt(variance / 20_000));
    expect(Math.abs(moments(weights).variance / variance - 1)).toBeLessThan(5 * Math.sqrt(2 / 20_000));
    const most = Math.max(...weights.map(Math.abs));
    if (rule.endsWith('Uniform')) expect(most).toBeLessThanOrEqual(Math.fround(Math.sqrt(3 * variance)));
    else expect(most).toBeGreaterThan(3 * Math.sqrt(variance));
  });
});
