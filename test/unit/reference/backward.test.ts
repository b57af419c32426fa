// The gradients of convolutions pinned by numbers worked out by hand.
import { describe, expect, it } from 'vitest';
import {
  convBackwardFilter,
  convBackwardInput,
  InvalidArgumentError,
  type ReferenceConvBackwardFilterOptions,
  type ReferenceConvBackwardInputOptions,
} from 'webgpu-conv/reference';
import { counting, tensor } from './tensors.js';

const row = (values: readonly number[]) => tensor(values, 1, 1, values.length);

describe('the reference convBackwardInput', () => {
  const run = (
    gradient: readonly number[],
    options: Omit<ReferenceConvBackwardInputOptions, 'inputShape'>,
    size = 5,
  ) => [...convBackwardInput(row(gradient), row([1, 10, 100]), { ...options, inputShape: [1, 1, size] }).data];

  it('lays a copy of the filter, weighed with the gradient, at every step', () => {
    expect(run([1, 2, 3], {})).toEqual([1, 12, 123, 230, 300]);
    expect(run([1, 2], { strides: 2 })).toEqual([1, 10, 102, 20, 200]);
    expect(run([3], { dilations: 2 })).toEqual([3, 0, 30, 0, 300]);
    expect(run([1, 2, 3], { flipFilter: true })).toEqual([100, 210, 321, 32, 3]);
  });

  it('leaves out what falls into the padding, or was cropped, and inputs that no window meets', () => {
    expect(run([1, 2, 3], { padding: 1 }, 3)).toEqual([12, 123, 230]);
    expect(run([2], { padding: -1 })).toEqual([0, 2, 20, 200, 0]);
    expect(run([1, 2], { strides: 4 }, 8)).toEqual([1, 10, 100, 0, 2, 20, 200, 0]);
    expect(run([1, 2], { strides: 4, rounding: 'ceil' }, 6)).toEqual([1, 10, 100, 0, 2, 20]);
  });

  it('gives an input the shares of all its images in the padding', () => {
    // the padded input's gradient is 1 12 | 123 230 | 300 with two inputs: what lies outside comes back
    const shares = (paddingMode: 'reflect' | 'symmetric' | 'replicate' | 'circular' | number) =>
      run([1, 2, 3], { padding: [[2, 1]], paddingMode }, 2);
    expect(shares('symmetric')).toEqual([123 + 12, 230 + 1 + 300]);
    expect(shares('replicate')).toEqual([123 + 12 + 1, 230 + 300]);
    expect(shares('circular')).toEqual([123 + 1 + 300, 230 + 12]);
    expect(shares(7)).toEqual([123, 230]);
    expect(run([1, 2, 3], { padding: 1, paddingMode: 'reflect' }, 3)).toEqual([12, 123 + 1 + 300, 230]);
  });

  it('is a convolution where the operator is a transposed one', () => {
    const transposed = (options: Omit<ReferenceConvBackwardInputOptions, 'inputShape'>, size: number) =>
      run([1, 2, 3, 4, 5], { ...options, operator: 'convTranspose' }, size);
    expect(transposed({}, 3)).toEqual([321, 432, 543]);
    expect(transposed({ strides: 2 }, 2)).toEqual([321, 543]);
    expect(transposed({ strides: 3, padding: 1, outputPadding: 1 }, 2)).toEqual([210, 543]);
  });

  it('keeps images, channels and groups apart', () => {
    // two images, two groups, each of one input and two output channels
    const filter = tensor([1, 10, 100, 1000], 4, 1, 1);
    const gradient = tensor([1, 2, 3, 4, 5, 6, 7, 8], 2, 4, 1);
    const { data, shape } = convBackwardInput(gradient, filter, { groups: 2, inputShape: [2, 2, 1] });
    expect(shape).toEqual([2, 2, 1]);
    expect([...data]).toEqual([21, 4300, 65, 8700]);
  });

  it('multiplies with the derivative of the activation first, and adds another gradient last', () => {
    const options = {
      activation: 'relu',
      output: row([0, 4, 5]),
      accumulate: row([1000, 2000, 3000, 4000, 5000]),
    } as const;
    expect(run([1, 2, 3], options)).toEqual([1000, 2002, 3023, 4230, 5300]);
    const leaky = { activation: 'prelu', preActivation: row([-1, 0, 1]), slope: [0.5] } as const;
    expect(run([2, 4, 3], leaky)).toEqual([1, 12, 123, 230, 300]); // PyTorch has the slope at 0, too
  });
});

