import { describe, expect, it } from 'vitest';
import { InvalidArgumentError } from '../../../src/errors.js';
import {
  type Conv2dDescription,
  compulsoryBytes,
  conv2dFilterShape,
  conv2dInputShape,
  conv2dOutputShape,
  conv2dProblem,
  describeConv2d,
  flopCount,
  gemmSize,
} from '../../../src/problem/index.js';

const base: Conv2dDescription = { inputShape: [2, 6, 17, 19], filterShape: [8, 6, 3, 5] };
const problem = (more: object = {}) => conv2dProblem({ ...base, ...more } as Conv2dDescription);

describe('conv2dProblem', () => {
  it('normalises defaults: stride 1, dilation 1, no padding, one group, nchw, oihw, no epilogue', () => {
    expect(problem()).toEqual({
      operator: 'conv2d',
      batch: 2,
      inputChannels: 6,
      outputChannels: 8,
      groups: 1,
      axes: [
        { inputSize: 17, filterSize: 3, stride: 1, dilation: 1, padBegin: 0, padEnd: 0, outputSize: 15 },
        { inputSize: 19, filterSize: 5, stride: 1, dilation: 1, padBegin: 0, padEnd: 0, outputSize: 15 },
      ],
      inputLayout: 'nchw',
      filterLayout: 'oihw',
      flipFilter: false,
      epilogue: { hasBias: false, activation: 'none' },
    });
  });

  it('describes the same problem in every layout', () => {
    const nhwc = conv2dProblem({
      inputShape: [2, 17, 19, 6],
      filterShape: [3, 5, 6, 8],
      inputLayout: 'nhwc',
      filterLayout: 'hwio',
    });
    expect({ ...nhwc, inputLayout: 'nchw', filterLayout: 'oihw' }).toEqual(problem());
    expect(conv2dInputShape(nhwc)).toEqual([2, 17, 19, 6]);
    expect(conv2dFilterShape(nhwc)).toEqual([3, 5, 6, 8]);
    expect(conv2dOutputShape(nhwc)).toEqual([2, 15, 15, 8]);
    expect(conv2dOutputShape(problem())).toEqual([2, 8, 15, 15]);
  });

  it.each([
    [2, [2, 2, 2, 2]],
    [
      [1, 3],
      [1, 1, 3, 3],
    ],
    [
      [
        [0, 1],
        [2, 3],
      ],
      [0, 1, 2, 3],
    ],
    ['valid', [0, 0, 0, 0]],
    ['full', [2, 2, 4, 4]],
    [-1, [-1, -1, -1, -1]],
    ['same', [1, 1, 2, 2]],
    ['same-lower', [1, 1, 2, 2]],
  ])('takes padding %j as top, bottom, left, right %j', (padding, sides) => {
    const [rows, columns] = problem({ padding }).axes;
    expect([rows.padBegin, rows.padEnd, columns.padBegin, columns.padEnd]).toEqual(sides);
  });

  it('takes one number or a pair for strides and dilations', () => {
    expect(problem({ strides: [2, 3], dilations: 2 }).axes).toMatchObject([
      { stride: 2, dilation: 2 },
      { stride: 3, dilation: 2 },
    ]);
  });

  it('divides channels into groups', () => {
    const grouped = problem({ groups: 2, filterShape: [8, 3, 3, 5] });
    expect(gemmSize(grouped)).toEqual({ filters: 4, positions: 2 * 15 * 15, depth: 3 * 3 * 5 });
    expect(flopCount(grouped)).toBe(flopCount(problem()) / 2);
  });

  it('counts operations and bytes', () => {
    expect(flopCount(problem())).toBe(2 * (2 * 8 * 15 * 15) * (6 * 3 * 5));
    expect(compulsoryBytes(problem())).toBe(4 * (2 * 6 * 17 * 19 + 8 * 6 * 3 * 5 + 2 * 8 * 15 * 15));
  });

  it('is frozen, and equal for equal descriptions', () => {
    expect(Object.isFrozen(problem())).toBe(true);
    expect(JSON.stringify(problem({ padding: 1 }))).toBe(JSON.stringify(problem({ padding: [1, 1] })));
  });

  it('describes itself in one line', () => {
    const text = describeConv2d(problem({ strides: [1, 2], padding: 'same', dilations: [2, 1], activation: 'relu' }));
    expect(text).toBe('2 × 17×19×6 → 17×10×8, 3×5, stride 1×2, padding 2, dilation 2×1, relu');
    expect(describeConv2d(problem({ padding: [0, 1] }))).toContain('padding 0/0/1/1');
    expect(describeConv2d(problem({ groups: 2, filterShape: [8, 3, 3, 5] }))).toContain('2 groups');
  });
});

