// implicit-gemm: the input is laid out with its padding, a row of channels for each place, and a matrix product finds what lies under a tap by a
// way from the place under the first (S. Chetlur et al., cuDNN, 2014). The workspace holds the input once, not once for each tap.
import { WorkspaceLimitError } from '../../errors.js';
import type { FilterGradientProblem } from '../../problem/filter-gradient.js';
import { axisPitches, type ConvProblem, convInputShape, type Gather, gathersOf } from '../../problem/index.js';
import type { FilterGradientAlgorithm, FilterGradientBuffers } from './algorithm.js';
import { layOutStep, liesInRows, matrixBytes } from './lay-out.js';
import { gradientAsInput, operandValues } from './operand-values.js';
import {
  type GradientRows,
  linesOf,
  type Positions,
  PRODUCTS,
  productStep,
  type Values,
  writesResult,
} from './product.js';
import { partBytes, sizeOf, sumStep } from './sums.js';

/** Fewest channels of a group: with fewer, most of an octet of channels would be empty. */
const LEAST_CHANNELS = 5;

/** Places that windows meet along an axis: from the first tap of the first to the last tap of the last. */
function spanOf({ outputs, stride, taps, dilation }: Gather[number]): number {
  return (outputs - 1) * stride + (taps - 1) * dilation + 1;
}

/** Whether no window meets padding, and the tensor lies in rows: then it is read in its place. */
function inputIsTensor(convolution: ConvProblem, gather: Gather): boolean {
  const isInside = gather.every((axis) => axis.padBegin <= 0 && spanOf(axis) - axis.padBegin <= axis.inputSize);
  return isInside && liesInRows(convolution, convolution.inputChannels);
}

/** The input in its place. */
function tensorValues(convolution: ConvProblem, gather: Gather) {
  const { n, d, h, w } = axisPitches(convInputShape(convolution), convolution.inputLayout);
  const [depth, row, column] = [d / 4, h / 4, w / 4];
  const [planes, rows, columns] = gather;
  return {
    firstQuad: -(planes.padBegin * depth + rows.padBegin * row + columns.padBegin * column),
    groupQuads: convolution.inputChannels / convolution.groups / 4,
    pitch: { image: n / 4, depth: planes.stride * depth, row: rows.stride * row, column: columns.stride * column },
    tapQuads: [planes.dilation * depth, rows.dilation * row, columns.dilation * column],
  } as const;
}

/** The input as it is laid out: (G, N, places, quads). */
function gridValues({ batch }: ConvProblem, [planes, rows, columns]: Gather, quads: number) {
  const row = spanOf(columns) * quads;
  const depth = spanOf(rows) * row;
  const image = spanOf(planes) * depth;
  return {
    firstQuad: 0,
    groupQuads: batch * image,
    pitch: { image, depth: planes.stride * depth, row: rows.stride * row, column: columns.stride * quads },
    tapQuads: [planes.dilation * depth, rows.dilation * row, columns.dilation * quads],
  } as const;
}

/** The places of the padded input as positions of a convolution of one tap. */
function gridProblem(convolution: ConvProblem, gather: Gather): ConvProblem {
  const axes = gather.slice(3 - convolution.rank).map((axis) => ({
    inputSize: axis.inputSize,
    filterSize: 1,
    stride: 1,
    dilation: 1,
    padBegin: axis.padBegin,
    padEnd: spanOf(axis) - axis.inputSize - axis.padBegin,
    outputSize: spanOf(axis),
  }));
  return { ...convolution, axes };
}

function positionsOf({ batch }: ConvProblem, [planes, rows, columns]: Gather): Positions {
  return { images: batch, planes: planes.outputs, rows: rows.outputs, columns: columns.outputs };
}

/** Why the algorithm does not compute a problem; undefined if it does. */
function reasonAgainst({ convolution }: FilterGradientProblem): string | undefined {
  const channels = convolution.inputChannels / convolution.groups;
  return channels < LEAST_CHANNELS ? `${channels} channels of a group fill no tile of 8` : undefined;
}

