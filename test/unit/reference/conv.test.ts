// The reference pinned by numbers worked out by hand: whatever else is tested is tested against it.
import { describe, expect, it } from 'vitest';
import { conv1d, conv2d, conv3d, InvalidArgumentError, type ReferenceConvOptions } from 'webgpu-conv/reference';
import { randomValues } from '../../support/random.js';
import { counting, tensor } from './tensors.js';

const image = [1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0];
const cross = [1, 0, 1, 0, 1, 0, 1, 0, 1];
const x = tensor(image, 1, 1, 5, 5);
const w = tensor(cross, 1, 1, 3, 3);
const row = tensor([1, 2, 3, 4, 5], 1, 1, 5);

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
    const delta = tensor([0, 0, 0, 0, 1, 0, 0, 0, 0], 1, 1, 3, 3);
    expect([...conv2d(delta, counting(1, 1, 3, 3), { padding: 1 }).data]).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  it('sums X[4:9, 6:11, :] · W1 + b1 at position (2, 3) of filter 1, stride 2, for an (11, 11, 4) volume', () => {
    const volume = randomValues(11 * 11 * 4, 7);
    const filters = randomValues(5 * 5 * 4 * 2, 8); // (R, S, C, K)
    // 11 − 5 over stride 2 leaves positions 0…3 in both directions
    const y = conv2d(tensor(volume, 1, 11, 11, 4), tensor(filters, 5, 5, 4, 2), {
      strides: 2,
      inputLayout: 'nhwc',
      filterLayout: 'hwio',
      bias: [0.5, -0.25],
    });
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
    const y = conv2d(tensor([1, 2, 3, 4, 5, 6], 1, 3, 1, 2), tensor([10, 100, 1000], 1, 3, 1, 1));
    expect([...y.data]).toEqual([10 * 1 + 100 * 3 + 1000 * 5, 10 * 2 + 100 * 4 + 1000 * 6]);
  });

  it('does a dense layer where the filter is as large as the input', () => {
    const y = conv2d(tensor([1, 2, 3, 4], 1, 1, 2, 2), tensor([1, 1, 1, 1, 1, -1, 1, -1], 2, 1, 2, 2), {
      bias: [0, 10],
    });
    expect(y.shape).toEqual([1, 2, 1, 1]);
    expect([...y.data]).toEqual([10, 8]);
  });

  it('keeps images of a batch and groups of channels apart', () => {
    const two = tensor([1, 2, 3, 4], 2, 2, 1, 1);
    expect([...conv2d(two, tensor([10, 100], 2, 1, 1, 1), { groups: 2 }).data]).toEqual([10, 200, 30, 400]);
    expect([...conv2d(two, tensor([10, 100], 1, 2, 1, 1)).data]).toEqual([210, 430]);
  });

  it('gives the same values whatever the filter layout', () => {
    const input = tensor(randomValues(2 * 5 * 6, 1), 1, 2, 5, 6);
    const data = randomValues(3 * 2 * 2 * 3, 2); // (O, I, H, W)
    const sizes = { o: 3, i: 2, h: 2, w: 3 };
    const expected = conv2d(input, tensor(data, 3, 2, 2, 3)).data;
    for (const filterLayout of ['iohw', 'hwio', 'hwoi', 'ohwi', 'ihwo'] as const) {
      const letters = [...filterLayout] as (keyof typeof sizes)[];
      const shape = letters.map((letter) => sizes[letter]);
      const permuted = new Float32Array(data.length);
      for (let index = 0; index < data.length; index++) {
        const at: Record<string, number> = {};
        let rest = index;
        for (const [axis, letter] of [...letters.entries()].reverse()) {
          at[letter] = rest % shape[axis]!;
          rest = Math.floor(rest / shape[axis]!);
        }
        permuted[index] = data[((at.o! * 2 + at.i!) * 2 + at.h!) * 3 + at.w!]!;
      }
      expect(conv2d(input, tensor(permuted, ...shape), { filterLayout }).data, filterLayout).toEqual(expected);
    }
  });
});

