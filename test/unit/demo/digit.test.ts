// What digits look like as numbers: where they are placed, and that they follow from seed and number.
import { describe, expect, it } from 'vitest';
import { BODY, type Box, CLASSES, digitAt, type Matrix, placement, SIDE } from '../../../demo/train/digit.js';

const apply = ([a, b, c, d, e, f]: Matrix, [x, y]: readonly [number, number]) => [a * x + c * y + e, b * x + d * y + f];
const upright = { rotation: 0, scale: [1, 1], shear: 0, offset: [0, 0] } as const;
const box: Box = { left: 3, top: -71, right: 53, bottom: 9 }; // 50 wide, 80 high

describe('placement', () => {
  it('puts the box in the middle, its longer side as long as a body', () => {
    const matrix = placement(box);
    const middle = SIDE / 2;
    expect(apply(matrix, [28, -31])).toEqual([middle, middle]);
    expect(apply(matrix, [28, -71])).toEqual([middle, middle - BODY / 2]);
    expect(apply(matrix, [53, -31])).toEqual([middle + (BODY * 25) / 80, middle]);
  });

  it('turns clockwise, since rows count downwards', () => {
    const [x, y] = apply(placement(box, { ...upright, rotation: Math.PI / 2 }), [28, -71]);
    expect(x).toBeCloseTo(SIDE / 2 + BODY / 2, 12);
    expect(y).toBeCloseTo(SIDE / 2, 12);
  });

  it('scales, shears and moves about the middle', () => {
    const matrix = placement(box, { rotation: 0, scale: [0.5, 1.1], shear: 0.2, offset: [1, -2] });
    const rows = 1.1 * (BODY / 2);
    const [column, row] = apply(matrix, [28, -31]);
    expect(column).toBeCloseTo(15, 12);
    expect(row).toBeCloseTo(12, 12);
    const [x, y] = apply(matrix, [28, 9]); // the middle of the lower edge
    expect(x).toBeCloseTo(15 + 0.2 * rows, 12);
    expect(y).toBeCloseTo(12 + rows, 12);
  });
});

describe('digitAt', () => {
  const many = Array.from({ length: 4000 }, (_, number) => digitAt(1, number, 15).digit);

  it('is the same for the same seed and number, whatever was asked for before', () => {
    expect(digitAt(1, 1234, 15).digit).toEqual(many[1234]);
    expect(digitAt(2, 1234, 15).digit).not.toEqual(many[1234]);
    expect(new Set(many.map(({ rotation }) => rotation)).size).toBe(4000);
  });

  it('has every label and face about as often', () => {
    for (const [of, kinds] of [
      [({ label }: { label: number }) => label, CLASSES],
      [({ face }: { face: number }) => face, 15],
    ] as const) {
      const counts = Array.from({ length: kinds }, (_, kind) => many.filter((digit) => of(digit) === kind).length);
      const mean = many.length / kinds;
      for (const count of counts) expect(Math.abs(count - mean)).toBeLessThan(5 * Math.sqrt(mean)); // five deviations
    }
  });

  it('stays on the picture, turned and moved as far as can be', () => {
    const corners = [box.left, box.right].flatMap((x) => [box.top, box.bottom].map((y) => [x, y] as const));
    const places = many.flatMap((digit) => corners.flatMap((corner) => apply(placement(box, digit), corner)));
    expect(Math.min(...places)).toBeGreaterThan(-1.5); // the corners of a box have no ink
    expect(Math.max(...places)).toBeLessThan(SIDE + 1.5);
  });
});
