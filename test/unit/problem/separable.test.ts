// Filters that are products of a column and a row, and those that are not.
import { describe, expect, it } from 'vitest';
import { conv1dProblem, conv2dProblem, isSeparableFilter, withSeparableFilter } from '../../../src/problem/index.js';
import { randomValues } from '../../support/random.js';

/** Rows and columns of one filter of one channel. */
function isSeparable(values: readonly number[] | Float32Array, rows: number, columns: number): boolean {
  const problem = conv2dProblem({ inputShape: [1, 1, 40, 40], filterShape: [1, 1, rows, columns] });
  return isSeparableFilter(problem, values);
}

const outer = (column: ArrayLike<number>, row: ArrayLike<number>) =>
  Float32Array.from({ length: column.length * row.length }, (_, at) => {
    return column[Math.floor(at / row.length)]! * row[at % row.length]!;
  });

describe('isSeparableFilter', () => {
  it('knows the filters of textbooks', () => {
    const laplacian = [0, 1, 0, 1, -4, 1, 0, 1, 0];
    expect(isSeparable([1, 0, -1, 2, 0, -2, 1, 0, -1], 3, 3), 'Sobel').toBe(true);
    expect(isSeparable(new Float32Array(49).fill(Math.fround(1 / 49)), 7, 7), 'box').toBe(true);
    expect(isSeparable([1, 2, 3, 2, 4, 6], 2, 3), 'a product').toBe(true);
    expect(isSeparable([1, 2, 3, 2, 4, 7], 2, 3), 'no product').toBe(false);
    expect(isSeparable(laplacian, 3, 3), 'Laplacian').toBe(false);
    expect(isSeparable(new Float32Array(9), 3, 3), 'nothing').toBe(true);
    expect(isSeparable([5], 1, 1), 'one tap').toBe(true);
  });

  it('takes products that were rounded, whatever the factors, and none that were rounded to half', () => {
    for (let seed = 1; seed < 200; seed++) {
      const [column, row] = [randomValues(9, seed), randomValues(13, seed + 1000)];
      expect(isSeparable(outer(column, row), 9, 13), `seed ${seed}`).toBe(true);
    }
    const gaussian = Float64Array.from({ length: 31 }, (_, x) => Math.exp(-((x - 15) ** 2) / 50));
    const sum = outer(gaussian, gaussian).reduce((total, value) => total + value, 0);
    const normalised = outer(gaussian, gaussian).map((value) => value / sum);
    expect(isSeparable(normalised, 31, 31)).toBe(true);
    normalised[200]! *= 1 + 2 ** -19;
    expect(isSeparable(normalised, 31, 31)).toBe(false);
  });

  it('refuses what would be flushed to zero, and what is not finite', () => {
    expect(isSeparable([1, 2 ** -60, 2 ** -60, 2 ** -120], 2, 2)).toBe(true);
    expect(isSeparable([1, 1, 2 ** -110, 2 ** -110], 2, 2)).toBe(false);
    expect(isSeparable([2 ** -110, 2 ** -110], 1, 2)).toBe(false);
    expect(isSeparable([1, 0, 0, 2 ** -140], 2, 2), 'a weight where the product is 0').toBe(false);
    expect(isSeparable([1, Number.POSITIVE_INFINITY], 1, 2)).toBe(false);
    expect(isSeparable([1, Number.NaN], 1, 2)).toBe(false);
  });

  it('looks at every filter of any layout', () => {
    const [products, other] = [outer([1, 2, 3], [4, 5, 6]), Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1)];
    const given = { inputShape: [1, 4, 9, 2], groups: 2, inputLayout: 'nhwc', filterLayout: 'hwio' } as const;
    const problem = conv2dProblem({ ...given, filterShape: [3, 3, 1, 2] });
    const values = (second: Float32Array) =>
      Float32Array.from({ length: 18 }, (_, at) => [products, second][at % 2]![Math.floor(at / 2)]!);
    expect(isSeparableFilter(problem, values(products))).toBe(true);
    expect(isSeparableFilter(problem, values(other))).toBe(false);
    expect(isSeparableFilter(conv1dProblem({ inputShape: [1, 1, 9], filterShape: [1, 1, 1] }), [1])).toBe(false);
  });
});

describe('withSeparableFilter', () => {
  it('adds a fact, and changes nothing else', () => {
    const problem = conv2dProblem({ inputShape: [1, 1, 9, 9], filterShape: [1, 1, 5, 5] });
    expect(problem.filterIsSeparable).toBe(false);
    expect(withSeparableFilter(problem)).toEqual({ ...problem, filterIsSeparable: true });
  });
});
