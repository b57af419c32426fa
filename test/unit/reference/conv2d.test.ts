// The reference pinned by numbers worked out by hand: whatever else is tested is tested against it.
import { describe, expect, it } from 'vitest';
import { conv2d, InvalidArgumentError } from 'webgpu-conv/reference';
import { randomValues } from '../../support/random.js';

const image = [1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0];
const cross = [1, 0, 1, 0, 1, 0, 1, 0, 1];
const x = { data: image, shape: [1, 1, 5, 5] };
const w = { data: cross, shape: [1, 1, 3, 3] };

describe('the reference conv2d', () => {
  it('gives 434 / 243 / 234 for the textbook image and filter', () => {
    const y = conv2d(x, w);
    expect(y.shape).toEqual([1, 1, 3, 3]);
    expect([...y.data]).toEqual([4, 3, 4, 2, 4, 3, 2, 3, 4]);
  });

  it('makes each value the dot product of the flattened field and the flattened filter', () => {
    const field = [0, 1, 2].flatMap((r) => image.slice(5 * (1 + r) + 2, 5 * (1 + r) + 5)); // output (1, 2)
    expect(field.reduce((sum, value, tap) => sum + value * cross[tap]!, 0)).toBe(conv2d(x, w).data[5]);
  });

  it('is cross-correlation: the filter is not flipped', () => {
    const delta = { data: [0, 0, 0, 0, 1, 0, 0, 0, 0], shape: [1, 1, 3, 3] };
    const numbers = { data: [1, 2, 3, 4, 5, 6, 7, 8, 9], shape: [1, 1, 3, 3] };
    expect([...conv2d(delta, numbers, { padding: 1 }).data]).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  it('sums X[4:9, 6:11, :] · W1 + b1 at position (2, 3) of filter 1, stride 2, for an (11, 11, 4) volume', () => {
    const volume = randomValues(11 * 11 * 4, 7);
    const filters = randomValues(5 * 5 * 4 * 2, 8); // (R, S, C, K)
    // 11 − 5 over stride 2 leaves positions 0…3 in both directions
    const y = conv2d(
      { data: volume, shape: [1, 11, 11, 4] },
      { data: filters, shape: [5, 5, 4, 2] },
      { strides: 2, inputLayout: 'nhwc', filterLayout: 'hwio', bias: [0.5, -0.25] },
    );
    expect(y.shape).toEqual([1, 4, 4, 2]);
    let sum = -0.25;
    for (let h = 4; h < 9; h++) {
      for (let v = 6; v < 11; v++) {
        for (let c = 0; c < 4; c++) {
          sum += volume[(h * 11 + v) * 4 + c]! * filters[(((h - 4) * 5 + (v - 6)) * 4 + c) * 2 + 1]!;
        }
      }
    }
    expect(y.data[(2 * 4 + 3) * 2 + 1]).toBeCloseTo(sum, 12);
  });

  it('does a 1×1 convolution as a dot product over channels', () => {
    const y = conv2d({ data: [1, 2, 3, 4, 5, 6], shape: [1, 3, 1, 2] }, { data: [10, 100, 1000], shape: [1, 3, 1, 1] });
    expect([...y.data]).toEqual([10 * 1 + 100 * 3 + 1000 * 5, 10 * 2 + 100 * 4 + 1000 * 6]);
  });

  it('does a dense layer where the filter is as large as the input', () => {
    const y = conv2d(
      { data: [1, 2, 3, 4], shape: [1, 1, 2, 2] },
      { data: [1, 1, 1, 1, 1, -1, 1, -1], shape: [2, 1, 2, 2] },
      { bias: [0, 10] },
    );
    expect(y.shape).toEqual([1, 2, 1, 1]);
    expect([...y.data]).toEqual([10, 8]);
  });

  it('pads with zeros, strides and dilates', () => {
    const row = { data: [1, 2, 3, 4, 5], shape: [1, 1, 1, 5] };
    const pair = { data: [1, 10], shape: [1, 1, 1, 2] };
    expect([
      ...conv2d(row, pair, {
        padding: [
          [0, 0],
          [1, 0],
        ],
      }).data,
    ]).toEqual([10, 21, 32, 43, 54]);
    expect([...conv2d(row, pair, { strides: [1, 2] }).data]).toEqual([21, 43]);
    expect([...conv2d(row, pair, { dilations: [1, 3] }).data]).toEqual([41, 52]);
  });

  it('flips the filter where asked: [1, 2, 3] ∗ [0, 1, ½] is [0, 1, 2½, 4, 1½], the example of numpy.convolve', () => {
    const a = { data: [1, 2, 3], shape: [1, 1, 1, 3] };
    const v = { data: [0, 1, 0.5], shape: [1, 1, 1, 3] };
    const options = {
      padding: [
        [0, 0],
        [2, 2],
      ],
      flipFilter: true,
    } as const;
    expect([...conv2d(a, v, options).data]).toEqual([0, 1, 2.5, 4, 1.5]);
    expect([...conv2d(a, { ...v, shape: [1, 1, 3, 1] }, { padding: 'full', flipFilter: true }).data]).toEqual([
      0, 0, 0, 1, 2, 3, 0.5, 1, 1.5,
    ]);
  });

  it('crops the input where padding is negative', () => {
    const row = { data: [1, 2, 3, 4, 5], shape: [1, 1, 1, 5] };
    const pair = { data: [1, 10], shape: [1, 1, 1, 2] };
    expect([
      ...conv2d(row, pair, {
        padding: [
          [0, 0],
          [-1, -1],
        ],
      }).data,
    ]).toEqual([32, 43]);
  });

  it('keeps images of a batch and groups of channels apart', () => {
    const two = { data: [1, 2, 3, 4], shape: [2, 2, 1, 1] };
    expect([...conv2d(two, { data: [10, 100], shape: [2, 1, 1, 1] }, { groups: 2 }).data]).toEqual([10, 200, 30, 400]);
    expect([...conv2d(two, { data: [10, 100], shape: [1, 2, 1, 1] }).data]).toEqual([210, 430]);
  });

  it.each([
    ['none', [-9, 0.5, 9]],
    ['relu', [0, 0.5, 9]],
    ['relu6', [0, 0.5, 6]],
    ['sigmoid', [1 / (1 + Math.E ** 9), 1 / (1 + Math.E ** -0.5), 1 / (1 + Math.E ** -9)]],
  ] as const)('applies %s after the bias', (activation, values) => {
    const y = conv2d(
      { data: [-8, 1.5, 10], shape: [1, 1, 1, 3] },
      { data: [1], shape: [1, 1, 1, 1] },
      { bias: [-1], activation },
    );
    for (const [index, value] of values.entries()) expect(y.data[index]).toBeCloseTo(value, 14);
  });

  it('refuses operands that are none', () => {
    expect(() => conv2d(undefined as never, w)).toThrow(
      'reference conv2d: input must be { data, shape } with an array of values, got undefined.',
    );
    expect(() => conv2d(x, { shape: [1] } as never)).toThrow('filter must be { data, shape }');
    expect(() => conv2d(x, w, { bias: null } as never)).toThrow('bias must be an array of values, got null.');
    expect(() => conv2d(x, w, null as never)).toThrow('reference conv2d: options must be an object, got null.');
  });

  it('refuses data that do not fill their shape, and unknown options', () => {
    expect(() => conv2d({ data: [1, 2], shape: [1, 1, 1, 3] }, w)).toThrow(InvalidArgumentError);
    expect(() => conv2d({ data: [1, 2, 3], shape: [1, 1, 3, 3] }, w)).toThrow(
      'reference conv2d: input has 3 values, but shape [1, 1, 3, 3] needs 9.',
    );
    expect(() => conv2d(x, w, { pad: 1 } as object)).toThrow("reference conv2d: unknown option 'pad'.");
    expect(() => conv2d(x, w, { bias: [1, 2] })).toThrow('bias has shape [2], but the number of output channels is 1.');
  });
});
