import { describe, expect, it } from 'vitest';
import {
  axisPitches,
  dtypeBytes,
  FILTER_LAYOUTS,
  fromHalfBits,
  INPUT_LAYOUTS,
  shapeInLayout,
  storedBytes,
  TENSOR_LAYOUTS,
  toHalfBits,
  volumeAxes,
} from '../../../src/problem/index.js';

describe('layouts', () => {
  it('give every axis its pitch, and 0 to those that are not there', () => {
    expect(axisPitches([2, 3, 5, 7], 'nchw')).toEqual({ n: 105, c: 35, h: 7, w: 1, d: 0, o: 0, i: 0 });
    expect(axisPitches([2, 5, 7, 3], 'nhwc')).toEqual({ n: 105, c: 1, h: 21, w: 3, d: 0, o: 0, i: 0 });
    expect(axisPitches([4, 2, 3], 'wio')).toMatchObject({ w: 6, i: 3, o: 1 });
    expect(axisPitches([1, 2, 3, 4, 5], 'ncdhw')).toMatchObject({ d: 20, h: 5, w: 1 });
  });

  it('are permutations of the letters of their rank', () => {
    for (const rank of [1, 2, 3] as const) {
      const spatial = ['w', 'hw', 'dhw'][rank - 1]!;
      const sorted = (letters: string) => [...letters].sort().join('');
      for (const layout of INPUT_LAYOUTS[rank]) expect(sorted(layout)).toBe(sorted(`nc${spatial}`));
      for (const layout of FILTER_LAYOUTS[rank]) expect(sorted(layout)).toBe(sorted(`oi${spatial}`));
    }
    expect(new Set(TENSOR_LAYOUTS).size).toBe(3 * (2 + 6));
  });

  it('order the sizes of a shape', () => {
    expect(shapeInLayout('hwoi', { o: 1, i: 2, h: 3, w: 4 })).toEqual([3, 4, 1, 2]);
  });
});

it('gives every rank three axes, of one element where it has none', () => {
  const axis = { inputSize: 7, filterSize: 3, stride: 2, dilation: 1, padBegin: 0, padEnd: 0, outputSize: 3 };
  const [depth, rows, columns] = volumeAxes([axis]);
  expect([depth, columns]).toEqual([rows, axis]);
  expect([depth.inputSize, depth.filterSize, depth.outputSize]).toEqual([1, 1, 1]);
});

it('stores halves in two bytes, and tensors in whole words', () => {
  expect([storedBytes([3], 'float16'), storedBytes([2, 3], 'float32')]).toEqual([8, 24]);
  expect([dtypeBytes('float32'), dtypeBytes('float16'), dtypeBytes('uint32')]).toEqual([4, 2, 4]);
  expect(toHalfBits([1, -2, 65520])).toEqual(Uint16Array.of(0x3c00, 0xc000, 0x7c00));
  expect(fromHalfBits(Uint16Array.of(0x3555, 0x8000))).toEqual(Float32Array.of(0.333251953125, -0));
});
