import { describe, expect, it } from 'vitest';
import {
  compare,
  expectedAveragePool2d,
  expectedConv1d,
  expectedConv2d,
  expectedConv3d,
  expectedConvTranspose1d,
  expectedConvTranspose2d,
  expectedConvTranspose3d,
  expectedL2Pool1d,
  expectedMaxPool2d,
  type ReferenceConvOptions,
} from 'webgpu-conv/reference';
import { roundToHalf } from '../../../src/problem/index.js';
import { randomValues } from '../../support/random.js';
import { counting, tensor } from './tensors.js';

const input = tensor(randomValues(2 * 5 * 9 * 11, 1), 2, 5, 9, 11);
const filter = tensor(randomValues(3 * 5 * 3 * 3, 2), 3, 5, 3, 3);
const bias = randomValues(3, 3);
const scale = randomValues(3, 4).map((value) => 3 * value);
const shift = randomValues(3, 5);
const residual = tensor(randomValues(2 * 3 * 7 * 9, 6), 2, 3, 7, 9);
const u = 2 ** -24;
const f = Math.fround;

/** Products of the input and filter for an output, and of their magnitudes. */
function* products(n: number, k: number, p: number, q: number): Generator<number> {
  for (let r = 2; r >= 0; r--)
    for (let s = 2; s >= 0; s--)
      for (let c = 4; c >= 0; c--)
        yield input.data[((n * 5 + c) * 9 + p + r) * 11 + q + s]! * filter.data[((k * 5 + c) * 3 + r) * 3 + s]!;
}

/** The same convolution in f32 throughout, summed in an order of its own; with scale, shift and residual as the kernels apply them. */
function conv2dInF32(isScaled = false): Float32Array {
  const y = new Float32Array(2 * 3 * 7 * 9);
  let index = 0;
  for (let n = 0; n < 2; n++)
    for (let k = 0; k < 3; k++)
      for (let p = 0; p < 7; p++)
        for (let q = 0; q < 9; q++) {
          let sum = isScaled ? 0 : bias[k]!;
          for (const product of products(n, k, p, q)) sum = f(sum + f(product));
          const offset = f(f(bias[k]! * scale[k]!) + shift[k]!);
          y[index] = isScaled ? f(f(f(sum * scale[k]!) + offset) + residual.data[index]!) : sum;
          index++;
        }
  return y;
}

describe('expectedConv2d', () => {
  const expected = expectedConv2d(input, filter, { bias });

  it('bounds the error by (D + 2) · 2^-24 · (|w| ∗ |x| + |b|), worked out at one output', () => {
    let magnitude = Math.abs(bias[2]!);
    for (const product of products(1, 2, 6, 8)) magnitude += Math.abs(product); // the last of all outputs
    expect(expected.bound.at(-1)).toBeCloseTo((45 + 2) * u * magnitude, 18);
  });

  it('holds for a sum in f32, and is used to a good part', () => {
    const comparison = compare(conv2dInF32(), expected);
    expect(comparison.ok).toBe(true);
    expect(comparison.errorBoundUnits).toBeGreaterThan(0.01);
  });

  it('adds the roundings of scale, shift and residual, worked out at one output', () => {
    const scaled = expectedConv2d(input, filter, { bias, scale, shift, residual });
    const [b, c, h, r] = [bias[2]!, scale[2]!, shift[2]!, residual.data[residual.data.length - 1]!];
    let [sum, magnitude] = [0, 0];
    for (const product of products(1, 2, 6, 8)) {
      sum += product;
      magnitude += Math.abs(product);
    }
    const error = (45 + 2) * u * (magnitude + Math.abs(b));
    const terms = (Math.abs(sum) + error + Math.abs(b)) * Math.abs(c) + Math.abs(h) + Math.abs(r);
    expect(scaled.data.at(-1)).toBeCloseTo((sum + b) * c + h + r, 12);
    expect(scaled.bound.at(-1)).toBeCloseTo(Math.abs(c) * error + 6 * u * terms, 18);
    const comparison = compare(conv2dInF32(true), scaled);
    expect(comparison.ok).toBe(true);
    expect(comparison.errorBoundUnits).toBeGreaterThan(0.01);
  });

  it('is what came in or nothing after relu, a quarter and more after the sigmoid', () => {
    const relu = expectedConv2d(input, filter, { bias, activation: 'relu' });
    for (const [index, value] of expected.data.entries()) {
      const bound = expected.bound[index]!;
      if (Math.abs(value) > bound) expect(Math.abs(relu.bound[index]! - (value > 0 ? bound : 0))).toBeLessThan(1e-15);
    }
    const sigmoid = expectedConv2d(input, filter, { bias, activation: 'sigmoid' });
    expect(sigmoid.bound[0]).toBeLessThan(expected.bound[0]! / 4 + 2 ** -20);
    expect(sigmoid.bound[0]).toBeGreaterThan(0);
  });

  it('counts the magnitude of a constant in the padding', () => {
    const one = (paddingMode: number) =>
      expectedConv2d(tensor([1], 1, 1, 1, 1), tensor([1, 1], 1, 1, 1, 2), { padding: [0, [1, 0]], paddingMode })
        .bound[0]!;
    expect(one(-3)).toBeCloseTo(4 * u * (1 + 3), 18);
    expect(one(0)).toBeCloseTo(4 * u, 18);
  });
});

