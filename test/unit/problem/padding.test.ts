import { describe, expect, it } from 'vitest';
import { parsePaddingMode, sourceIndex } from '../../../src/problem/index.js';

/** The letters that a padding of 7 on both sides of a b c holds; '.' for the constant. */
function padded(mode: Parameters<typeof sourceIndex>[2], reach = 7): string {
  return Array.from({ length: 3 + 2 * reach }, (_, at) => 'abc'[sourceIndex(at - reach, 3, mode)] ?? '.').join('');
}

describe('sourceIndex', () => {
  it('finds nothing outside where a constant lies', () => expect(padded('constant')).toBe('.......abc.......'));
  it('repeats the edge', () => expect(padded('replicate')).toBe('aaaaaaaabcccccccc'));
  it('goes round, several times', () => expect(padded('circular')).toBe('cabcabcabcabcabca'));
  it('mirrors with the edge, several times', () => expect(padded('symmetric')).toBe('aabccbaabccbaabcc'));
  it('mirrors without the edge, as far as the other end', () => expect(padded('reflect', 2)).toBe('cbabcba'));

  it('knows only one element of an axis of one', () => {
    for (const mode of ['replicate', 'circular', 'symmetric'] as const) {
      expect([-3, -1, 0, 2].map((at) => sourceIndex(at, 1, mode))).toEqual([0, 0, 0, 0]);
    }
  });
});

describe('parsePaddingMode', () => {
  it('takes a number as a constant in f32', () => {
    expect(parsePaddingMode('t', 0.1)).toEqual({ mode: 'constant', value: Math.fround(0.1) });
    expect(parsePaddingMode('t', 'zeros')).toEqual({ mode: 'constant', value: 0 });
    expect(parsePaddingMode('t', 'circular')).toEqual({ mode: 'circular', value: 0 });
  });

  it('refuses what is neither', () => {
    expect(() => parsePaddingMode('conv2d', null)).toThrow(
      "conv2d: paddingMode is null, but must be 'zeros', 'reflect', 'symmetric', 'replicate', 'circular', or a number to pad with.",
    );
    expect(() => parsePaddingMode('conv2d', Number.NaN)).toThrow('paddingMode is NaN, but a constant must be finite');
  });
});
