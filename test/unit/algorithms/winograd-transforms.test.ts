// The transforms of Winograd: that they convolve, and that the growth of their errors is what follows from them.
import { describe, expect, it } from 'vitest';
import { winograd } from '../../../src/algorithms/winograd.js';
import { channelRoundings } from '../../../src/algorithms/winograd-errors.js';
import { F2, F4, productsOf, UNTRANSFORMED } from '../../../src/algorithms/winograd-transforms.js';
import { conv2dProblem, convOutputShape, elementCount } from '../../../src/problem/index.js';
import { magnitudeSums } from '../../../src/reference/conv.js';
import { randomValues } from '../../support/random.js';
import { axisFactors, growthOf, winogradErrors } from '../../support/winograd/errors.js';
import { winogradSumErrors } from '../../support/winograd/magnitudes.js';
import { type EvaluatedTransform, evaluated } from '../../support/winograd/transforms.js';

/** A binary fraction with at most 20 places, as an integer over 2^20. */
function scaled(value: number): bigint {
  const integer = value * 2 ** 20;
  expect(Number.isInteger(integer), `${value} is a short binary fraction`).toBe(true);
  return BigInt(integer);
}

describe.each([
  ['F(2, 3)', F2, [0, 1, -1]],
  ['F(4, 3)', F4, [0, 5 / 8, -5 / 8, 13 / 8, -13 / 8]],
] as const)('%s', (_, transform, points) => {
  const { tile } = transform;
  const steps = evaluated(transform);
  const [output, filter, input] = [steps.output.matrix, steps.filter.matrix, steps.input.matrix];

  it('convolves exactly: the product of tap j and input i belongs to output i − j', () => {
    // Aᵀ and Bᵀ are exact; the rows of G are (1, p, p²) over an exact divisor, which may be any nonzero multiple of the one here
    const rows = [...points.map((p) => [1, p, p * p]), [0, 0, 1]];
    const divisors = filter.map((row, x) => rows[x]!.findLast((value) => value !== 0)! / row.findLast((v) => v !== 0)!);
    const exact = divisors.map((divisor) => Math.round(divisor * 2 ** 20) / 2 ** 20);
    for (const [x, divisor] of divisors.entries()) {
      expect(Math.abs(divisor - exact[x]!)).toBeLessThan(1e-14);
      for (const [j, value] of filter[x]!.entries()) expect(value).toBeCloseTo(rows[x]![j]! / exact[x]!, 15);
    }
    const integers = exact.map(scaled);
    const all = integers.reduce((product, divisor) => product * divisor, 1n);
    for (let o = 0; o < tile; o++)
      for (let i = 0; i < tile + 2; i++)
        for (let j = 0; j < 3; j++) {
          const sum = rows.reduce(
            (total, row, x) =>
              total + (scaled(output[o]![x]!) * scaled(row[j]!) * scaled(input[x]![i]!) * all) / integers[x]!,
            0n,
          );
          const one = 1n << 40n; // three numbers over 2^20, and a divisor
          expect(sum, `output ${o}, input ${i}, tap ${j}`).toBe(i - j === o ? all * one : 0n);
        }
  });

  it('has constants that f32 holds, but in G', () => {
    for (const value of [...output, ...input].flat()) expect(Math.fround(value)).toBe(value);
  });
});

