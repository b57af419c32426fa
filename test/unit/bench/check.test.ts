// Which outputs of a measured engine count as right.
import { describe, expect, it } from 'vitest';
import { expectedOf, grown, loosened, wrongness } from '../../../bench/runner/check.js';
import { operandsOf, relaid, toNhwc } from '../../../bench/shapes/operands.js';
import { parseShapes } from '../../../bench/shapes/parse.js';

const shape = parseShapes('a 5x4x3 -> 2 3x3 p1', 'list')[0]!;
const expected = expectedOf(shape, operandsOf(shape));
const right = Float32Array.from(expected.data);
const largest = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** The right values with one changed. */
function changed(by: number): Float32Array {
  const values = right.slice();
  values[7]! += by;
  return values;
}

describe('expectedOf', () => {
  const line = 'a 5x4x3 -> 2 3x3 s2x1 p1';
  const sumOf = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.from(a).reduce((sum, value, index) => sum + value * b[index]!, 0);

  it('gives the gradients with respect to either operand: adjoint to the convolution', () => {
    const [forward, ofInput, ofFilter] = [line, `${line} gradient input`, `${line} gradient filter`].map((text) => {
      const shape = parseShapes(text, 'list')[0]!;
      const operands = operandsOf(shape);
      return { operands, expected: expectedOf(shape, operands) };
    });
    const [y, dy] = [forward!.expected.data, ofInput!.operands.first.data];
    const { first: x, second: w } = forward!.operands;
    expect(ofInput!.expected.shape).toEqual(x.shape);
    expect(ofFilter!.expected.shape).toEqual(w.shape);
    expect(sumOf(ofInput!.expected.data, x.data)).toBeCloseTo(sumOf(y, dy), 10);
    expect(sumOf(ofFilter!.expected.data, w.data)).toBeCloseTo(sumOf(y, dy), 10);
  });

  it('is found right in the layout of other engines', () => {
    const shape = parseShapes(`${line} gradient filter`, 'list')[0]!;
    const gradient = expectedOf(shape, operandsOf(shape));
    const data = Float32Array.from(gradient.data);
    expect(wrongness(data, 'oihw', gradient)).toBeUndefined();
    const { data: hwio } = relaid({ data, shape: gradient.shape }, 'oihw', 'hwio');
    expect(wrongness(hwio, 'hwio', gradient)).toBeUndefined();
    expect(wrongness(hwio, 'oihw', gradient)).toBeDefined();
  });
});

describe('wrongness', () => {
  it('is none of right values, in either layout', () => {
    expect(wrongness(right, 'nchw', expected)).toBeUndefined();
    const nhwc = toNhwc({ data: right, shape: expected.shape }).data;
    expect(wrongness(nhwc, 'nhwc', expected)).toBeUndefined();
    expect(wrongness(nhwc, 'nchw', expected)).toBeDefined();
  });

  it('tells value, place and size of an error', () => {
    expect(wrongness(changed(1), 'nchw', expected)).toMatch(
      /^\S+ instead of \S+ at \[0, 0, 1, 3\], \S+ times the bound$/,
    );
  });

  it('counts the values', () => {
    expect(wrongness(new Float32Array(3), 'nchw', expected)).toBe('the output has 3 values instead of 40');
  });

  it('finds values that are no numbers', () => {
    expect(wrongness(changed(Number.NaN), 'nchw', loosened(expected))).toContain('NaN instead of');
  });
});

it('loosened allows a thousandth of the largest value, and no more', () => {
  expect(wrongness(changed(0.9e-3 * largest), 'nchw', expected)).toBeDefined();
  expect(wrongness(changed(0.9e-3 * largest), 'nchw', loosened(expected))).toBeUndefined();
  expect(wrongness(changed(1.2e-3 * largest), 'nchw', loosened(expected))).toBeDefined();
});

it('grown allows so many times the largest bound of the channel', () => {
  const most = expected.bound.slice(0, 20).reduce((a, b) => Math.max(a, b));
  expect(grown(expected, 1)).toBe(expected);
  expect(grown(expected, 8).bound[7]).toBe(8 * most);
  expect(grown(expected, 8).bound[25]).toBe(8 * expected.bound.slice(20).reduce((a, b) => Math.max(a, b)));
  expect(expected.bound[7]).toBeLessThanOrEqual(most);
});
