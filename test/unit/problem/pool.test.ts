import { describe, expect, it } from 'vitest';
import {
  describePool,
  type PoolDescription,
  poolInputShape,
  poolOutputShape,
  poolProblem,
} from '../../../src/problem/index.js';
import { refusalOf } from './refusals.js';

const base = { inputShape: [1, 2, 7, 8] };
const problem = (more: object = {}, kind: 'max' | 'average' | 'l2' = 'max') =>
  poolProblem(kind, 2, { ...base, ...more } as PoolDescription);

describe('poolProblem', () => {
  it('pools the whole input by default, and steps by the window', () => {
    expect(poolOutputShape(problem())).toEqual([1, 2, 1, 1]);
    expect(problem({ windowDimensions: [2, 3] }).axes).toMatchObject([
      { filterSize: 2, stride: 2, outputSize: 3 },
      { filterSize: 3, stride: 3, outputSize: 2 },
    ]);
    expect(problem().paddingContent).toBeUndefined();
  });

  it('works in every rank and layout', () => {
    expect(
      poolOutputShape(poolProblem('max', 1, { inputShape: [1, 9, 2], windowDimensions: 3, inputLayout: 'nwc' })),
    ).toEqual([1, 3, 2]);
    const volume = poolProblem('l2', 3, { inputShape: [1, 2, 4, 6, 8], windowDimensions: 2 });
    expect(poolOutputShape(volume)).toEqual([1, 2, 2, 3, 4]);
    expect(poolInputShape(volume)).toEqual([1, 2, 4, 6, 8]);
  });

  it('rounds up where asked', () => {
    expect(problem({ windowDimensions: 2, rounding: 'ceil' }).axes.map(({ outputSize }) => outputSize)).toEqual([4, 4]);
  });

  it('describes itself in one line', () => {
    expect(describePool(problem({ windowDimensions: 3, strides: 2, padding: 1, dilations: 2, dtype: 'float16' }))).toBe(
      'max pool 7×8×2 → 3×3×2, 3×3, stride 2, dilation 2, padding 1, float16',
    );
  });

  it('counts padding, or gives it values, where a window may then hold nothing else', () => {
    const far = { windowDimensions: 2, padding: 2 };
    expect(poolOutputShape(problem({ ...far, countPadding: true }, 'average'))).toEqual([1, 2, 5, 6]);
    expect(poolOutputShape(problem({ ...far, paddingMode: 'replicate' }))).toEqual([1, 2, 5, 6]);
  });
});

describe('poolProblem refuses', () => {
  const cases: [string, object, string][] = [
    [
      'a window that holds only padding, at the beginning',
      { windowDimensions: 2, padding: [2, 0] },
      'maxPool2d: window 0 along the height holds nothing but padding (it starts at -2 and is 2 long; the input is 7 long). Give less padding, or a paddingMode.',
    ],
    [
      'one at the end',
      { windowDimensions: 2, strides: 1, padding: [0, [0, 2]] },
      'window 8 along the width holds nothing but padding (it starts at 8 and is 2 long; the input is 8 long)',
    ],
    [
      'one that steps over the input',
      { inputShape: [1, 1, 1, 8], windowDimensions: [2, 1], dilations: [2, 1], padding: [1, 0] },
      'window 0 along the height holds nothing but padding (it starts at -1 and is 3 long; the input is 1 long)',
    ],
    [
      'a window larger than the input',
      { windowDimensions: [8, 1] },
      "maxPool2d: the window's height of 8 is larger than the padded input's of 7 (7 + 0 + 0). Give more padding or a smaller window.",
    ],
    ['a window of 0', { windowDimensions: 0 }, 'windowDimensions is 0, but must be an integer of at least 1.'],
    ['a stride of 0', { strides: [0, 1] }, 'strides[0] is 0, but must be an integer of at least 1.'],
    ['a fractional window', { windowDimensions: [2, 2.5] }, 'windowDimensions[1] is 2.5'],
    [
      'a window of three',
      { windowDimensions: [2, 2, 2] },
      'windowDimensions is [2, 2, 2], but must be one number or [rows, columns].',
    ],
    ['countPadding of a maximum', { countPadding: true }, "maxPool2d: unknown option 'countPadding'."],
    ['a filter', { filterShape: [1] }, "maxPool2d: unknown option 'filterShape'."],
    [
      'reflection wider than the input',
      { windowDimensions: 8, padding: 7, paddingMode: 'reflect' },
      "reflect padding reaches 7 elements past the input's height of 7, but at most 6 can be reflected.",
    ],
    ['a layout of another rank', { inputLayout: 'ncw' }, "inputLayout is 'ncw', but must be one of 'nchw', 'nhwc'."],
    [
      'what does not fit, if it must',
      { windowDimensions: 2, rounding: 'exact' },
      'does not fit the stride along the height: 1 of 5',
    ],
    ['an unknown type', { dtype: 'int8' }, "dtype is 'int8', but must be one of 'float32', 'float16'."],
    ['too many elements', { inputShape: [1, 2 ** 16, 2 ** 8, 2 ** 8] }, 'has 4294967296 elements'],
  ];
  it.each(cases)('%s', (_, more, message) => expect(refusalOf(() => problem(more))).toContain(message));

  it('countPadding that is no boolean', () => {
    expect(refusalOf(() => problem({ countPadding: 1 }, 'average'))).toBe(
      'averagePool2d: countPadding is 1, but must be true or false.',
    );
  });
});
