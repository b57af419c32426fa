import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dilatedSize, resolveAxis, resolveTransposedAxis } from '../../../src/problem/axis.js';
import { refusalOf } from './refusals.js';

const axis = (inputSize: number, filterSize: number, stride = 1, dilation = 1) => ({
  inputSize,
  filterSize,
  stride,
  dilation,
});

describe('resolveAxis', () => {
  it('computes P = (H − R + 2·pad) / stride + 1: 5 − 3 + 2·1 at stride 2 gives 3', () => {
    expect(resolveAxis('t', 'height', axis(5, 3, 2), [1, 1]).outputSize).toBe(3);
  });

  it('leaves what does not fit the stride unused (floor): 7 wide, 3 wide filter, stride 3 gives 2', () => {
    expect(resolveAxis('t', 'width', axis(7, 3, 3), 'valid').outputSize).toBe(2);
  });

  it('spreads the filter by the dilation', () => {
    expect(dilatedSize(3, 2)).toBe(5);
    expect(resolveAxis('t', 'width', axis(7, 3, 1, 2), 'valid').outputSize).toBe(3);
  });

  it('pads the odd zero of "same" at the end, and of "same-lower" at the beginning', () => {
    expect(resolveAxis('t', 'width', axis(6, 3, 2), 'same')).toMatchObject({ padBegin: 0, padEnd: 1, outputSize: 3 });
    expect(resolveAxis('t', 'width', axis(6, 3, 2), 'same-lower')).toMatchObject({
      padBegin: 1,
      padEnd: 0,
      outputSize: 3,
    });
    expect(resolveAxis('t', 'width', axis(5, 4), 'same')).toMatchObject({ padBegin: 1, padEnd: 2, outputSize: 5 });
  });

  it('pads "full" so that every tap meets every input', () => {
    expect(resolveAxis('t', 'width', axis(5, 3), 'full')).toMatchObject({ padBegin: 2, padEnd: 2, outputSize: 7 });
    expect(resolveAxis('t', 'width', axis(5, 3, 1, 2), 'full')).toMatchObject({
      padBegin: 4,
      padEnd: 4,
      outputSize: 9,
    });
  });

  it('crops where padding is negative', () => {
    expect(resolveAxis('t', 'width', axis(9, 3), [-2, -1]).outputSize).toBe(4);
    expect(resolveAxis('t', 'width', axis(9, 3), [-2, 3]).outputSize).toBe(8);
    expect(() => resolveAxis('conv2d', 'width', axis(5, 3), [-2, -1])).toThrow(
      "conv2d: the filter's width of 3 is larger than the padded input's of 2 (5 − 2 − 1).",
    );
  });

  it('needs no padding for "same" where the stride exceeds the filter', () => {
    expect(resolveAxis('t', 'width', axis(7, 1, 3), 'same')).toMatchObject({ padBegin: 0, padEnd: 0, outputSize: 3 });
  });

  it('says by how much a filter is too large, and what to do', () => {
    expect(() => resolveAxis('conv2d', 'height', axis(3, 4), [0, 0])).toThrow(
      "conv2d: the filter's height of 4 is larger than the padded input's of 3 (3 + 0 + 0). Give more padding or a smaller filter.",
    );
    expect(() => resolveAxis('conv2d', 'width', axis(4, 3, 1, 2), [0, 0])).toThrow('width of 5 (3 with dilation 2)');
  });

  it('holds for any axis: every output is where a whole filter fits, and one more would not', () => {
    const size = fc.integer({ min: 1, max: 40 });
    const pad = fc.integer({ min: -6, max: 12 });
    fc.assert(
      fc.property(
        size,
        size,
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 4 }),
        pad,
        pad,
        (h, r, s, d, b, e) => {
          const extent = (r - 1) * d + 1;
          fc.pre(h + b + e >= extent);
          const { outputSize } = resolveAxis('t', 'height', axis(h, r, s, d), [b, e]);
          let fits = 0;
          for (let start = -b; start + extent <= h + e; start += s) fits++;
          expect(outputSize).toBe(fits);
        },
      ),
      { seed: 1 },
    );
  });

  it('makes "same" ⌈input / stride⌉ long for any axis', () => {
    const small = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), small, small, small, (h, r, s, d) => {
        expect(resolveAxis('t', 'height', axis(h, r, s, d), 'same').outputSize).toBe(Math.ceil(h / s));
        expect(resolveAxis('t', 'height', axis(h, r, s, d), 'same-lower').outputSize).toBe(Math.ceil(h / s));
      }),
      { seed: 1 },
    );
  });
});