describe('the reference conv1d', () => {
  const pair = tensor([1, 10], 1, 1, 2);
  const run = (options: ReferenceConvOptions<1>, input = row, filter = pair) => [
    ...conv1d(input, filter, options).data,
  ];

  it('pads with zeros, strides, dilates and crops', () => {
    expect(run({ padding: [[1, 0]] })).toEqual([10, 21, 32, 43, 54]);
    expect(run({ strides: 2 })).toEqual([21, 43]);
    expect(run({ dilations: 3 })).toEqual([41, 52]);
    expect(run({ padding: -1 })).toEqual([32, 43]);
  });

  it('pads by rules', () => {
    expect(run({ padding: 'same' })).toEqual([21, 32, 43, 54, 5]);
    expect(run({ padding: 'same-lower' })).toEqual([10, 21, 32, 43, 54]);
    expect(run({ padding: 'causal', dilations: 2 })).toEqual([10, 20, 31, 42, 53]);
    expect(run({ padding: 'full' })).toEqual([10, 21, 32, 43, 54, 5]);
  });

  it('rounds up: the last filter reaches past the end', () => {
    expect(run({ strides: 2, rounding: 'ceil' })).toEqual([21, 43, 5]);
    expect(run({ strides: 2, rounding: 'ceil', paddingMode: 7 })).toEqual([21, 43, 75]);
  });

  // 1 2 3 4 5 seen through a window of three at the far left and right, two past the ends: weights 1, 10, 100
  const three = tensor([1, 10, 100], 1, 1, 3);
  it.each([
    ['zeros', [100, 210, 54, 5]],
    ['replicate', [111, 211, 554, 555]],
    ['reflect', [123, 212, 454, 345]],
    ['symmetric', [112, 211, 554, 455]],
    ['circular', [154, 215, 154, 215]],
    [7, [177, 217, 754, 775]],
  ] as const)('pads with %s', (paddingMode, ends) => {
    const y = run({ padding: 2, paddingMode }, row, three);
    expect([y[0], y[1], y[5], y[6]]).toEqual(ends);
    expect(y.slice(2, 5)).toEqual([321, 432, 543]);
  });

  it('pads each channel and image with its own values', () => {
    const input = tensor([1, 2, 3, 4, 5, 6, 7, 8], 2, 2, 2);
    const filter = tensor([1, 10, 100, 1000], 1, 2, 2);
    expect(run({ padding: [[1, 0]], paddingMode: 'replicate' }, input, filter)).toEqual([3311, 4321, 7755, 8765]);
  });

  it('flips the filter where asked: [1, 2, 3] ∗ [0, 1, ½] is [0, 1, 2½, 4, 1½], the example of numpy.convolve', () => {
    const options = { padding: 'full', flipFilter: true } as const;
    expect(run(options, tensor([1, 2, 3], 1, 1, 3), tensor([0, 1, 0.5], 1, 1, 3))).toEqual([0, 1, 2.5, 4, 1.5]);
  });

  it('adds bias, scales, shifts, adds the residual and activates, in that order', () => {
    const filters = tensor([1, -1], 2, 1, 1);
    const options = {
      bias: [1, 2],
      scale: [2, 3],
      shift: [-10, -20],
      residual: tensor([0, 1, 2, 3, 4, 100, 0, 0, 0, 0], 1, 2, 5),
      activation: 'relu',
    } as const;
    // (x + 1) · 2 − 10 + residual: −6, −3, 0, 3, 6; (−x + 2) · 3 − 20: −17 + 100, −20, …
    expect(run(options, row, filters)).toEqual([0, 0, 0, 3, 6, 83, 0, 0, 0, 0]);
    const { residual, ...rest } = options;
    const nwc = { ...rest, inputLayout: 'nwc', activation: 'none' } as const;
    const y = conv1d(tensor([1, 2], 1, 2, 1), tensor([1, -1], 2, 1, 1), nwc);
    expect([...y.data]).toEqual([-6, -17, -4, -20]);
    expect(residual.shape).toEqual([1, 2, 5]);
  });

  it('takes one slope, or one for each channel', () => {
    const filters = tensor([1, 2], 2, 1, 1);
    const input = tensor([-1, 1], 1, 1, 2);
    expect(run({ activation: 'prelu', slope: [0.5] }, input, filters)).toEqual([-0.5, 1, -1, 2]);
    expect(run({ activation: 'prelu', slope: [0.5, 4] }, input, filters)).toEqual([-0.5, 1, -8, 2]);
  });

  it('rounds what is stored in half precision, and nothing else', () => {
    const third = 1 / 3; // in half precision 1365 / 4096
    const options = { residual: tensor([third], 1, 1, 1), bias: [third] };
    const one = (dtype: 'float16' | 'float32', filterDtype?: 'float16' | 'float32') =>
      run(
        { ...options, dtype, ...(filterDtype ? { filterDtype } : {}) },
        tensor([third], 1, 1, 1),
        tensor([third], 1, 1, 1),
      )[0];
    const half = 1365 / 4096;
    expect(one('float32')).toBe(third * third + third + third);
    expect(one('float16')).toBe(half * half + third + half);
    expect(one('float16', 'float32')).toBe(half * third + third + half);
    expect(one('float32', 'float16')).toBe(third * half + third + third);
  });
});