describe('conv2dProblem refuses', () => {
  const cases: [string, object, string][] = [
    [
      'an infinite stride',
      { strides: 2 ** 31 },
      'strides is 2147483648, but must be an integer of at least 1 and at most 2147483647.',
    ],
    ['a huge dilation', { dilations: [1e300, 1] }, 'dilations[0] is 1e+300, but must be an integer of at least 1'],
    [
      'padding beyond what an index holds',
      {
        padding: [
          [2 ** 31 - 1, 0],
          [0, 0],
        ],
      },
      "the padded input's height is 2147483664 (17 + 2147483647 + 0), but at most 2147483647 (2^31 - 1) can be indexed. Give less padding.",
    ],
    ['a layout of null', { inputLayout: null }, 'inputLayout is null, but must be one of'],
    ['a size as BigInt', { inputShape: [2, 6n, 17, 19] }, 'is 6n, but must be an integer of at least 1.'],
    [
      'a filter that no groups would fit',
      { filterShape: [5, 2, 3, 3] },
      'Give a filter of shape [5, 6, 3, 3] (oihw), or check the layouts.',
    ],
    ['an unknown option, with the nearest', { stride: 2 }, "conv2d: unknown option 'stride'. Did you mean 'strides'?"],
    [
      'an option that is like no other',
      { kernel: 2 },
      "unknown option 'kernel'. Options are strides, dilations, padding, groups, inputLayout, filterLayout, flipFilter, activation",
    ],
    ['a stride of 0', { strides: 0 }, 'conv2d: strides is 0, but must be an integer of at least 1.'],
    [
      'a fractional dilation',
      { dilations: [1, 1.5] },
      'conv2d: dilations[1] is 1.5, but must be an integer of at least 1.',
    ],
    ['NaN', { strides: Number.NaN }, 'strides is NaN'],
    ['a stride of three', { strides: [1, 2, 3] }, 'strides is [1, 2, 3], but must be one number or [rows, columns].'],
    ['a string for a number', { strides: '2' }, "strides is '2', but must be an integer of at least 1."],
    ['fractional padding', { padding: -0.5 }, 'padding is -0.5, but must be an integer of at least -2147483647.'],
    ['flipFilter as a number', { flipFilter: 1 }, 'flipFilter is 1, but must be true or false.'],
    [
      'an unknown rule',
      { padding: 'Same' },
      "padding is 'Same', but must be one of 'same', 'same-lower', 'valid', 'full'. Did you mean 'same'?",
    ],
    [
      'flat padding of four',
      { padding: [1, 1, 1, 1] },
      'must be a number, [rows, columns], [[top, bottom], [left, right]]',
    ],
    ['half a pair of pairs', { padding: [[1, 1], 1] }, 'padding[1] is 1, but must be a pair [begin, end]'],
    [
      'a bad side',
      {
        padding: [
          [1, 0.5],
          [0, 0],
        ],
      },
      'padding[0][1] is 0.5',
    ],
    [
      'an unknown layout',
      { inputLayout: 'nwhc' },
      "inputLayout is 'nwhc', but must be one of 'nchw', 'nhwc'. Did you mean",
    ],
    [
      'an unknown filter layout',
      { filterLayout: 'ohwi' },
      "filterLayout is 'ohwi', but must be one of 'oihw', 'hwio'.",
    ],
    [
      'an unknown activation',
      { activation: 'reLU' },
      "activation is 'reLU', but must be one of 'none', 'relu', 'relu6', 'sigmoid'. Did you mean 'relu'?",
    ],
    ['zero groups', { groups: 0 }, 'groups is 0, but must be an integer of at least 1.'],
    ['groups that do not divide', { groups: 4 }, '6 input channels do not divide into 4 groups'],
    ['groups that do not divide the filters', { groups: 3 }, '8 output channels do not divide into 3 groups'],
    [
      'a filter of other channels',
      { filterShape: [8, 4, 3, 3] },
      'conv2d: filter expects 4 input channels, but input [2, 6, 17, 19] (nchw) has 6 channels. Give a filter of shape [8, 6, 3, 3] (oihw), or check the layouts.',
    ],
    [
      'a filter of other channels, in groups',
      { filterShape: [8, 6, 3, 3], groups: 2 },
      'filter expects 6 input channels per group, but input [2, 6, 17, 19] (nchw) has 6 channels in 2 groups (3 each). Give a filter of shape [8, 3, 3, 3] (oihw), or set groups.',
    ],
    [
      'a bias of other length',
      { biasShape: [6] },
      'bias has shape [6], but the number of output channels is 8. Give a bias of shape [8].',
    ],
    [
      'a shape of three axes',
      { inputShape: [6, 17, 19] },
      'input shape (nchw) is [6, 17, 19] with 3 axes, but must have 4.',
    ],
    [
      'a zero size',
      { inputShape: [0, 6, 17, 19] },
      'axis 0 of input shape (nchw) [0, 6, 17, 19] is 0, but must be an integer of at least 1.',
    ],
    ['no shape', { filterShape: 'big' }, "filter shape (oihw) must be an array of sizes, got 'big'."],
    [
      'more elements than an index holds',
      { inputShape: [2, 6, 17000, 19000] },
      'has 3876000000 elements, but at most 2147483647 (2^31 - 1) can be indexed. Split the batch.',
    ],
    [
      'an output of more elements than an index holds',
      { inputShape: [1, 1, 17000, 19000], filterShape: [8, 1, 1, 1] },
      'output shape [1, 8, 17000, 19000] has 2584000000 elements',
    ],
    [
      'a filter larger than the input',
      { filterShape: [8, 6, 18, 3] },
      "the filter's height of 18 is larger than the padded input's of 17",
    ],
  ];
  it.each(cases)('%s', (_, more, message) => {
    let thrown: unknown;
    try {
      problem(more);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(InvalidArgumentError);
    expect((thrown as Error).message).toContain(message);
  });

  it('no description at all', () => {
    expect(() => conv2dProblem(undefined as never)).toThrow('conv2d: options must be an object, got undefined.');
  });

  it('with a code of its own for unknown options', () => {
    expect(() => problem({ stride: 2 })).toThrow(expect.objectContaining({ code: 'unknown-option' }));
    expect(() => problem({ strides: 0 })).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });
});
