// From logits to readings, counts and chances; from strokes to the place where the network expects them; what a training is to be.
import { describe, expect, it } from 'vitest';
import { accuracyOf, chancesOf, countReadings, emptyConfusion, readingOf } from '../../../demo/train/confusion.js';
import { BODY, SIDE } from '../../../demo/train/digit.js';
import { requestOf } from '../../../demo/train/request.js';
import { boxOf, placedStrokes } from '../../../demo/train/strokes.js';
import { learningRateAt } from '../../../demo/train/training.js';

const logitsOf = (...digits: number[]) =>
  digits.flatMap((digit) => Array.from({ length: 10 }, (_, index) => (index === digit ? 2 : -index)));

describe('readings', () => {
  it('are the largest of ten, the first of equal ones', () => {
    expect(readingOf(logitsOf(7))).toBe(7);
    expect(readingOf(logitsOf(7, 3), 10)).toBe(3);
    expect(readingOf(new Float32Array(10))).toBe(0);
  });

  it('are counted by what they should have been', () => {
    const confusion = emptyConfusion();
    expect(accuracyOf(confusion)).toBe(0);
    countReadings(confusion, logitsOf(4, 9, 4, 0), [4, 9, 9, 0]);
    expect([confusion[44], confusion[99], confusion[94], confusion[0]]).toEqual([1, 1, 1, 1]);
    expect(accuracyOf(confusion)).toBe(0.75);
  });

  it('have chances that add up to 1, also of logits whose powers would overflow', () => {
    const chances = chancesOf([1000, 1000 - Math.log(3), ...new Array(8).fill(-1000)]);
    expect(chances[0]).toBeCloseTo(0.75, 12);
    expect(chances[1]).toBeCloseTo(0.25, 12);
    expect(chances.reduce((sum, chance) => sum + chance)).toBeCloseTo(1, 12);
  });
});

describe('strokes', () => {
  it('are placed as digits are, wherever and however large they were drawn', () => {
    const seven = [
      [
        [100, 50],
        [140, 50],
        [110, 130],
      ],
    ] as const;
    const placed = placedStrokes(seven, 280);
    const flat = placed.flat();
    expect(Math.max(...flat.map(([, y]) => y)) - Math.min(...flat.map(([, y]) => y))).toBeCloseTo(BODY, 12);
    const twice = seven.map((stroke) => stroke.map(([x, y]) => [2 * x - 60, 2 * y - 20] as const));
    for (const [index, [x, y]] of placedStrokes(twice, 280).flat().entries()) {
      expect(x).toBeCloseTo(flat[index]![0], 12);
      expect(y).toBeCloseTo(flat[index]![1], 12);
    }
  });

  it('that are but a dot stay one, in the middle', () => {
    expect(placedStrokes([[[30, 200]]], 280)).toEqual([[[SIDE / 2, SIDE / 2]]]);
    expect(boxOf([[[30, 200]]], 280)).toEqual({ left: 12.5, right: 47.5, top: 182.5, bottom: 217.5 });
  });

  it('may be none', () => {
    expect(boxOf([], 280)).toBeUndefined();
    expect(placedStrokes([], 280)).toEqual([]);
  });
});

describe('the address', () => {
  it.each([
    ['', 1, 900],
    ['?seed=0&steps=60', 0, 60],
    ['?steps=0&seed=4294967295', 4294967295, 900],
    ['?seed=-1&steps=1.5', 1, 900],
    ['?seed=x', 1, 900],
  ])('%j asks for seed %d and %d steps', (search, seed, steps) => {
    expect(requestOf(search)).toEqual({ seed, steps });
  });
});

describe('the learning rate', () => {
  it('falls in three stages', () => {
    expect([0, 59, 60, 84, 85, 99].map((step) => learningRateAt(step, 100))).toEqual([
      0.002,
      0.002,
      0.002 * 0.3,
      0.002 * 0.3,
      0.002 * 0.1,
      0.002 * 0.1,
    ]);
  });
});
