// What the gradient of a filter comes down to: the convolution whose filter it is, whichever operator went forward.
import { describe, expect, it } from 'vitest';
import {
  conv2dProblem,
  convFilterShape,
  convInputShape,
  convOutputShape,
  convTranspose2dProblem,
  describeFilterGradient,
  exchangedFilterLayout,
  filterGradientProblem,
  filterGradientShape,
} from '../../../src/problem/index.js';

describe('the gradient of a convolution', () => {
  const forward = conv2dProblem({
    inputShape: [2, 9, 13, 11],
    filterShape: [6, 3, 3, 5],
    groups: 3,
    padding: 1,
    paddingMode: 'reflect',
    biasShape: [6],
    activation: 'relu',
    filterDtype: 'float16',
  });
  const { convolution, accumulates } = filterGradientProblem(forward);

  it('is that of the same convolution without its epilogue', () => {
    expect(accumulates).toBe(false);
    expect(convolution.epilogue).toMatchObject({ hasBias: false, activation: { name: 'none' } });
    const { epilogue: _, filterDtype: __, ...same } = forward;
    expect(convolution).toMatchObject(same);
  });

  it('is stored as the operands are', () => expect(convolution.filterDtype).toBe('float32'));
});

describe('the gradient of a transposed convolution', () => {
  const forward = convTranspose2dProblem({
    inputShape: [2, 6, 5, 7],
    filterShape: [6, 4, 3, 3],
    groups: 2,
    strides: [2, 3],
    padding: 1,
    outputPadding: 1,
    flipFilter: true,
  });
  const problem = filterGradientProblem(forward, true);
  const { convolution } = problem;

  it('is that of the convolution from its output to its input', () => {
    expect(convolution.operator).toBe('conv');
    expect(convInputShape(convolution)).toEqual(convOutputShape(forward));
    expect(convOutputShape(convolution)).toEqual(convInputShape(forward));
    expect(convolution.axes[1]).toMatchObject({ inputSize: 20, outputSize: 7, stride: 3, filterSize: 3, padBegin: 1 });
    expect(convolution.flipFilter).toBe(true);
  });

  it('has the memory of the forward filter, under other letters', () => {
    expect(forward.filterLayout).toBe('iohw');
    expect(convolution.filterLayout).toBe('oihw');
    expect(filterGradientShape(problem)).toEqual(convFilterShape(forward));
  });

  it('says what it is', () =>
    expect(describeFilterGradient(problem)).toBe(
      'the gradient of the filter of the adjoint of 2 × 10×20×8 → 5×7×6, 3×3, stride 2×3, padding 1, flipped, 2 groups',
    ));
});

describe('exchangedFilterLayout', () => {
  it.each([
    ['oihw', 'iohw'],
    ['hwio', 'hwoi'],
    ['ohwi', 'ihwo'],
    ['dhwoi', 'dhwio'],
    ['wio', 'woi'],
  ] as const)('%s is %s', (layout, exchanged) => {
    expect(exchangedFilterLayout(layout)).toBe(exchanged);
    expect(exchangedFilterLayout(exchanged)).toBe(layout);
  });
});