describe('the reference convBackwardFilter', () => {
  const run = (
    gradient: readonly number[],
    input: readonly number[],
    options: Omit<ReferenceConvBackwardFilterOptions, 'filterShape'>,
    taps = 3,
  ) => [...convBackwardFilter(row(input), row(gradient), { ...options, filterShape: [1, 1, taps] }).data];

  it('correlates input and gradient', () => {
    expect(run([1, 10, 100], [1, 2, 3, 4, 5], {})).toEqual([321, 432, 543]);
    expect(run([1, 10], [1, 2, 3, 4, 5], { strides: 2 })).toEqual([31, 42, 53]);
    expect(run([1], [1, 2, 3, 4, 5], { dilations: 2 })).toEqual([1, 3, 5]);
    expect(run([1, 10, 100], [1, 2, 3, 4, 5], { flipFilter: true })).toEqual([543, 432, 321]);
  });

  it('counts what lies in the padding', () => {
    expect(run([1, 10, 100], [1, 2, 3], { padding: 1 })).toEqual([210, 321, 32]);
    expect(run([1, 10, 100], [1, 2, 3], { padding: 1, paddingMode: 7 })).toEqual([217, 321, 732]);
    expect(run([1, 10, 100], [1, 2, 3], { padding: 1, paddingMode: 'circular' })).toEqual([213, 321, 132]);
    expect(run([1, 10, 100], [1, 2, 3], { padding: 1, paddingMode: 'reflect' })).toEqual([212, 321, 232]);
  });

  it('has the gradient at the taps where the operator is a transposed one', () => {
    // y[i + r] += x[i] · w[r], so dw[r] = Σ x[i] · dy[i + r]
    expect(run([1, 2, 3, 4, 5], [1, 10, 100], { operator: 'convTranspose' })).toEqual([321, 432, 543]);
    expect(run([1, 2, 3, 4, 5], [1, 10], { operator: 'convTranspose', strides: 2 })).toEqual([31, 42, 53]);
  });

  it('sums over the images, and keeps groups apart', () => {
    const input = tensor([1, 2, 3, 4], 2, 2, 1);
    const gradient = tensor([1, 10, 100, 1000], 2, 2, 1);
    expect([...convBackwardFilter(input, gradient, { filterShape: [2, 2, 1] }).data]).toEqual([301, 402, 3010, 4020]);
    const { data, shape } = convBackwardFilter(input, gradient, { groups: 2, filterShape: [2, 1, 1] });
    expect(shape).toEqual([2, 1, 1]);
    expect([...data]).toEqual([301, 4020]);
  });

  it('writes into the layout of the filter', () => {
    const input = counting(1, 2, 3, 2); // (N, H, W, C)
    const gradient = tensor([1, 10], 1, 1, 2, 1);
    const options = { inputLayout: 'nhwc', filterLayout: 'hwio', filterShape: [2, 2, 2, 1] } as const;
    expect([...convBackwardFilter(input, gradient, options).data]).toEqual([31, 42, 53, 64, 97, 108, 119, 130]);
  });
});

describe('refusals of the reference gradients', () => {
  const gradient = counting(1, 2, 3, 3);
  const filter = counting(2, 1, 3, 3);
  const given = { inputShape: [1, 1, 5, 5] };
  const refused = (options: object, of = gradient) => {
    let message = '';
    try {
      convBackwardInput(of, filter, { ...given, ...options } as ReferenceConvBackwardInputOptions);
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidArgumentError);
      message = (error as Error).message;
    }
    return message;
  };

  it('name the gradient of another shape, and the right one', () => {
    expect(refused({}, counting(1, 2, 3, 4))).toBe(
      'reference convBackwardInput: gradient has shape [1, 2, 3, 4], but the output of this convolution has shape [1, 2, 3, 3]. Give a tensor of that shape.',
    );
    expect(refused({}, counting(2, 3))).toContain('must have 3, 4 or 5 axes');
    expect(refused({ accumulate: counting(1, 1, 5, 4) })).toContain(
      'accumulate has shape [1, 1, 5, 4], but the result has shape',
    );
  });

  it('name what an activation needs', () => {
    expect(refused({ activation: 'relu' })).toContain(
      "'relu' needs one of output and preActivation, but neither is given",
    );
    expect(refused({ activation: 'relu', output: gradient, preActivation: gradient })).toContain('both are given');
    expect(refused({ output: gradient })).toContain('output is given, but there is no activation');
    expect(refused({ activation: 'silu', output: gradient })).toContain("'silu' does not follow from its output");
    expect(refused({ activation: 'relu', output: counting(1, 2, 3, 2) })).toContain(
      'output has shape [1, 2, 3, 2], but the gradient',
    );
    expect(refused({ activation: 'prelu', preActivation: gradient })).toContain("'prelu' needs a slope");
  });

  it('name options that gradients have not, with the reason', () => {
    expect(refused({ bias: [1, 2] })).toContain('bias does not change gradients of input and filter');
    expect(refused({ scale: [1, 2] })).toContain('scale is not taken back through. Multiply the gradient by it first');
    expect(refused({ outputPadding: 1 })).toContain('outputPadding belongs to a transposed convolution');
    expect(refused({ filterShape: [2, 1, 3, 3] })).toContain("unknown option 'filterShape'");
    expect(refused({ operator: 'correlate' })).toContain("operator is 'correlate', but must be one of");
  });
});
