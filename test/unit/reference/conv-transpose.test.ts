// The transposed convolutions pinned by hand, and held against the convolutions that they are the adjoints of.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  InvalidArgumentError,
  type ReferenceConvTransposeOptions,
} from 'webgpu-conv/reference';
import { randomValues } from '../../support/random.js';
import { counting, tensor } from './tensors.js';

describe('the reference convTranspose1d', () => {
  const run = (options: ReferenceConvTransposeOptions<1>, input = [1, 2, 3], filter = [1, 10, 100]) => [
    ...convTranspose1d(tensor(input, 1, 1, input.length), tensor(filter, 1, 1, filter.length), options).data,
  ];

  it('lays a copy of the filter, weighed with the input, at every step', () => {
    expect(run({})).toEqual([1, 12, 123, 230, 300]);
    expect(run({ strides: 2 })).toEqual([1, 10, 102, 20, 203, 30, 300]);
    expect(run({ strides: 4 })).toEqual([1, 10, 100, 0, 2, 20, 200, 0, 3, 30, 300]);
    expect(run({ dilations: 2 })).toEqual([1, 2, 13, 20, 130, 200, 300]);
  });

  it('crops by the padding, adds by the output padding, and grows where padding is negative', () => {
    expect(run({ strides: 2, padding: 1 })).toEqual([10, 102, 20, 203, 30]);
    expect(run({ strides: 2, padding: [[2, 0]] })).toEqual([102, 20, 203, 30, 300]);
    expect(run({ strides: 2, padding: 1, outputPadding: 1 })).toEqual([10, 102, 20, 203, 30, 300]);
    expect(run({ strides: 2, outputPadding: 1 })).toEqual([1, 10, 102, 20, 203, 30, 300, 0]);
    expect(run({ padding: -1 })).toEqual([0, 1, 12, 123, 230, 300, 0]);
  });

  it('pads by rules', () => {
    expect(run({ strides: 2, padding: 'same' })).toEqual([1, 10, 102, 20, 203, 30]);
    expect(run({ strides: 2, padding: 'same-lower' })).toEqual([10, 102, 20, 203, 30, 300]);
    expect(run({ padding: 'causal' })).toEqual([1, 12, 123]);
    expect(run({ padding: 'full' })).toEqual([123]);
    expect(run({ strides: 2, outputShape: [8] })).toEqual([1, 10, 102, 20, 203, 30, 300, 0]);
  });

  it('flips the filter where asked', () => {
    expect(run({ flipFilter: true })).toEqual([100, 210, 321, 32, 3]);
  });

  it('adds the epilogue also where no input reaches', () => {
    const options = { strides: 3, bias: [0.5], scale: [2], activation: 'relu' } as const;
    expect(run(options, [1, -2], [1])).toEqual([3, 1, 1, 0]);
  });

  it('keeps images, channels and groups apart', () => {
    // two images of two channels, two groups, each of one input and two output channels
    const y = convTranspose1d(tensor([1, 2, 3, 4], 2, 2, 1), tensor([1, 10, 100, 1000], 2, 2, 1), { groups: 2 });
    expect(y.shape).toEqual([2, 4, 1]);
    expect([...y.data]).toEqual([1, 10, 200, 2000, 3, 30, 400, 4000]);
    const whole = convTranspose1d(tensor([1, 2, 3, 4], 2, 2, 1), tensor([1, 10, 100, 1000], 2, 2, 1));
    expect([...whole.data]).toEqual([201, 2010, 403, 4030]);
  });
});