describe('the reference conv3d', () => {
  it('sums along depth, rows and columns: eight neighbours of a 2×2×3 volume', () => {
    const y = conv3d(counting(1, 1, 2, 2, 3), tensor(Array(8).fill(1), 1, 1, 2, 2, 2));
    expect(y.shape).toEqual([1, 1, 1, 1, 2]);
    expect([...y.data]).toEqual([1 + 2 + 4 + 5 + 7 + 8 + 10 + 11, 2 + 3 + 5 + 6 + 8 + 9 + 11 + 12]);
  });

  it('weighs each tap with its own weight, each axis with its own steps, channels last', () => {
    const weights = tensor([1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7], 2, 2, 2, 1, 1); // (T, R, S, I, O)
    const y = conv3d(counting(1, 2, 2, 3, 1), weights, {
      inputLayout: 'ndhwc',
      filterLayout: 'dhwio',
      dilations: [1, 1, 2],
    });
    // taps meet 1, 3, 4, 6, 7, 9, 10, 12
    expect([...y.data]).toEqual([1 + 30 + 400 + 6000 + 7e4 + 9e5 + 10e6 + 12e7]);
    const flipped = conv3d(counting(1, 2, 2, 3, 1), weights, {
      inputLayout: 'ndhwc',
      filterLayout: 'dhwio',
      dilations: [1, 1, 2],
      flipFilter: true,
    });
    expect([...flipped.data]).toEqual([12 + 100 + 900 + 7000 + 6e4 + 4e5 + 3e6 + 1e7]);
  });

  it('pads in depth: an edge repeated, and a constant behind it', () => {
    const column = counting(1, 1, 2, 1, 1);
    const weights = tensor([1, 10, 100], 1, 1, 3, 1, 1);
    const padding = [1, 0, 0] as const;
    expect([...conv3d(column, weights, { padding, paddingMode: 'replicate' }).data]).toEqual([211, 221]);
    expect([...conv3d(column, weights, { padding, paddingMode: -1 }).data]).toEqual([209, -79]);
  });
});

describe('the reference convolutions refuse', () => {
  const cases: [string, () => unknown, string][] = [
    [
      'no operand',
      () => conv2d(undefined as never, w),
      'reference conv2d: input must be { data, shape } with an array of values, got undefined.',
    ],
    ['an operand without values', () => conv2d(x, { shape: [1] } as never), 'filter must be { data, shape }'],
    ['a residual that is a list', () => conv2d(x, w, { residual: [1] } as never), 'residual must be { data, shape }'],
    ['a bias of null', () => conv2d(x, w, { bias: null } as never), 'bias must be an array of values, got null.'],
    ['a scale that is a number', () => conv2d(x, w, { scale: 2 } as never), 'scale must be an array of values, got 2.'],
    ['no options', () => conv2d(x, w, null as never), 'reference conv2d: options must be an object, got null.'],
    [
      'data that do not fill their shape',
      () => conv2d(tensor([1, 2, 3], 1, 1, 3, 3), w),
      'reference conv2d: input has 3 values, but shape [1, 1, 3, 3] needs 9.',
    ],
    [
      'a residual that does not fill its shape',
      () => conv2d(x, w, { residual: tensor([1], 1, 1, 3, 3) }),
      'reference conv2d: residual has 1 values, but shape [1, 1, 3, 3] needs 9.',
    ],
    ['unknown options', () => conv2d(x, w, { pad: 1 } as object), "reference conv2d: unknown option 'pad'."],
    [
      'shapes as options',
      () => conv2d(x, w, { biasShape: [1] } as object),
      "reference conv2d: unknown option 'biasShape'.",
    ],
    [
      'options of the transposed',
      () => conv2d(x, w, { outputPadding: 1 } as object),
      'reference conv2d: outputPadding belongs to a transposed convolution.',
    ],
    [
      'a bias of another length',
      () => conv2d(x, w, { bias: [1, 2] }),
      'bias has shape [2], but the number of output channels is 1.',
    ],
    [
      'prelu without a slope',
      () => conv1d(row, tensor([1], 1, 1, 1), { activation: 'prelu' }),
      "reference conv1d: the activation 'prelu' needs a slope.",
    ],
    [
      'a filter that does not fit',
      () => conv3d(counting(1, 1, 2, 2, 2), counting(1, 1, 3, 1, 1)),
      "the filter's depth of 3",
    ],
  ];
  it.each(cases)('%s', (_, call, message) => {
    expect(call).toThrow(InvalidArgumentError);
    expect(call).toThrow(message);
  });
});