describe('the other expectations', () => {
  it('of convolutions of other ranks are those of the same sums', () => {
    const [x, w] = [randomValues(12, 1), randomValues(6, 2)];
    const one = expectedConv1d(tensor(x, 1, 2, 6), tensor(w, 1, 2, 3));
    const two = expectedConv2d(tensor(x, 1, 2, 1, 6), tensor(w, 1, 2, 1, 3));
    const three = expectedConv3d(tensor(x, 1, 2, 1, 6, 1), tensor(w, 1, 2, 1, 3, 1));
    expect(one.data).toEqual(two.data);
    expect(one.bound).toEqual(two.bound);
    expect(three.bound).toEqual(two.bound);
    expect(three.shape).toEqual([1, 1, 1, 4, 1]);
  });

  it('of transposed convolutions count the taps of a phase', () => {
    const [x, w] = [
      [1, 1, 1],
      [1, 1, 1],
    ];
    const one = expectedConvTranspose1d(tensor(x, 1, 1, 3), tensor(w, 1, 1, 3), { strides: 2 });
    // of three taps an output meets two at most; output 2 meets two, output 1 one
    expect(one.bound[2]).toBeCloseTo((2 + 2) * u * 2, 18);
    expect(one.bound[1]).toBeCloseTo((2 + 2) * u * 1, 18);
    const two = expectedConvTranspose2d(tensor(x, 1, 1, 1, 3), tensor(w, 1, 1, 1, 3), { strides: [1, 2] });
    const three = expectedConvTranspose3d(tensor(x, 1, 1, 1, 3, 1), tensor(w, 1, 1, 1, 3, 1), { strides: [1, 2, 1] });
    expect(two.bound).toEqual(one.bound);
    expect(three.bound).toEqual(one.bound);
  });

  it('of a maximum is exact; of a mean and of a root it has the roundings of sum, division and root', () => {
    expect([...expectedMaxPool2d(counting(1, 1, 2, 2)).bound]).toEqual([0]);
    const mean = expectedAveragePool2d(tensor([1, -2, 3, -4], 1, 1, 2, 2));
    expect(mean.data[0]).toBe(-0.5);
    expect(mean.bound[0]).toBeCloseTo((4 + 2 + 6) * u * 2.5, 18);
    const root = expectedL2Pool1d(tensor([3, 4], 1, 1, 2));
    expect(root.bound[0]).toBeCloseTo(((2 + 2) / 2 + 9) * u * 5, 8);
    const flushed = expectedL2Pool1d(tensor([1e-20, 0], 1, 1, 2)); // the square is less than the smallest f32
    expect(compare([0], flushed).ok).toBe(true);
  });

  it('of a mean holds for f32, at an edge, too', () => {
    const values = randomValues(64, 9);
    const expected = expectedAveragePool2d(tensor(values, 1, 1, 8, 8), { windowDimensions: 3, strides: 1, padding: 1 });
    const actual = expected.data.map((_, index) => {
      const [p, q] = [Math.floor(index / 8), index % 8];
      let [sum, count] = [0, 0];
      for (let h = Math.max(0, p - 1); h <= Math.min(7, p + 1); h++)
        for (let v = Math.max(0, q - 1); v <= Math.min(7, q + 1); v++) {
          sum = f(sum + values[h * 8 + v]!);
          count++;
        }
      return f(sum * f(1 / count));
    });
    const comparison = compare(actual, expected);
    expect(comparison.ok).toBe(true);
    expect(comparison.errorBoundUnits).toBeGreaterThan(0.01);
  });
});

