import { describe, expect, it } from 'vitest';
import { type SignalOptions, signalProblem } from '../../../src/problem/index.js';
import { refusalOf } from './refusals.js';

describe('signalProblem', () => {
  it('flips the filter of a convolution, and not of a correlation', () => {
    expect(signalProblem('convolve', [5], [3])).toEqual({
      rank: 1,
      swapped: false,
      outputShape: [7],
      description: {
        inputShape: [1, 1, 5],
        filterShape: [1, 1, 3],
        padding: [[2, 2]],
        paddingMode: 'zeros',
        flipFilter: true,
      },
    });
    expect(signalProblem('correlate', [5], [3]).description.flipFilter).toBe(false);
  });

  it('has the middle of an even operand where SciPy has it', () => {
    const padding = (kind: 'convolve' | 'correlate', a: number[], b: number[]) =>
      signalProblem(kind, a, b, { mode: 'same' }).description.padding;
    expect(padding('convolve', [9], [4])).toEqual([[2, 1]]);
    expect(padding('correlate', [9], [4])).toEqual([[2, 1]]);
    expect(padding('convolve', [9, 9], [4, 2])).toEqual([
      [2, 1],
      [1, 0],
    ]);
    expect(padding('correlate', [9, 9], [4, 2])).toEqual([
      [1, 2],
      [0, 1],
    ]);
    expect(padding('correlate', [9], [5])).toEqual([[2, 2]]);
  });

  it.each([
    [{ boundary: 'wrap' }, 'circular'],
    [{ boundary: 'symm' }, 'symmetric'],
    [{ boundary: 'fill' }, 'zeros'],
    [{ fillValue: 2.5 }, 2.5],
    [{ fillValue: 0 }, 'zeros'],
  ] as [SignalOptions, unknown][])('pads for %o with %s', (options, paddingMode) => {
    expect(signalProblem('convolve', [5], [3], options).description.paddingMode).toBe(paddingMode);
  });

  it("swaps the operands of a 'valid' convolution whose second is larger, and pads for such a correlation", () => {
    const convolution = signalProblem('convolve', [2, 3], [5, 3], { mode: 'valid', boundary: 'wrap' });
    expect(convolution).toMatchObject({ swapped: true, outputShape: [4, 1], description: { paddingMode: 'zeros' } });
    expect(convolution.description.inputShape).toEqual([1, 1, 5, 3]);
    const correlation = signalProblem('correlate', [2, 3], [5, 3], { mode: 'valid', boundary: 'wrap' });
    expect(correlation).toMatchObject({ swapped: false, outputShape: [4, 1], description: { paddingMode: 'zeros' } });
    expect(correlation.description.padding).toEqual([
      [3, 3],
      [0, 0],
    ]);
  });

  const cases: [string, () => unknown, string][] = [
    [
      'operands of which none contains the other',
      () => signalProblem('convolve', [2, 5], [3, 4], { mode: 'valid' }),
      "convolve: mode 'valid' needs one operand at least as large as the other along every axis, but a is [2, 5] and b is [3, 4]. Give mode 'full' or 'same'.",
    ],
    [
      'different numbers of axes',
      () => signalProblem('correlate', [5], [3, 3]),
      'correlate: a has shape [5] and b [3, 3], but both must have the same number of axes.',
    ],
    [
      'three axes',
      () => signalProblem('convolve', [5, 5, 5], [3, 3, 3]),
      'convolve: a has shape [5, 5, 5] with 3 axes, but must have 1 or 2.',
    ],
    ['an empty operand', () => signalProblem('convolve', [5], [0]), 'axis 0 of shape of b [0] is 0'],
    [
      'an unknown mode',
      () => signalProblem('convolve', [5], [3], { mode: 'Full' as never }),
      "convolve: mode is 'Full', but must be one of 'full', 'same', 'valid'. Did you mean 'full'?",
    ],
    [
      'an unknown boundary',
      () => signalProblem('convolve', [5], [3], { boundary: 'reflect' as never }),
      "convolve: boundary is 'reflect', but must be one of 'fill', 'wrap', 'symm'.",
    ],
    [
      'a value for a boundary that has none',
      () => signalProblem('convolve', [5], [3], { boundary: 'wrap', fillValue: 1 }),
      "convolve: fillValue belongs to the boundary 'fill', but the boundary is 'wrap'. Leave the fillValue out, or set boundary: 'fill'.",
    ],
    [
      'a value that is none',
      () => signalProblem('convolve', [5], [3], { fillValue: Number.POSITIVE_INFINITY }),
      'convolve: fillValue is Infinity, but must be a number that is finite in f32.',
    ],
    [
      'options under other names',
      () => signalProblem('convolve', [5], [3], { fillvalue: 1 } as object),
      "convolve: unknown option 'fillvalue'. Did you mean 'fillValue'?",
    ],
  ];
  it.each(cases)('refuses %s', (_, call, message) => expect(refusalOf(call)).toContain(message));
});
