import { describe, expect, it } from 'vitest';
import {
  type ConvDescription,
  type ConvTransposeDescription,
  compulsoryBytes,
  conv1dProblem,
  conv2dProblem,
  conv3dProblem,
  convFilterShape,
  convInputShape,
  convOutputShape,
  convTranspose1dProblem,
  convTranspose2dProblem,
  convTranspose3dProblem,
  describeConv,
  flopCount,
  gathersOf,
  gemmSize,
  longestSum,
} from '../../../src/problem/index.js';
import { refusalOf } from './refusals.js';

const base: ConvDescription<2> = { inputShape: [2, 6, 17, 19], filterShape: [8, 6, 3, 5] };
const problem = (more: object = {}) => conv2dProblem({ ...base, ...more } as ConvDescription<2>);
const transposed = (more: object = {}) =>
  convTranspose2dProblem({
    inputShape: [2, 6, 9, 9],
    filterShape: [6, 4, 3, 5],
    ...more,
  } as ConvTransposeDescription<2>);

describe('conv2dProblem', () => {
  it('normalises defaults: stride 1, dilation 1, zeros as padding, one group, channels first, f32, no epilogue', () => {
    expect(problem()).toEqual({
      operator: 'conv',
      rank: 2,
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
      dtype: 'float32',
      filterDtype: 'float32',
      flipFilter: false,
      paddingContent: { mode: 'constant', value: 0 },
      epilogue: {
        hasBias: false,
        hasScale: false,
        hasShift: false,
        hasSlope: false,
        hasResidual: false,
        activation: { name: 'none', alpha: 0, beta: 0 },
      },
      filterIsSeparable: false,
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
    expect(convInputShape(nhwc)).toEqual([2, 17, 19, 6]);
    expect(convFilterShape(nhwc)).toEqual([3, 5, 6, 8]);
    expect(convOutputShape(nhwc)).toEqual([2, 15, 15, 8]);
    expect(convOutputShape(problem())).toEqual([2, 8, 15, 15]);
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
    [
      [[0, 1], 'same'],
      [0, 1, 2, 2],
    ],
    ['valid', [0, 0, 0, 0]],
    ['full', [2, 2, 4, 4]],
    ['causal', [2, 0, 4, 0]],
    [-1, [-1, -1, -1, -1]],
    ['same', [1, 1, 2, 2]],
    ['same-lower', [1, 1, 2, 2]],
  ])('takes padding %j as top, bottom, left, right %j', (padding, sides) => {
    expect(problem({ padding }).axes.flatMap(({ padBegin, padEnd }) => [padBegin, padEnd])).toEqual(sides);
  });

  it('takes one number or one for each axis for strides and dilations', () => {
    expect(problem({ strides: [2, 3], dilations: 2 }).axes).toMatchObject([
      { stride: 2, dilation: 2 },
      { stride: 3, dilation: 2 },
    ]);
  });

  it('stores the filter as the input, unless told otherwise', () => {
    expect(problem({ dtype: 'float16' })).toMatchObject({ dtype: 'float16', filterDtype: 'float16' });
    expect(problem({ filterDtype: 'float16' })).toMatchObject({ dtype: 'float32', filterDtype: 'float16' });
  });

  it('counts operations and bytes, those of half precision as two', () => {
    expect(flopCount(problem())).toBe(2 * (2 * 8 * 15 * 15) * (6 * 3 * 5));
    const values = [2 * 6 * 17 * 19, 8 * 6 * 3 * 5, 2 * 8 * 15 * 15];
    expect(compulsoryBytes(problem())).toBe(4 * (values[0]! + values[1]! + values[2]!));
    expect(compulsoryBytes(problem({ filterDtype: 'float16' }))).toBe(4 * (values[0]! + values[2]!) + 2 * values[1]!);
    expect(longestSum(problem())).toBe(6 * 3 * 5);
  });

  it('divides channels into groups', () => {
    const grouped = problem({ groups: 2, filterShape: [8, 3, 3, 5] });
    const [gather] = gathersOf(grouped);
    expect(gemmSize(grouped, gather!)).toEqual({ filters: 4, positions: 2 * 15 * 15, depth: 3 * 3 * 5 });
    expect(flopCount(grouped)).toBe(flopCount(problem()) / 2);
  });

  it('is frozen, and equal for equal descriptions', () => {
    expect(Object.isFrozen(problem())).toBe(true);
    expect(JSON.stringify(problem({ padding: 1 }))).toBe(JSON.stringify(problem({ padding: [1, 1] })));
  });

  it('describes itself in one line', () => {
    const text = describeConv(problem({ strides: [1, 2], padding: 'same', dilations: [2, 1], activation: 'relu' }));
    expect(text).toBe('2 × 17×19×6 → 17×10×8, 3×5, stride 1×2, padding 2, dilation 2×1, relu');
    expect(describeConv(problem({ padding: [0, 1] }))).toContain('padding 0/0/1/1');
    expect(describeConv(problem({ padding: 1, paddingMode: 'reflect' }))).toContain('padding 1 (reflect)');
    expect(describeConv(problem({ padding: 1, paddingMode: 7 }))).toContain('padding 1 (7)');
    expect(describeConv(problem({ groups: 2, filterShape: [8, 3, 3, 5], dtype: 'float16' }))).toContain(
      '2 groups, float16',
    );
    expect(
      describeConv(
        problem({ scaleShape: [8], residualShape: [2, 8, 15, 15], activation: { name: 'leakyRelu', alpha: 0.5 } }),
      ),
    ).toContain('scaled, residual, leakyRelu(0.5)');
    expect(describeConv(transposed({ strides: 2, flipFilter: true }))).toBe(
      '2 × 9×9×6 → 19×21×4, 3×5, transposed, stride 2, flipped',
    );
  });
});

describe('problems of other ranks', () => {
  it('have one axis for sequences and three for volumes, with layouts of their own', () => {
    const sequence = conv1dProblem({
      inputShape: [1, 9, 2],
      filterShape: [3, 2, 4],
      inputLayout: 'nwc',
      filterLayout: 'wio',
    });
    expect(sequence).toMatchObject({ rank: 1, inputChannels: 2, outputChannels: 4, axes: [{ outputSize: 7 }] });
    expect(convOutputShape(sequence)).toEqual([1, 7, 4]);
    const volume = conv3dProblem({
      inputShape: [1, 2, 7, 8, 9],
      filterShape: [4, 2, 1, 2, 3],
      strides: [1, 2, 3],
      padding: [0, [1, 1], 'same'],
    });
    expect(convOutputShape(volume)).toEqual([1, 4, 7, 5, 3]);
    expect(convFilterShape(volume)).toEqual([4, 2, 1, 2, 3]);
  });

  it('refuse the options of another rank', () => {
    const sequence = { inputShape: [1, 2, 9], filterShape: [4, 2, 3] };
    const refusal = (more: object) => refusalOf(() => conv1dProblem({ ...sequence, ...more } as ConvDescription<1>));
    expect(refusal({ inputLayout: 'nchw' })).toBe(
      "conv1d: inputLayout is 'nchw', but must be one of 'ncw', 'nwc'. Did you mean 'ncw'?",
    );
    expect(refusal({ padding: [1, 1] })).toBe(
      "conv1d: padding is [1, 1], but must be a number, [columns], a pair [begin, end] for each axis ([[1, 2]]), 'same', 'same-lower', 'valid', 'full', 'causal'.",
    );
    expect(refusal({ strides: [1, 1] })).toBe('conv1d: strides is [1, 1], but must be one number or [columns].');
    expect(
      refusalOf(() =>
        conv3dProblem({ inputShape: [1, 1, 4, 4, 4], filterShape: [1, 1, 2, 2, 2], padding: [1, 2] as never }),
      ),
    ).toContain(
      'must be a number, [depth, rows, columns], a pair [begin, end] for each axis ([[1, 2], [1, 2], [1, 2]])',
    );
  });
});

describe('transposed problems', () => {
  it('take filters of (C, K/G, R, S), and have K output channels over all groups', () => {
    expect(transposed()).toMatchObject({ operator: 'convTranspose', inputChannels: 6, outputChannels: 4 });
    const grouped = transposed({ groups: 3 });
    expect(grouped).toMatchObject({ outputChannels: 12, filterLayout: 'iohw' });
    expect(convFilterShape(grouped)).toEqual([6, 4, 3, 5]);
    expect(convOutputShape(grouped)).toEqual([2, 12, 11, 13]);
  });

  it('count each input with each tap, and the longest sum by the taps of a phase', () => {
    expect(flopCount(transposed({ strides: 2 }))).toBe(2 * 2 * 9 * 9 * 15 * 6 * 4);
    // of 3 taps at stride 2 an output meets 2 at most, of 5 three
    expect(longestSum(transposed({ strides: 2 }))).toBe(6 * 2 * 3);
    expect(longestSum(transposed({ strides: 2, dilations: 2 }))).toBe(6 * 3 * 5);
  });

  it.each([
    [convTranspose1dProblem, [1, 2, 4], [2, 3, 3], [1, 3, 9]],
    [convTranspose3dProblem, [1, 2, 4, 4, 4], [2, 3, 1, 2, 3], [1, 3, 7, 8, 9]],
  ] as const)('exist in every rank: %o', (make, inputShape, filterShape, outputShape) => {
    expect(convOutputShape(make({ inputShape, filterShape, strides: 2 }))).toEqual(outputShape);
  });

  it('take outputPadding or outputShape, one for each axis', () => {
    expect(convOutputShape(transposed({ strides: [2, 3], outputPadding: [1, 2] }))).toEqual([2, 4, 20, 31]);
    expect(convOutputShape(transposed({ strides: 2, outputShape: [20, 21] }))).toEqual([2, 4, 20, 21]);
  });

  const cases: [string, object, string][] = [
    [
      'a padding mode',
      { paddingMode: 'reflect' },
      'convTranspose2d: paddingMode does not apply: the padding of a transposed convolution crops its output, so nothing lies in it.',
    ],
    [
      'a rounding',
      { rounding: 'ceil' },
      'convTranspose2d: rounding does not apply: a transposed convolution divides nothing. Use outputPadding or outputShape.',
    ],
    [
      'both ends at once',
      { outputPadding: 0, outputShape: 11 },
      'convTranspose2d: outputPadding and outputShape both say where the output ends. Give one of them.',
    ],
    [
      'too much output padding',
      { strides: 2, outputPadding: 2 },
      'convTranspose2d: outputPadding along the height is 2, but must be smaller than the larger of stride 2 and dilation 1.',
    ],
    ['negative output padding', { outputPadding: -1 }, 'outputPadding is -1, but must be an integer of at least 0.'],
    [
      'an output shape out of range',
      { strides: 2, outputShape: [19, 23] },
      "convTranspose2d: the output's width cannot be 23: input, filter, stride and padding allow 21 to 22. Give other padding or another output shape.",
    ],
    [
      'a filter of other channels',
      { filterShape: [4, 6, 3, 3] },
      'convTranspose2d: filter expects 4 input channels, but input [2, 6, 9, 9] (nchw) has 6 channels. Give a filter of shape [6, 6, 3, 3] (iohw), or check the layouts.',
    ],
    [
      'groups that do not divide',
      { groups: 4 },
      'convTranspose2d: 6 input channels do not divide into 4 groups. Give a number of groups that divides both input and output channels.',
    ],
  ];
  it.each(cases)('refuse %s', (_, more, message) => expect(refusalOf(() => transposed(more))).toContain(message));

  it('name options of the other operator with a code of their own', () => {
    expect(() => transposed({ paddingMode: 'reflect' })).toThrow(expect.objectContaining({ code: 'unknown-option' }));
    expect(refusalOf(() => problem({ outputPadding: 1 }))).toBe(
      "conv2d: outputPadding belongs to a transposed convolution. Use rounding: 'ceil' for outputs past the end.",
    );
    expect(refusalOf(() => problem({ outputShape: 15 }))).toBe(
      'conv2d: outputShape belongs to a transposed convolution. Here the output follows from input, filter, strides and padding.',
    );
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
      "the padded input's height (17 + 2147483647 + 0) is 2147483664, but at most 2147483647 (2^31 - 1) can be indexed. Give less padding or smaller steps.",
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
      "unknown option 'kernel'. Options are strides, dilations, padding, groups, inputLayout, filterLayout, flipFilter, activation, paddingMode, rounding",
    ],
    ['a stride of 0', { strides: 0 }, 'conv2d: strides is 0, but must be an integer of at least 1.'],
    ['a dilation of 0', { dilations: 0 }, 'conv2d: dilations is 0, but must be an integer of at least 1.'],
    [
      'a fractional dilation',
      { dilations: [1, 1.5] },
      'conv2d: dilations[1] is 1.5, but must be an integer of at least 1.',
    ],
    ['NaN', { strides: Number.NaN }, 'strides is NaN, but must be an integer of at least 1.'],
    ['a stride of three', { strides: [1, 2, 3] }, 'strides is [1, 2, 3], but must be one number or [rows, columns].'],
    ['a string for a number', { strides: '2' }, "strides is '2', but must be an integer of at least 1."],
    [
      'fractional padding',
      { padding: -0.5 },
      'padding is -0.5, but must be an integer (negative: crops), a pair [begin, end] or a rule (',
    ],
    ['flipFilter as a number', { flipFilter: 1 }, 'flipFilter is 1, but must be true or false.'],
    [
      'an unknown rule',
      { padding: 'Same' },
      "padding is 'Same', but must be one of 'same', 'same-lower', 'valid', 'full', 'causal'. Did you mean 'same'?",
    ],
    [
      'flat padding of four',
      { padding: [1, 1, 1, 1] },
      "padding is [1, 1, 1, 1], but must be a number, [rows, columns], a pair [begin, end] for each axis ([[1, 2], [1, 2]]), 'same'",
    ],
    [
      'three values for an axis',
      { padding: [[1, 1, 1], 1] },
      'padding[0] is [1, 1, 1], but must be a pair [begin, end].',
    ],
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
    ['an unknown padding mode', { paddingMode: 'mirror' }, "paddingMode is 'mirror', which is called 'reflect' here."],
    ['an infinite constant', { paddingMode: 1e39 }, 'paddingMode is 1e+39, but a constant must be finite in f32.'],
    [
      'reflection wider than the input',
      { padding: 'full', paddingMode: 'reflect', filterShape: [8, 6, 18, 3] },
      "conv2d: reflect padding reaches 17 elements past the input's height of 17, but at most 16 can be reflected. Give less padding, or paddingMode 'symmetric', 'replicate' or 'circular'.",
    ],
    [
      'a filter that does not fit, if it must',
      { strides: [1, 4], rounding: 'exact' },
      'the filter does not fit the stride along the width: 2 of 14 steps are left over at stride 4.',
    ],
    ['an unknown rounding', { rounding: 'round' }, "rounding is 'round', but must be one of 'floor', 'ceil', 'exact'."],
    [
      'an unknown layout',
      { inputLayout: 'nwhc' },
      "inputLayout is 'nwhc', but must be one of 'nchw', 'nhwc'. Did you mean",
    ],
    [
      'an unknown filter layout',
      { filterLayout: 'khwc' },
      "filterLayout is 'khwc', but must be one of 'oihw', 'iohw', 'hwio', 'hwoi', 'ohwi', 'ihwo'.",
    ],
    ['an unknown type', { dtype: 'float64' }, "dtype is 'float64', but must be one of 'float32', 'float16'."],
    ['a type without fractions', { filterDtype: 'uint32' }, "filterDtype is 'uint32', but must be one of"],
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
      'filter expects 6 input channels per group, but input [2, 6, 17, 19] (nchw) has 6 channels in 2 groups (3 each). Give a filter of shape [8, 3, 3, 3] (oihw), or set groups: 1.',
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
    ['a negative size', { filterShape: [8, 6, -3, 5] }, 'axis 2 of filter shape (oihw) [8, 6, -3, 5] is -3'],
    ['a size that is not a number', { inputShape: [2, 6, Number.NaN, 19] }, 'is NaN, but must be an integer'],
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
  it.each(cases)('%s', (_, more, message) => expect(refusalOf(() => problem(more))).toContain(message));

  it('no description at all', () => {
    expect(() => conv2dProblem(undefined as never)).toThrow('conv2d: options must be an object, got undefined.');
  });

  it('with a code of its own for unknown options', () => {
    expect(() => problem({ stride: 2 })).toThrow(expect.objectContaining({ code: 'unknown-option' }));
    expect(() => problem({ strides: 0 })).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });
});
