// The matrix pinned by hand, and held against the convolution that it is.
import { describe, expect, it } from 'vitest';
import {
  type ConvolutionMatrix,
  type ConvProblem,
  conv1dProblem,
  conv2dProblem,
  convolutionMatrix,
  convTranspose2dProblem,
  InvalidArgumentError,
} from 'webgpu-conv/reference';
import { convFilterShape, convInputShape, elementCount } from '../../../src/problem/index.js';
import { sumsOfProblem } from '../../../src/reference/conv.js';
import { randomValues } from '../../support/random.js';
import { tensor } from './tensors.js';

/** The matrix as rows of numbers; fails unless its entries are sorted and no place stands twice. */
function dense({ rows, columns, values, shape: [outputs, inputs] }: ConvolutionMatrix): number[][] {
  const matrix = Array.from({ length: outputs }, () => Array<number>(inputs).fill(0));
  for (const [entry, row] of rows.entries()) {
    if (entry > 0)
      expect(row * inputs + columns[entry]!).toBeGreaterThan(rows[entry - 1]! * inputs + columns[entry - 1]!);
    matrix[row]![columns[entry]!] = values[entry]!;
  }
  return matrix;
}

const sequence = (options: object = {}) =>
  conv1dProblem({ inputShape: [1, 1, 4], filterShape: [1, 1, 3], padding: 1, ...options });
const weights = tensor([1, 10, 100], 1, 1, 3);

describe('convolutionMatrix', () => {
  it('is banded, without the taps in zero padding', () => {
    const matrix = convolutionMatrix(sequence(), weights);
    expect(dense(matrix)).toEqual([
      [10, 100, 0, 0],
      [1, 10, 100, 0],
      [0, 1, 10, 100],
      [0, 0, 1, 10],
    ]);
    expect(matrix.values).toHaveLength(10);
  });

  it('goes round with circular padding, and sums what meets an element twice', () => {
    expect(dense(convolutionMatrix(sequence({ paddingMode: 'circular' }), weights))[0]).toEqual([10, 100, 0, 1]);
    expect(dense(convolutionMatrix(sequence({ paddingMode: 'replicate' }), weights))[0]).toEqual([11, 100, 0, 0]);
    expect(dense(convolutionMatrix(sequence({ paddingMode: 'reflect' }), weights))[3]).toEqual([0, 0, 101, 10]);
  });

  it('is block-diagonal over a batch', () => {
    const problem = conv1dProblem({ inputShape: [2, 1, 2], filterShape: [1, 1, 2] });
    expect(dense(convolutionMatrix(problem, tensor([1, 10], 1, 1, 2)))).toEqual([
      [1, 10, 0, 0],
      [0, 0, 1, 10],
    ]);
  });

  it('rounds the filter to half precision where it is stored so', () => {
    const problem = sequence({ filterDtype: 'float16' });
    expect(convolutionMatrix(problem, tensor([2049, 0, 0], 1, 1, 3)).values[2]).toBe(2048);
  });

  const problems: [string, ConvProblem][] = [
    [
      'strided, dilated, flipped, in groups, a batch, mirrored',
      conv2dProblem({
        inputShape: [2, 4, 5, 6],
        filterShape: [6, 2, 3, 2],
        groups: 2,
        strides: [2, 1],
        dilations: [1, 3],
        padding: [1, [2, 1]],
        paddingMode: 'symmetric',
        flipFilter: true,
        biasShape: [6],
        activation: 'relu',
      }),
    ],
    [
      'channels last',
      conv2dProblem({
        inputShape: [1, 4, 5, 2],
        filterShape: [2, 2, 2, 3],
        inputLayout: 'nhwc',
        filterLayout: 'hwio',
        padding: 'same',
      }),
    ],
    [
      'transposed, in groups, channels last',
      convTranspose2dProblem({
        inputShape: [2, 3, 4, 4],
        filterShape: [4, 3, 3, 2],
        groups: 2,
        strides: [2, 3],
        padding: [[1, 0], 1],
        outputPadding: [1, 0],
        inputLayout: 'nhwc',
        flipFilter: true,
      }),
    ],
  ];
  it.each(problems)('times the input is the sum before the epilogue: %s', (_, problem) => {
    const x = randomValues(elementCount(convInputShape(problem)), 1);
    const w = randomValues(elementCount(convFilterShape(problem)), 2);
    const matrix = convolutionMatrix(problem, tensor(w, ...convFilterShape(problem)));
    dense(matrix);
    const product = new Float64Array(matrix.shape[0]);
    for (const [entry, row] of matrix.rows.entries())
      product[row]! += matrix.values[entry]! * x[matrix.columns[entry]!]!;
    const expected = sumsOfProblem(problem, x, w);
    expect(product).toHaveLength(expected.length);
    for (const [index, value] of expected.entries()) expect(product[index]).toBeCloseTo(value, 12);
  });

  it('refuses padding that is not linear, and another filter', () => {
    const constant = () => convolutionMatrix(sequence({ paddingMode: 3 }), weights);
    expect(constant).toThrow(InvalidArgumentError);
    expect(constant).toThrow(
      "convolutionMatrix of conv1d: padding with the constant 3 adds to the output what does not depend on the input, so it is not linear. Give paddingMode 'zeros', and add the effect of the constant to the bias.",
    );
    expect(() => convolutionMatrix(sequence(), tensor([1, 2], 1, 1, 2))).toThrow(
      "convolutionMatrix of conv1d: filter has shape [1, 1, 2], but the problem's is [1, 1, 3].",
    );
    expect(() => convolutionMatrix(sequence(), tensor([1, 2], 1, 1, 3))).toThrow('filter has 2 values, but shape');
    expect(() => convolutionMatrix(sequence(), [1] as never)).toThrow('filter must be { data, shape }');
  });
});