describe('rounding', () => {
  // 8 elements, windows of 3, step 2: starts 0, 2, 4 fit; one at 6 would reach 1 past the end
  it("'floor' leaves the rest unused, 'ceil' adds the output that reaches past the end", () => {
    expect(resolveAxis('t', 'width', axis(8, 3, 2), 'valid', 'floor').outputSize).toBe(3);
    expect(resolveAxis('t', 'width', axis(8, 3, 2), 'valid', 'ceil').outputSize).toBe(4);
  });

  it("'ceil' adds none that would start in the padding at the end", () => {
    // 5 elements and 1 of padding on both sides, windows of 2, step 3: starts −1 and 2 fit; the next, 5, is in the padding
    expect(resolveAxis('t', 'width', axis(5, 2, 3), [1, 1], 'ceil').outputSize).toBe(2);
    expect(resolveAxis('t', 'width', axis(6, 2, 3), [1, 1], 'ceil').outputSize).toBe(3);
  });

  it("'exact' takes what fits and says how much is left over of the rest", () => {
    expect(resolveAxis('t', 'width', axis(9, 3, 2), 'valid', 'exact').outputSize).toBe(4);
    expect(refusalOf(() => resolveAxis('conv2d', 'width', axis(8, 3, 2), 'valid', 'exact'))).toBe(
      "conv2d: the filter does not fit the stride along the width: 1 of 5 steps are left over at stride 2. Give other padding, or rounding 'floor' or 'ceil'.",
    );
  });

  it("'ceil' does not reach into what is cropped from the end", () => {
    // 8 elements without the last: 7; starts 0 and 2, 4 fit exactly
    expect(resolveAxis('t', 'width', axis(8, 3, 2), [0, -1], 'ceil').outputSize).toBe(3);
    // without the last two: 6; start 4 would see the cropped element 6
    expect(refusalOf(() => resolveAxis('conv2d', 'width', axis(8, 3, 2), [0, -2], 'ceil'))).toBe(
      "conv2d: rounding 'ceil' would reach into the 2 elements that are cropped from the end of the width. Give rounding 'floor', or other padding.",
    );
    // 4 are left of 10: an output that would start in the cropped part is none
    expect(resolveAxis('t', 'width', axis(10, 3, 4), [0, -6], 'ceil').outputSize).toBe(1);
  });
});

it('pads "causal" at the beginning alone, so that an output sees nothing after its own place', () => {
  expect(resolveAxis('t', 'length', axis(7, 3, 1, 2), 'causal')).toMatchObject({
    padBegin: 4,
    padEnd: 0,
    outputSize: 7,
  });
});

it('keeps every coordinate below 2^31', () => {
  expect(refusalOf(() => resolveAxis('conv2d', 'width', axis(5, 1), [2 ** 31 - 1, 0]))).toBe(
    "conv2d: the padded input's width (5 + 2147483647 + 0) is 2147483652, but at most 2147483647 (2^31 - 1) can be indexed. Give less padding or smaller steps.",
  );
  expect(
    refusalOf(() => resolveAxis('conv2d', 'width', axis(2 ** 31 - 2, 10, 2 ** 31 - 10), 'valid', 'ceil')),
  ).toContain("the last filter's end along the width is 2147483648");
});

describe('resolveTransposedAxis', () => {
  const none = { outputPadding: 0 };

  it('computes P = (H − 1) · stride + R − padding + output padding', () => {
    expect(resolveTransposedAxis('t', 'width', axis(4, 3, 2), [0, 0], none).outputSize).toBe(9);
    expect(resolveTransposedAxis('t', 'width', axis(4, 3, 2), [1, 1], none).outputSize).toBe(7);
    expect(resolveTransposedAxis('t', 'width', axis(4, 3, 2), [1, 1], { outputPadding: 1 }).outputSize).toBe(8);
    expect(resolveTransposedAxis('t', 'width', axis(4, 3, 1, 2), [0, 1], none).outputSize).toBe(7);
  });

  it.each([
    ['same', 0, 1, 8],
    ['same-lower', 1, 0, 8],
    ['causal', 0, 1, 8],
    ['valid', 0, 0, 9],
    ['full', 2, 2, 5],
  ] as const)('finds the padding of %s: %d and %d, output %d of 4 · 2', (rule, padBegin, padEnd, outputSize) => {
    expect(resolveTransposedAxis('t', 'width', axis(4, 3, 2), rule, none)).toMatchObject({
      padBegin,
      padEnd,
      outputSize,
    });
  });

  it('makes the output of "same" input · stride also where the stride exceeds the filter', () => {
    expect(resolveTransposedAxis('t', 'width', axis(4, 2, 3), 'same', none).outputSize).toBe(12);
    expect(resolveTransposedAxis('t', 'width', axis(4, 2, 3), 'valid', none).outputSize).toBe(11);
  });

  it('is as long as the input of the convolution that it is the adjoint of, if told so', () => {
    const side = fc.integer({ min: 1, max: 30 });
    const step = fc.integer({ min: 1, max: 5 });
    const pad = fc.integer({ min: 0, max: 4 });
    fc.assert(
      fc.property(side, side, step, step, pad, pad, (h, r, s, d, b, e) => {
        fc.pre(h + b + e >= (r - 1) * d + 1);
        const { outputSize } = resolveAxis('t', 'height', axis(h, r, s, d), [b, e]);
        const back = resolveTransposedAxis('t', 'height', axis(outputSize, r, s, d), [b, e], { outputSize: h });
        expect(back.outputSize).toBe(h);
      }),
      { seed: 1 },
    );
  });

  it('refuses an output padding that another input size would explain', () => {
    expect(
      refusalOf(() =>
        resolveTransposedAxis('convTranspose2d', 'width', axis(4, 3, 2, 3), [0, 0], { outputPadding: 3 }),
      ),
    ).toBe(
      'convTranspose2d: outputPadding along the width is 3, but must be smaller than the larger of stride 2 and dilation 3. Give less, or a larger input.',
    );
  });

  it.each([6, 9])('refuses the output size %d where 7 to 8 are possible', (outputSize) => {
    expect(
      refusalOf(() => resolveTransposedAxis('convTranspose2d', 'width', axis(4, 3, 2), [1, 1], { outputSize })),
    ).toBe(
      `convTranspose2d: the output's width cannot be ${outputSize}: input, filter, stride and padding allow 7 to 8. Give other padding or another output shape.`,
    );
  });

  it('refuses padding that leaves nothing', () => {
    expect(refusalOf(() => resolveTransposedAxis('convTranspose1d', 'length', axis(2, 2), [2, 1], none))).toBe(
      'convTranspose1d: nothing is left of the output along the length: its 3 elements are cropped by 2 + 1. Give less padding.',
    );
  });
});