describe('the growth of errors', () => {
  it.each([
    ['F(1, 1)', UNTRANSFORMED],
    ['F(2, 3)', F2],
    ['F(4, 3)', F4],
  ])('of %s is stated as it follows from the steps', (_, transform) => {
    const steps = evaluated(transform);
    const { products, before, after, exact } = axisFactors(steps);
    expect(
      [growthOf(products), growthOf(before), growthOf(after), growthOf(exact)].map((value) => value.toFixed(9)),
    ).toEqual(
      [transform.growth.products, transform.growth.before, transform.growth.after, 1].map((value) => value.toFixed(9)),
    );
    expect(transform.longest).toBe(steps.input.longest + steps.filter.longest + steps.output.longest);
    expect([transform.tile, transform.taps]).toEqual([steps.tile, steps.taps]);
    expect(steps.input.matrix.length).toBe(productsOf(transform));
  });

  it('along an axis is 5 for F(2, 3), worked out by hand', () => {
    // output 0 is m0 + m1 + m2: products d·g that belong to the outputs −1, 0 and 1 weigh at most 1 there (½ from m1 and from m2), and
    // d2·g0, which belongs to output 2, weighs 2 (1 from m0, too)
    expect(growthOf(axisFactors(evaluated(F2)).products)).toBe(5);
  });

  it('counts the operations of F(2, 3), worked out by hand', () => {
    const { before, after, exact } = axisFactors(evaluated(F2));
    // output 0 = m0 + (m1 + m2). m1 + m2 = (g0 + g2) d2 / … = d1·g1 + d2·(g0 + g2), rounded once; the whole, which is output 0, once more:
    // d1·g1 twice, d0·g0 once, d2·g2 twice, d2·g0 once (it is not in the whole)
    expect(after[0]!.slice(0, 3)).toEqual([
      [1, 0, 0],
      [0, 2, 0],
      [1, 0, 2],
    ]);
    // d0 − d2 is rounded in V0, which output 0 has g0 times; no other value of the input transform has d0
    expect(before[0]![0]).toEqual([1, 0, 0]);
    expect(growthOf(exact)).toBe(1);
  });

  it('is 14 for F(4, 3), and would be 31 from the points 0, ±1, ±2', () => {
    expect(growthOf(axisFactors(evaluated(F4)).products)).toBeCloseTo(14.0136, 4);
    const matrixOf = (matrix: readonly (readonly number[])[]) => ({ matrix, errors: [], longest: 0 });
    const usual: EvaluatedTransform = {
      ...{ tile: 4, taps: 3 },
      output: matrixOf([
        [1, 1, 1, 1, 1, 0],
        [0, 1, -1, 2, -2, 0],
        [0, 1, 1, 4, 4, 0],
        [0, 1, -1, 8, -8, 1],
      ]),
      filter: matrixOf([
        [1 / 4, 0, 0],
        [-1 / 6, -1 / 6, -1 / 6],
        [-1 / 6, 1 / 6, -1 / 6],
        [1 / 24, 1 / 12, 1 / 6],
        [1 / 24, -1 / 12, 1 / 6],
        [0, 0, 1],
      ]),
      input: matrixOf([
        [4, 0, -5, 0, 1, 0],
        [0, -4, -4, 1, 1, 0],
        [0, 4, -4, -1, 1, 0],
        [0, -2, -1, 2, 1, 0],
        [0, 2, -1, -2, 1, 0],
        [0, 4, 0, -5, 0, 1],
      ]),
    };
    expect(growthOf(axisFactors(usual).products)).toBeCloseTo(31, 10);
  });

  it.each([
    [16, 1.61, 15.51],
    [64, 1.01, 7.995],
    [512, 1.01, 5.774],
  ])('of %i channels is %f and %f', (channels, f2, f4) => {
    const problem = conv2dProblem({ inputShape: [1, channels, 8, 8], filterShape: [16, channels, 3, 3] });
    const growth = (variant: string) => winograd.errorGrowth!(problem, variant);
    expect(growth('f2x2-register-16x8')).toBeCloseTo(f2, 2);
    expect(growth('f2x2-workgroup-64x64')).toBe(growth('f2x2-register-16x8'));
    expect(growth('f4x4-register-16x8')).toBeCloseTo(f4, 3 - Math.floor(Math.log10(f4)));
  });

  it('bounds what the transforms make of any data: the errors of a tile by those of direct sums around it', () => {
    const given = { inputShape: [2, 3, 9, 11], filterShape: [4, 3, 3, 3] };
    const problem = conv2dProblem({ ...given, padding: 1 });
    // what a larger padding would have put out: two places before a tile, and five after its first place
    const wider = conv2dProblem({
      ...given,
      padding: [
        [3, 8],
        [3, 8],
      ],
    });
    const data = { input: randomValues(2 * 3 * 9 * 11, 1), filter: randomValues(4 * 3 * 9, 2) };
    const around = magnitudeSums(wider, data.input, data.filter);
    const [, , rows, columns] = convOutputShape(problem) as [number, number, number, number];
    const [, , , pitch] = convOutputShape(wider) as [number, number, number, number];
    for (const transform of [F2, F4]) {
      const { magnitudes } = winogradSumErrors(problem, data, [transform, transform]);
      const { tile } = transform;
      const growth = winogradErrors(problem, [transform, transform]).reduce(
        (sum, [count, p, q]) => sum + count * growthOf(p) * growthOf(q),
        0,
      );
      let [tightest, worst] = [0, 0];
      for (let plane = 0; plane < 2 * 4; plane++)
        for (let p = 0; p < rows; p++)
          for (let q = 0; q < columns; q++) {
            const [top, left] = [p - (p % tile), q - (q % tile)];
            let largest = 0;
            for (let h = top; h < top + tile + 4; h++)
              for (let v = left; v < left + tile + 4; v++)
                largest = Math.max(
                  largest,
                  around[plane * elementCount([pitch + rows - columns, pitch]) + h * pitch + v]!,
                );
            const ratio = magnitudes[(plane * rows + p) * columns + q]! / largest;
            worst = Math.max(worst, ratio);
            tightest = Math.max(tightest, ratio / growth);
          }
      expect(tightest).toBeLessThanOrEqual(1);
      expect(worst).toBeGreaterThan(1); // or the growth would say nothing
    }
  });

  it('counts one rounding for four channels, and two for their sum in pairs', () => {
    expect([1, 2, 4, 5, 64, 66].map(channelRoundings)).toEqual([3, 3, 3, 4, 18, 19]);
  });
});
