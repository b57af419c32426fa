// The transforms of fft: that the constants of the kernels are right, that the errors counted for a transform are none too few, and that
// the growth follows from them.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fft } from '../../../src/algorithms/fft.js';
import { fftGrowth, fftRoundings, TRANSFORM_ERRORS } from '../../../src/algorithms/fft-error.js';
import { fftTiles, POINTS, tileBands } from '../../../src/algorithms/fft-values.js';
import { type ConvProblem, conv2dProblem, convOutputShape, gathersOf } from '../../../src/problem/index.js';
import { magnitudeSums } from '../../../src/reference/conv.js';
import { GPU } from '../../support/devices.js';
import { fftSumErrors } from '../../support/fft-magnitudes.js';
import { randomValues } from '../../support/random.js';

const U = 2 ** -24;
const { fround } = Math;

/** Invocations of the dispatches of a run, by kernel. */
function invocations(problem: ConvProblem): Record<string, number> {
  const { run } = fft.design(problem, 'tile-64x64', { workspaceLimitBytes: 2 ** 27, device: GPU });
  const sums: Record<string, number> = {};
  for (const { kernel, work } of run) sums[kernel.name] = (sums[kernel.name] ?? 0) + work.invocations;
  return sums;
}

/** A complex number. */
type Complex = readonly [re: number, im: number];

const add = ([a, b]: Complex, [c, d]: Complex): Complex => [fround(a + c), fround(b + d)];
const subtract = ([a, b]: Complex, [c, d]: Complex): Complex => [fround(a - c), fround(b - d)];
const turnedBack = ([a, b]: Complex): Complex => [b, -a];
const times = ([a, b]: Complex, [c, d]: Complex): Complex => [
  fround(fround(a * c) - fround(b * d)),
  fround(fround(a * d) + fround(b * c)),
];

/** exp(−2πi·e / 64) */
function turnOf(e: number): Complex {
  return [Math.cos((2 * Math.PI * e) / POINTS), -Math.sin((2 * Math.PI * e) / POINTS)];
}

/** The transform as shaders/fft/points.wgsl computes it: butterflies of four, every operation rounded to f32. */
function transform(z: readonly Complex[]): Complex[] {
  if (z.length === 1) return [...z];
  const quarter = z.length / 4;
  const parts: Complex[][] = [[], [], [], []];
  for (let k = 0; k < quarter; k++) {
    const [a, b, c, d] = [0, 1, 2, 3].map((i) => z[k + i * quarter]!) as [Complex, Complex, Complex, Complex];
    const [even, odd, sum, back] = [add(a, c), subtract(a, c), add(b, d), turnedBack(subtract(b, d))];
    const results = [add(even, sum), add(odd, back), subtract(even, sum), subtract(odd, back)];
    for (const [j, result] of results.entries()) {
      const [re, im] = turnOf((j * k * POINTS) / z.length);
      parts[j]!.push(quarter === 1 || j === 0 ? result : times(result, [fround(re), fround(im)]));
    }
  }
  const done = parts.map(transform);
  return Array.from({ length: z.length }, (_, n) => done[n % 4]![Math.floor(n / 4)]!);
}

/** The transform by its definition. */
function exactTransform(z: readonly Complex[]): Complex[] {
  return Array.from({ length: POINTS }, (_, n) => {
    let [re, im] = [0, 0];
    for (const [k, [a, b]] of z.entries()) {
      const [c, s] = turnOf((k * n) % POINTS);
      re += a * c - b * s;
      im += a * s + b * c;
    }
    return [re, im];
  });
}

const norm = (z: readonly Complex[]) => Math.sqrt(z.reduce((sum, [a, b]) => sum + a * a + b * b, 0));

/** Error of a transform relative to its norm, in units of u. */
function errorOf(z: readonly Complex[]): number {
  const exact = exactTransform(z);
  const errors = transform(z).map(([a, b], n): Complex => [a - exact[n]![0], b - exact[n]![1]]);
  return norm(errors) / norm(exact) / U;
}

describe('the transform of 64 points', () => {
  const text = readFileSync(new URL('../../../shaders/fft/turns.wgsl', import.meta.url), 'utf8');
  const constants = [...text.matchAll(/\/\/ e = ([\d, ]+)\nconst (\w+) = mat4x2f\(([^)]*)\)/g)];

  it('has constants that are the nearest f32 to exp(−2πi·e / 64), at the exponents of its passes', () => {
    expect(constants).toHaveLength(15);
    for (const [, exponents, name, values] of constants) {
      const given = values!.split(',').map((value) => fround(Number(value)));
      const list = exponents!.split(',').map(Number);
      const [pass, factor, quarter] = /^(TURN|QUARTER)_(\d)(?:_(\d))?$/.exec(name!)!.slice(1);
      const expected =
        pass === 'TURN'
          ? [0, 1, 2, 3].map((i) => Number(factor) * (4 * Number(quarter) + i))
          : [0, 1, 2, 3].map((i) => 4 * Number(factor) * i);
      expect(list, name).toEqual(expected);
      for (const [index, e] of list.entries()) {
        // cos of multiples of a quarter turn is not quite 0 in float64
        const [re, im] = turnOf(e).map((value) => fround(Math.abs(value) < 1e-15 ? 0 : value));
        expect([given[2 * index]! - re!, given[2 * index + 1]! - im!], `${name}, ${e}`).toEqual([0, 0]);
      }
    }
  });

  it('is off by no more than its passes are counted to add, and by a part of it', () => {
    let worst = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const values = randomValues(2 * POINTS, seed);
      // dense data, and data that stands at a few points, where no errors average out
      const keep = seed % 3 === 0 ? 1 : 1 + (seed % POINTS);
      const z = Array.from(
        { length: POINTS },
        (_, k): Complex => (k % keep === 0 ? [values[2 * k]!, values[2 * k + 1]!] : [0, 0]),
      );
      worst = Math.max(worst, errorOf(z));
    }
    expect(worst).toBeLessThan(TRANSFORM_ERRORS.points);
    expect(worst).toBeGreaterThan(1);
  });

  it('adds two roundings a pass, and a product with a rounded number between passes: 11.9', () => {
    expect(TRANSFORM_ERRORS.points).toBeCloseTo(3 * 2 + 2 * 2.9432, 3);
  });

  it('multiplies with numbers that are off by u/√2 at most', () => {
    for (let e = 0; e < POINTS; e++) {
      const [re, im] = turnOf(e);
      expect(Math.hypot(fround(re) - re, fround(im) - im)).toBeLessThanOrEqual(U * Math.SQRT1_2);
    }
  });
});