/** The algorithm. */
export const implicitGemm: FilterGradientAlgorithm = {
  name: 'implicit-gemm',
  variants: Object.keys(PRODUCTS),

  unsupported: reasonAgainst,

  features: (variant) => PRODUCTS[variant]?.features ?? [],

  design(problem, variant, limits) {
    const { convolution } = problem;
    const { batch, groups, inputChannels, outputChannels, paddingContent } = convolution;
    const gather = gathersOf(convolution)[0]!;
    const [planes, rows, columns] = gather;
    const size = sizeOf(convolution);
    const { filterQuads } = size;
    const channels = inputChannels / groups;
    const quads = Math.ceil(channels / 4);
    const gradientIsTensor = liesInRows(convolution, outputChannels);
    const valuesAreTensor = inputIsTensor(convolution, gather);
    const places = batch * gather.reduce((product, axis) => product * spanOf(axis), 1);
    const gradientBytes = gradientIsTensor ? 0 : matrixBytes(convolution, size.positions, filterQuads);
    const valueBytes = valuesAreTensor ? 0 : matrixBytes(convolution, places, quads);
    const bytes = gradientBytes + valueBytes;
    const each = partBytes(convolution, size);
    const { maxBindingBytes } = limits.device.limits;
    if (bytes + each > limits.workspaceLimitBytes || Math.max(bytes, each) > maxBindingBytes) {
      throw new WorkspaceLimitError(
        `convBackwardFilter: the sums and both operands, laid out, take ${bytes + each} bytes, but the workspace may hold ${limits.workspaceLimitBytes} (and a binding ${maxBindingBytes}). Raise workspaceLimitBytes.`,
        bytes + each,
      );
    }
    const mostParts = Math.floor(Math.min(maxBindingBytes, limits.workspaceLimitBytes - bytes) / each);
    const positions = positionsOf(convolution, gather);
    const shape = { channels, taps: [planes.taps, rows.taps, columns.taps] } as const;
    const lines = linesOf(problem, variant, positions, shape, mostParts, limits);
    const values: Values = {
      ...shape,
      ...(valuesAreTensor ? tensorValues(convolution, gather) : gridValues(convolution, gather, quads)),
      find: ({ input, matrices }: FilterGradientBuffers) =>
        valuesAreTensor
          ? input
          : { ...matrices!, offsetBytes: matrices!.offsetBytes + gradientBytes, sizeBytes: valueBytes },
    };
    const gradients: GradientRows = {
      find: ({ gradient, matrices }: FilterGradientBuffers) =>
        gradientIsTensor ? gradient : { ...matrices!, sizeBytes: gradientBytes },
      firstQuad: 0,
      groupQuads: gradientIsTensor ? filterQuads : size.positions * filterQuads,
      pitchQuads: gradientIsTensor ? groups * filterQuads : filterQuads,
    };
    const grid = gridProblem(convolution, gather);
    const layGradient = {
      operand: 'gradient',
      padding: 'constant',
      valuesOf: (own: Parameters<typeof gradientAsInput>[1]) => gradientAsInput(convolution, own),
      quads: filterQuads,
      band: { first: 0, count: size.positions },
      find: gradients.find,
    } as const;
    const layInput = {
      operand: 'input',
      padding: paddingContent.mode,
      valuesOf: (own: Parameters<typeof operandValues>[1]) => operandValues(grid, own),
      quads,
      band: { first: 0, count: places },
      find: values.find,
    } as const;
    const isResult = writesResult(problem, lines.parts);
    return {
      matrixBytes: bytes,
      sumBytes: isResult ? 0 : lines.parts * each,
      bands: 1,
      run: [
        ...(gradientIsTensor ? [] : [layOutStep(convolution, layGradient, limits)]),
        ...(valuesAreTensor ? [] : [layOutStep(convolution, layInput, limits)]),
        productStep(problem, variant, positions, lines, gradients, values),
        ...(isResult ? [] : [sumStep(problem, lines.parts, limits)]),
      ],
    };
  },
};
