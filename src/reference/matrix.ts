// A convolution as the linear operator that it is: a sparse matrix, for solvers and for tests of adjoints.
import { InvalidArgumentError } from '../errors.js';
import {
  axisPitches,
  type ConvProblem,
  convFilterShape,
  convInputShape,
  convName,
  convOutputShape,
  elementCount,
  formatShape,
  sameShape,
  sourceIndex,
  volumeAxes,
} from '../problem/index.js';
import { type ReferenceTensor, storedValues, withTensors } from './operands.js';
import { filterWalk } from './taps.js';

/** A sparse matrix by its entries, sorted by row, then by column; each place stands once. */
export interface ConvolutionMatrix {
  readonly rows: Uint32Array;
  readonly columns: Uint32Array;
  readonly values: Float64Array;
  /** Number of outputs and number of inputs. */
  readonly shape: readonly [outputs: number, inputs: number];
}

/**
 * Along each axis: which input each tap joins with which output. A convolution asks every output what its taps meet, a
 * transposed one every input where its taps lead.
 */
function axisLinks(problem: ConvProblem): { input: number; output: number; tap: number }[][] {
  return volumeAxes(problem.axes).map(({ inputSize, filterSize, stride, dilation, padBegin, outputSize }) => {
    const isTransposed = problem.operator === 'convTranspose';
    const links = [];
    for (let from = 0; from < (isTransposed ? inputSize : outputSize); from++) {
      for (let tap = 0; tap < filterSize; tap++) {
        const to = from * stride + tap * dilation - padBegin;
        const input = isTransposed ? from : sourceIndex(to, inputSize, problem.paddingContent.mode);
        const output = isTransposed ? to : from;
        if (input >= 0 && output >= 0 && output < outputSize) links.push({ input, output, tap });
      }
    }
    return links;
  });
}

/**
 * The matrix A of a convolution or transposed convolution: its sums, before bias and all else of the epilogue, are A·x. Row: flat index of the output in
 * its layout; column: flat index of the input in its layout; with a batch, block-diagonal over its images. Taps in zero padding have
 * no entry; what a padding mode makes a tap meet twice is summed; weights that are zero have entries.
 * @param problem from `conv2dProblem` and its like.
 * @param filter (K, C/G, R, S), transposed (C, K/G, R, S), or as the filter layout says; rounded to half precision if it is stored so.
 * @throws InvalidArgumentError if the filter has another shape than in the problem, or where a constant other than zero lies in the padding.
 */
export function convolutionMatrix(problem: ConvProblem, filter: ReferenceTensor): ConvolutionMatrix {
  const action = `convolutionMatrix of ${convName(problem.operator, problem.rank)}`;
  withTensors(action, { filter }, () => {
    const { value } = problem.paddingContent;
    if (value !== 0) {
      throw new InvalidArgumentError(
        `${action}: padding with the constant ${value} adds to the output what does not depend on the input, so it is not linear. Give paddingMode 'zeros', and add the effect of the constant to the bias.`,
      );
    }
    const shape = convFilterShape(problem);
    if (Array.isArray(filter.shape) && sameShape(filter.shape, shape)) return;
    throw new InvalidArgumentError(
      `${action}: filter has shape ${formatShape(filter.shape)}, but the problem's is ${formatShape(shape)}.`,
    );
  });
  const w = storedValues(filter.data, problem.filterDtype);
  const { batch: N, inputChannels, outputChannels, groups, operator } = problem;
  const xp = axisPitches(convInputShape(problem), problem.inputLayout);
  const yp = axisPitches(convOutputShape(problem), problem.inputLayout);
  const walk = filterWalk(problem);
  const [depths, heights, widths] = axisLinks(problem);
  const shape = [elementCount(convOutputShape(problem)), elementCount(convInputShape(problem))] as const;
  const entries = Array.from({ length: shape[0] }, () => new Map<number, number>()); // by row, then column

  for (let n = 0; n < N; n++) {
    for (let k = 0; k < outputChannels; k++) {
      const group = Math.floor(k / (outputChannels / groups));
      for (let c = 0; c < inputChannels / groups; c++) {
        const channel = group * (inputChannels / groups) + c;
        // filters are numbered over all groups; so are the input channels of a transposed one
        const [o, i] = operator === 'conv' ? [k, c] : [k % (outputChannels / groups), channel];
        for (const d of depths!) {
          for (const h of heights!) {
            for (const v of widths!) {
              const row = n * yp.n + k * yp.c + d.output * yp.d + h.output * yp.h + v.output * yp.w;
              const column = n * xp.n + channel * xp.c + d.input * xp.d + h.input * xp.h + v.input * xp.w;
              const tap = d.tap * walk.depth + h.tap * walk.row + v.tap * walk.column;
              const weight = w[walk.first + o * walk.o + i * walk.i + tap]!;
              entries[row]!.set(column, (entries[row]!.get(column) ?? 0) + weight);
            }
          }
        }
      }
    }
  }
  const sorted = entries.flatMap((byColumn, row) =>
    [...byColumn].sort(([a], [b]) => a - b).map(([column, value]) => ({ row, column, value })),
  );
  return {
    rows: Uint32Array.from(sorted, ({ row }) => row),
    columns: Uint32Array.from(sorted, ({ column }) => column),
    values: Float64Array.from(sorted, ({ value }) => value),
    shape,
  };
}
