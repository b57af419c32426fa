// The poolings pinned by hand.
import { describe, expect, it } from 'vitest';
import {
  averagePool1d,
  averagePool2d,
  averagePool3d,
  InvalidArgumentError,
  l2Pool1d,
  l2Pool2d,
  l2Pool3d,
  maxPool1d,
  maxPool2d,
  maxPool3d,
  type ReferenceAveragePoolOptions,
  type ReferenceMaxPoolOptions,
} from 'webgpu-conv/reference';
import { counting, tensor } from './tensors.js';

const row = (...values: number[]) => tensor(values, 1, 1, values.length);

describe('the reference max pooling', () => {
  const run = (options: ReferenceMaxPoolOptions<1>, ...values: number[]) => {
    const { data, indices } = maxPool1d(row(...values), { ...options, returnIndices: true });
    return [[...data], [...indices!]];
  };

  it('takes the largest value of the whole input by default', () => {
    expect(maxPool2d(tensor([3, 9, 4, 1, -5, -2, -7, -2], 1, 2, 2, 2))).toEqual({
      data: Float64Array.of(9, -2),
      shape: [1, 2, 1, 1],
    });
  });

  it('tells where it stands: the first of several', () => {
    expect(run({ windowDimensions: 3 }, 1, 5, 5, 2, 2, 2)).toEqual([
      [5, 2],
      [1, 3],
    ]);
    expect(run({ windowDimensions: 2, strides: 1 }, 4, 3, 4)).toEqual([
      [4, 4],
      [0, 2],
    ]);
  });

  it('leaves padding out of its windows, even where all values are negative', () => {
    expect(run({ windowDimensions: 2, strides: 2, padding: 1 }, -1, -2, -3)).toEqual([
      [-1, -2],
      [0, 1],
    ]);
    expect(run({ windowDimensions: 2, padding: [[1, 0]] }, -Infinity, -2, -3)).toEqual([
      [-Infinity, -2],
      [0, 1],
    ]);
  });

  it('gives padding the values that it is asked to', () => {
    const padded = { windowDimensions: 3, strides: 3, padding: [[2, 0]] } as const;
    expect([...maxPool1d(row(-1, -2, -3, -4), { ...padded, paddingMode: 'zeros' }).data]).toEqual([0, -2]);
    expect([...maxPool1d(row(-9, -2, -3, -4), { ...padded, paddingMode: -5 }).data]).toEqual([-5, -2]);
    expect(run({ ...padded, paddingMode: 'reflect' }, -9, -2, -3, -4)).toEqual([
      [-2, -2],
      [1, 1],
    ]);
    expect(run({ ...padded, paddingMode: 'circular' }, -9, -2, -3, -4)).toEqual([
      [-3, -2],
      [2, 1],
    ]);
  });

  it('dilates, rounds up and crops', () => {
    expect(run({ windowDimensions: 2, dilations: 2, strides: 1 }, 1, 9, 2, 3, 4)).toEqual([
      [2, 9, 4],
      [2, 1, 4],
    ]);
    expect(run({ windowDimensions: 2, rounding: 'ceil' }, 1, 2, 3)).toEqual([
      [2, 3],
      [1, 2],
    ]);
    expect(run({ windowDimensions: 2, padding: -1 }, 9, 2, 3, 9)).toEqual([[3], [2]]);
  });

  it('counts NaN as larger than everything, the last one of several, as PyTorch', () => {
    expect(run({ windowDimensions: 3 }, Number.NaN, 1, Infinity, 1, Number.NaN, Number.NaN)).toEqual([
      [Number.NaN, Number.NaN],
      [0, 2 + 3],
    ]);
  });

  it('numbers places by (depth · H + row) · W + column, in every channel and layout', () => {
    const first = maxPool2d(counting(1, 2, 3, 2), { windowDimensions: 2, strides: 1, returnIndices: true });
    expect([...first.data]).toEqual([4, 6, 10, 12]);
    expect([...first.indices!]).toEqual([3, 5, 3, 5]);
    const last = maxPool3d(counting(2, 2, 1, 2, 2), { inputLayout: 'ndhwc', returnIndices: true });
    expect([...last.data]).toEqual([7, 8, 15, 16]);
    expect([...last.indices!]).toEqual([3, 3, 3, 3]);
    expect(maxPool2d(counting(1, 1, 2, 2)).indices).toBeUndefined();
  });

  it('rounds its input to half precision where it is stored so', () => {
    expect([...maxPool1d(row(2049, 1), { dtype: 'float16' }).data]).toEqual([2048]);
  });
});

