import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  conv2dProblem,
  convInputShape,
  convOutputShape,
  convTranspose2dProblem,
  elementCount,
} from '../../../src/problem/index.js';
import { sourceIndex } from '../../../src/problem/padding.js';
import { smallProblem } from '../../../src/tuning/small-problem.js';

describe('smallProblem', () => {
  it('keeps filter, strides, dilations and padding, and makes all else small', () => {
    const large = conv2dProblem({
      inputShape: [8, 512, 300, 200],
      filterShape: [1024, 128, 5, 3],
      groups: 4,
      strides: [2, 1],
      padding: [[2, 1], 1],
      paddingMode: 'reflect',
      activation: 'relu',
    });
    const small = smallProblem(large);
    expect(small).toMatchObject({
      batch: 2,
      groups: 3,
      inputChannels: 57,
      outputChannels: 201,
      epilogue: large.epilogue,
    });
    for (const [index, axis] of small.axes.entries()) {
      const { filterSize, stride, dilation, padBegin, padEnd } = large.axes[index]!;
      expect(axis).toMatchObject({ filterSize, stride, dilation, padBegin, padEnd, outputSize: 21 });
    }
    expect(elementCount(convInputShape(small))).toBeLessThan(2 * 57 * 60 * 60);
  });

  it('leaves a small problem as it is', () => {
    const tiny = conv2dProblem({ inputShape: [1, 3, 9, 9], filterShape: [4, 3, 3, 3], padding: 'same' });
    expect(smallProblem(tiny)).toEqual(tiny);
  });

  it('is a valid problem, whatever it is made of', () => {
    const size = fc.integer({ min: 1, max: 400 });
    const axis = fc.record({
      stride: fc.integer({ min: 1, max: 5 }),
      dilation: fc.integer({ min: 1, max: 4 }),
      pad: fc.integer({ min: -3, max: 9 }),
    });
    fc.assert(
      fc.property(
        size,
        size,
        fc.integer({ min: 1, max: 7 }),
        axis,
        fc.boolean(),
        (h, w, r, { stride, dilation, pad }, transposed) => {
          const options = { strides: stride, dilations: dilation, padding: pad };
          const shapes = { inputShape: [1, 2, h, w], filterShape: [2, 2, r, r] };
          let problem: ReturnType<typeof conv2dProblem>;
          try {
            problem = transposed
              ? convTranspose2dProblem({ ...shapes, ...options })
              : conv2dProblem({ ...shapes, ...options });
          } catch {
            return; // not valid in the first place
          }
          const small = smallProblem(problem);
          const again = { inputShape: convInputShape(small), filterShape: shapes.filterShape };
          const outputShape = small.axes.map(({ outputSize }) => outputSize) as [number, number];
          const rebuilt = transposed
            ? convTranspose2dProblem({ ...again, ...options, outputShape })
            : conv2dProblem({ ...again, ...options });
          expect(convOutputShape(rebuilt)).toEqual(convOutputShape(small));
          // one input element of a transposed convolution makes as many outputs as its filter reaches; an input stays longer than its padding
          const least = (r - 1) * dilation + 1 + 2 * 3 + stride;
          for (const { outputSize } of small.axes)
            expect(outputSize).toBeLessThanOrEqual(Math.max(26, least, 3 * pad + 1));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('reflects no further than its input reaches', () => {
    const large = conv2dProblem({
      inputShape: [1, 1, 99, 99],
      filterShape: [1, 1, 3, 3],
      padding: 60,
      paddingMode: 'reflect',
    });
    const [{ inputSize, padBegin, outputSize, filterSize }] = smallProblem(large).axes as [(typeof large.axes)[number]];
    for (let at = -padBegin; at < outputSize + filterSize - 1 - padBegin; at++) {
      expect(sourceIndex(at, inputSize, 'reflect')).toBeGreaterThanOrEqual(0);
      expect(sourceIndex(at, inputSize, 'reflect')).toBeLessThan(inputSize);
    }
  });
});