describe('expectations stored in half precision', () => {
  const half = (value: number, options: ReferenceConvOptions<1> = {}) =>
    expectedConv1d(tensor([value], 1, 1, 1), tensor([1], 1, 1, 1), {
      dtype: 'float16',
      filterDtype: 'float32',
      ...options,
    });

  it('are rounded, and exact where no error can change the rounding', () => {
    const expected = half(3, { bias: [1 / 3] });
    expect(expected.data[0]).toBe(roundToHalf(3 + 1 / 3));
    expect(expected.bound[0]).toBe(0);
    expect(compare([roundToHalf(3 + 1 / 3)], expected).ok).toBe(true);
    expect(compare([roundToHalf(3 + 1 / 3) + 2 ** -9], expected).ok).toBe(false);
  });

  it('accept both neighbours of a value half-way between them, and no others', () => {
    const expected = half(2, { bias: [2 ** -10] }); // between 2 and 2 + 2^-9
    expect(expected.bound[0]).toBe(2 ** -9);
    expect(compare([2], expected).ok).toBe(true);
    expect(compare([2 + 2 ** -9], expected).ok).toBe(true);
    expect(compare([2 + 2 ** -8], expected).ok).toBe(false);
  });

  const overflow = (bias: number) => half(0, { bias: [bias] });
  it('are infinite where they certainly overflow', () => {
    const expected = overflow(-70000);
    expect(expected.data[0]).toBe(Number.NEGATIVE_INFINITY);
    expect(compare([Number.NEGATIVE_INFINITY], expected).ok).toBe(true);
    expect(compare([-65504], expected).ok).toBe(false);
    expect(compare([Number.POSITIVE_INFINITY], expected).ok).toBe(false);
    expect(compare([Number.NaN], expected).ok).toBe(false);
  });

  it.each([65519.999, 65520, 65520.001])('may be infinite or the largest number at the border: %d', (value) => {
    const expected = overflow(value);
    expect(compare([Number.POSITIVE_INFINITY], expected).ok).toBe(true);
    expect(compare([65504], expected).ok).toBe(true);
    expect(compare([65440], expected).ok).toBe(false);
    expect(compare([Number.NEGATIVE_INFINITY], expected).ok).toBe(false);
    expect(compare([Number.NaN], expected).ok).toBe(false);
  });

  it('are finite below the border, and infinity is then infinitely wrong', () => {
    expect(compare([Number.POSITIVE_INFINITY], overflow(65500)).errorBoundUnits).toBe(Number.POSITIVE_INFINITY);
    expect(compare([65504], overflow(65500)).ok).toBe(true);
    expect(compare([Number.POSITIVE_INFINITY], overflow(5)).errorBoundUnits).toBe(Number.POSITIVE_INFINITY);
  });

  it('hold for the f32 computation, rounded', () => {
    const [x, w] = [input, filter].map(({ data, shape }) => tensor(Float32Array.from(data, roundToHalf), ...shape));
    const expected = expectedConv2d(x!, w!, { bias, dtype: 'float16' });
    const exact = expectedConv2d(x!, w!, { bias });
    expect(compare(exact.data.map(roundToHalf), expected).ok).toBe(true);
    expect(
      compare(
        exact.data.map((value) => roundToHalf(value * 1.002)),
        expected,
      ).ok,
    ).toBe(false);
  });

  it('stay unknown where the error is', () => {
    const expected = half(1, { bias: [1e300], scale: [1e300], shift: [-1e300] });
    expect(compare([5], expected).ok).toBe(false);
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
      expectedConv2d(tensor([value], 1, 1, 1, 1), tensor([1e300], 1, 1, 1, 1), { activation });
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