describe('the growth of errors', () => {
  it.each([
    [1, 31, 7.99],
    [1, 15, 28.14],
    [16, 31, 2.37],
    [64, 15, 6.28],
  ])('of %i channels and filters as many rows as columns, %i, is %f', (channels, size, growth) => {
    const problem = conv2dProblem({ inputShape: [1, channels, 64, 64], filterShape: [2, channels, size, size] });
    expect(fft.errorGrowth!(problem, 'tile-64x64')).toBeCloseTo(growth, 2);
  });

  it('is above 1 whatever the channels, so that strict accuracy never allows it', () => {
    for (let channels = 1; channels < 500; channels++) {
      const problem = conv2dProblem({ inputShape: [1, channels, 40, 40], filterShape: [1, channels, 32, 32] });
      expect(fftGrowth(problem)).toBeGreaterThan(1);
    }
  });

  it.each([
    ['random values', 1],
    ['a flat filter on single points, a filter apart', 31],
  ])('bounds what the norms of a tile are by the direct sums around it: %s', (_, apart) => {
    const size = 34 + 30; // one tile
    const given = { inputShape: [1, 2, size, size], filterShape: [1, 2, 31, 31] };
    const problem = conv2dProblem(given);
    const wider = conv2dProblem({ ...given, padding: 30 });
    const random = (count: number, seed: number) => randomValues(count, seed).map((value) => value || 1);
    const input = random(2 * size * size, 1).map((value, index) => {
      const [row, column] = [Math.floor(index / size) % size, index % size];
      if (apart === 1) return value;
      return row % apart === 0 && column % apart === 0 ? 1 : 0;
    });
    const filter = apart === 1 ? random(2 * 31 * 31, 2) : new Float32Array(2 * 31 * 31).fill(1);
    const { magnitudes } = fftSumErrors(problem, { input, filter });
    const largest = magnitudeSums(wider, input, filter).reduce((most, sum) => Math.max(most, sum), 0);
    const reach = Math.sqrt(2) * (POINTS + 30);
    const ratio = magnitudes[0]! / largest / reach;
    expect(ratio).toBeLessThanOrEqual(1);
    // the second is two thirds of the worst case, as both channels meet at the same outputs
    if (apart !== 1) expect(ratio).toBeGreaterThan(0.65);
  });

  it('counts a rounding more for each channel', () => {
    const of = (inputChannels: number) => fftRoundings({ inputChannels, groups: 1 });
    expect(of(17) - of(1)).toBeCloseTo(16, 10);
    expect(of(1)).toBeCloseTo(24.77 + 22.77 + 2.24 + 11.89 + Math.SQRT2 * 12.89 + 2, 1);
  });
});

describe('tiles', () => {
  const problem = conv2dProblem({ inputShape: [3, 2, 100, 40], filterShape: [5, 2, 31, 9] });

  it('have as many outputs as a filter leaves room for', () => {
    expect(convOutputShape(problem)).toEqual([3, 5, 70, 32]);
    expect(fftTiles(problem, gathersOf(problem)[0]!)).toEqual({
      stepRows: 34,
      stepColumns: 56,
      tileRows: 3,
      tileColumns: 1,
      tiles: 9,
    });
  });

  it('take transforms of pairs of rows and of columns there and back, and products of 33·64 frequencies', () => {
    const planes = conv2dProblem({ inputShape: [1, 3, 512, 512], filterShape: [3, 1, 31, 31], padding: 15, groups: 3 });
    expect(invocations(planes)).toEqual({
      fft_input_f32: 16 * 16 * 3 * 32,
      fft_depthwise_f32: 16 * 16 * 3 * 33, // there and back
      fft_output_f32: 16 * 16 * 3 * 17,
    });
    expect(invocations(problem)).toEqual({
      fft_input_f32: 9 * 2 * 32,
      fft_columns_f32: 9 * (2 + 5) * 33,
      fft_products_f32: 33 * 32 * Math.ceil(9 / 4) * Math.ceil(5 / 4), // two frequencies of four tiles and filters
      fft_output_f32: 9 * 5 * 17,
    });
  });

  it('are divided into bands of nearly equal size', () => {
    const tileBytes = 7 * 33 * 64 * 8;
    expect(tileBands(problem, 9, 9 * tileBytes)).toEqual([{ first: 0, count: 9 }]);
    expect(tileBands(problem, 9, 5 * tileBytes)).toEqual([
      { first: 0, count: 5 },
      { first: 5, count: 4 },
    ]);
    expect(tileBands(problem, 9, 4 * tileBytes).map(({ count }) => count)).toEqual([3, 3, 3]);
    expect(() => tileBands(problem, 9, tileBytes - 1)).toThrow(/the spectra of one tile take 118272 bytes/);
  });
});