describe('the reference convTranspose2d and convTranspose3d', () => {
  it('overlap along both axes: a 2×2 image and filter of ones give 1 2 1 / 2 4 2 / 1 2 1', () => {
    const ones = tensor([1, 1, 1, 1], 1, 1, 2, 2);
    expect([...convTranspose2d(ones, ones).data]).toEqual([1, 2, 1, 2, 4, 2, 1, 2, 1]);
  });

  it('upsamples: a filter of ones at its own stride repeats every value, channels last', () => {
    const y = convTranspose2d(counting(1, 2, 2, 1), tensor([1, 1, 1, 1], 2, 2, 1, 1), {
      strides: 2,
      inputLayout: 'nhwc',
      filterLayout: 'hwio',
    });
    expect(y.shape).toEqual([1, 4, 4, 1]);
    expect([...y.data]).toEqual([1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4]);
  });

  it('step along each axis by its own stride, in depth, too', () => {
    const y = convTranspose3d(counting(1, 1, 2, 1, 2), tensor([1, 10], 1, 1, 2, 1, 1), { strides: [2, 1, 3] });
    expect(y.shape).toEqual([1, 1, 4, 1, 4]);
    expect([...y.data]).toEqual([1, 0, 0, 2, 10, 0, 0, 20, 3, 0, 0, 4, 30, 0, 0, 40]);
  });
});

/** Σ a · b */
function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}

describe('a transposed convolution is the adjoint of the convolution: ⟨conv x, y⟩ = ⟨x, convTranspose y⟩', () => {
  it('for any axis', () => {
    const size = fc.integer({ min: 1, max: 8 });
    const step = fc.integer({ min: 1, max: 4 });
    const pad = fc.integer({ min: -1, max: 4 });
    fc.assert(
      fc.property(size, size, step, step, pad, pad, fc.boolean(), (h, r, strides, dilations, b, e, flipFilter) => {
        fc.pre(h + b + e >= (r - 1) * dilations + 1);
        const geometry = { strides, dilations, padding: [[b, e]], flipFilter } as const;
        const x = tensor(randomValues(2 * h, 1), 1, 2, h);
        const w = tensor(randomValues(3 * 2 * r, 2), 3, 2, r);
        const forward = conv1d(x, w, geometry);
        const y = tensor(randomValues(forward.data.length, 3), ...forward.shape);
        const backward = convTranspose1d(y, w, { ...geometry, filterLayout: 'iow', outputShape: h });
        expect(backward.shape).toEqual(x.shape);
        expect(dot(forward.data, y.data)).toBeCloseTo(dot(x.data, backward.data), 10);
      }),
      { seed: 1 },
    );
  });

  it('in groups, along two axes with steps of their own', () => {
    const geometry = { strides: [2, 1], dilations: [1, 2], padding: [1, [0, 2]], groups: 2 } as const;
    const x = tensor(randomValues(2 * 4 * 7 * 8, 1), 2, 4, 7, 8);
    const w = tensor(randomValues(6 * 2 * 3 * 2, 2), 6, 2, 3, 2);
    const forward = conv2d(x, w, geometry);
    const y = tensor(randomValues(forward.data.length, 3), ...forward.shape);
    const backward = convTranspose2d(y, w, { ...geometry, outputShape: [7, 8] });
    expect(backward.shape).toEqual(x.shape);
    expect(dot(forward.data, y.data)).toBeCloseTo(dot(x.data, backward.data), 10);
  });
});

describe('the reference transposed convolutions refuse', () => {
  const x = counting(1, 1, 3);
  const w = counting(1, 1, 2);
  it.each([
    [{ paddingMode: 'reflect' }, 'reference convTranspose1d: paddingMode does not apply'],
    [{ rounding: 'ceil' }, 'reference convTranspose1d: rounding does not apply'],
    [{ outputPadding: 1 }, 'outputPadding along the length is 1, but must be smaller than'],
    [{ outputShape: [9] }, "the output's length cannot be 9: input, filter, stride and padding allow only 4."],
    [{ outputpadding: 1 }, "unknown option 'outputpadding'. Did you mean 'outputPadding'?"],
    [{ shift: [1, 2] }, 'shift has shape [2], but the number of output channels is 1.'],
  ])('%o', (options, message) => {
    const call = () => convTranspose1d(x, w, options as object);
    expect(call).toThrow(InvalidArgumentError);
    expect(call).toThrow(message);
  });
});