describe('the reference average pooling', () => {
  const run = (options: ReferenceAveragePoolOptions<1>, ...values: number[]) => [
    ...averagePool1d(row(...values), options).data,
  ];
  const padded = { windowDimensions: 3, strides: 3, padding: [[2, 1]] } as const;

  it('divides by the number of values inside the input', () => {
    expect(run(padded, 2, 4, 6)).toEqual([2, 5]);
    expect([...averagePool2d(counting(1, 2, 2, 2), { inputLayout: 'nhwc' }).data]).toEqual([4, 5]);
  });

  it('divides by the padding, too, where it counts', () => {
    expect(run({ ...padded, countPadding: true }, 3, 4, 5)).toEqual([1, 3]);
  });

  it('never divides by what lies beyond the padding, where the rounding reaches', () => {
    // windows of 3 at −1, 2 and 5 over 6 elements and 1 of padding: the last holds element 5, one of padding, one beyond
    const up = { windowDimensions: 3, strides: 3, padding: 1, rounding: 'ceil' } as const;
    expect(run(up, 1, 2, 3, 4, 5, 6)).toEqual([1.5, 4, 6]);
    expect(run({ ...up, countPadding: true }, 1, 2, 3, 4, 5, 6)).toEqual([1, 4, 3]);
    expect(run({ ...up, paddingMode: 'zeros' }, 1, 2, 3, 4, 5, 6)).toEqual([1, 4, 2]);
  });

  it('counts the taps of a dilated window that lie in the padding', () => {
    // taps at −2, 0, 2 and so on: of the last window 2, 4 and 6, which is past the padding that ends at 6
    const dilated = { windowDimensions: 3, dilations: 2, strides: 4, padding: [[2, 2]], rounding: 'ceil' } as const;
    expect(run(dilated, 1, 2, 4, 8)).toEqual([2.5, 4]);
    expect(run({ ...dilated, countPadding: true }, 1, 2, 4, 8)).toEqual([5 / 3, 2]);
  });

  it('takes the values of a padding mode into the mean', () => {
    expect(run({ ...padded, paddingMode: 'replicate' }, 3, 6, 9)).toEqual([3, 8]);
    expect(run({ ...padded, paddingMode: 6 }, 3, 6, 9)).toEqual([5, 7]);
  });

  it('works along depth', () => {
    expect([...averagePool3d(counting(1, 1, 2, 1, 2), { windowDimensions: [2, 1, 1] }).data]).toEqual([2, 3]);
  });
});

describe('the reference L2 pooling', () => {
  it('takes the root of the sum of squares', () => {
    expect([...l2Pool1d(row(3, -4, 5, 12), { windowDimensions: 2 }).data]).toEqual([5, 13]);
    expect([...l2Pool2d(tensor([1, 1, 1, 1], 1, 1, 2, 2)).data]).toEqual([2]);
    expect([...l2Pool3d(tensor([2, 3, 6], 1, 1, 3, 1, 1)).data]).toEqual([7]);
  });

  it('leaves padding out, or squares what lies in it', () => {
    const padded = { windowDimensions: 2, strides: 2, padding: 1 } as const;
    expect([...l2Pool1d(row(3, 1), padded).data]).toEqual([3, 1]);
    expect([...l2Pool1d(row(3, 0), { ...padded, paddingMode: -4 }).data]).toEqual([5, 4]);
  });
});

describe('the reference poolings refuse', () => {
  const cases: [string, () => unknown, string][] = [
    [
      'windows that hold only padding',
      () => averagePool1d(row(1, 2), { windowDimensions: 1, padding: 1 }),
      'reference averagePool1d: window 0 along the length holds nothing but padding',
    ],
    [
      'indices into a constant',
      () => maxPool1d(row(1, 2), { returnIndices: true, paddingMode: 'zeros' }),
      'reference maxPool1d: returnIndices cannot point at the constant 0 in the padding. Leave paddingMode out, or give one that holds values of the input.',
    ],
    [
      'indices that are no boolean',
      () => maxPool1d(row(1, 2), { returnIndices: 1 } as object),
      'returnIndices is 1, but must be true or false.',
    ],
    [
      'indices of a mean',
      () => averagePool1d(row(1), { returnIndices: true } as object),
      "unknown option 'returnIndices'",
    ],
    [
      'unknown options',
      () => l2Pool2d(counting(1, 1, 2, 2), { window: 2 } as object),
      "reference l2Pool2d: unknown option 'window'.",
    ],
    ['no tensor', () => maxPool2d([1] as never), 'reference maxPool2d: input must be { data, shape }'],
    [
      'data that do not fill their shape',
      () => maxPool2d(tensor([1], 1, 1, 2, 2)),
      'reference maxPool2d: input has 1 values, but shape [1, 1, 2, 2] needs 4.',
    ],
  ];
  it.each(cases)('%s', (_, call, message) => {
    expect(call).toThrow(InvalidArgumentError);
    expect(call).toThrow(message);
  });
});
