import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeTexts } from '../../../scripts/build/merge-texts.js';

const textOf = (stretches: ReturnType<typeof mergeTexts>, index: number) =>
  stretches
    .filter(([bits]) => bits & (1 << index))
    .map(([, text]) => text)
    .join('');

describe('mergeTexts', () => {
  it('keeps shared lines once', () => {
    expect(mergeTexts(['a\nb\nc\n', 'a\nx\nc\n', 'a\nb\nc\ny\n'])).toEqual([
      [7, 'a\n'],
      [5, 'b\n'],
      [2, 'x\n'],
      [7, 'c\n'],
      [4, 'y\n'],
    ]);
  });

  it('gives every text back', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', 'd', ''), { maxLength: 12 })
      .map((lines) => lines.map((line) => `${line}\n`).join(''));
    fc.assert(
      fc.property(fc.tuple(text, text, text), (texts) => {
        const stretches = mergeTexts(texts);
        expect(texts.map((_, index) => textOf(stretches, index))).toEqual(texts);
      }),
    );
  });
});
