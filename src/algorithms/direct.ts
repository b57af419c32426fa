// direct: each invocation sums a stretch of an output row, or a block of several rows, from the input as it lies, without a column
// matrix. For few filters: there the column matrix of im2col would be nearly all of the work. Any number of groups, so depthwise too.

import rowKernels from '../../shaders/direct/direct_f32_1x16.wgsl?stored';
import blockKernels from '../../shaders/direct/direct_f32_4x8.wgsl?stored';
import filterRowsKernel from '../../shaders/filter/filter_rows_f32.wgsl';
import type { UniformValues } from '../gpu/kernel.js';
import { type ConvProblem, compulsoryBytes, type Gather, gathersOf } from '../problem/index.js';
import type { Algorithm } from './algorithm.js';
import {
  blockOverrides,
  blockValues,
  hasFewTaps,
  MANY_TAPS,
  packedRowsSize,
  smallBlock,
  smallRounds,
  tapOverrides,
} from './block-values.js';
import { PADDING_CODES } from './codes.js';
import type { RunStepDesign } from './design.js';
import { activationValues, epilogueOverrides, epilogueSlices } from './epilogue.js';
import { inputValues, outputValues, tapValues } from './gather-values.js';
import { tooManyGathers } from './gathers.js';
import { designPacking } from './packed-filter.js';
import { storageOf } from './storage.js';

const ROW = 'row-1x16';
const BLOCK = 'block-4x8';

function rowValues(problem: ConvProblem, gather: Gather, firstQuad: number, tileColumns: number): UniformValues {
  const [depth, rows, columns] = gather;
  const { column_stride: _, column_dilation: __, ...taps } = tapValues(gather);
  const columnTiles = Math.ceil(columns.outputs / tileColumns);
  return {
    ...taps,
    ...inputValues(problem),
    ...outputValues(problem, gather),
    tiles: problem.batch * problem.outputChannels * depth.outputs * rows.outputs * columnTiles,
    column_tiles: columnTiles,
    filters: problem.outputChannels,
    group_filters: problem.outputChannels / problem.groups,
    group_channels: problem.inputChannels / problem.groups,
    first_quad: firstQuad,
    filter_depth: depth.taps,
    filter_rows: rows.taps,
    filter_columns: columns.taps,
    padding_value: problem.paddingContent.value,
    ...activationValues(problem.epilogue.activation),
  };
}

function unsupportedStride(problem: ConvProblem): string | undefined {
  const { stride, dilation } = problem.axes.at(-1)!;
  if (problem.operator === 'convTranspose') {
    // outputs of a phase meet inputs that lie dilation / gcd(stride, dilation) apart
    if (stride % dilation !== 0) {
      return `the column dilation ${dilation} does not divide the column stride ${stride}, and a window has neighbouring columns`;
    }
    return tooManyGathers(problem);
  }
  if (stride !== 1) return `the column stride is ${stride}, and a window slides by 1`;
  if (dilation !== 1) return `the column dilation is ${dilation}, and a window has neighbouring columns`;
  return undefined;
}

/** The algorithm. Any stride and dilation but along the columns. */
export const direct: Algorithm = {
  name: 'direct',
  variants: [BLOCK, ROW],

  unsupported(problem, variant) {
    const reason = unsupportedStride(problem);
    if (reason !== undefined) return reason;
    return variant === BLOCK && !gathersOf(problem).every(hasFewTaps) ? MANY_TAPS : undefined;
  },

  design(problem, variant, limits) {
    const gathers = gathersOf(problem);
    const isBlock = variant === BLOCK;
    const kernel = (isBlock ? blockKernels : rowKernels)[storageOf(problem.dtype, limits.device)];
    const sizeOf = (gather: Gather) => packedRowsSize(problem, gather);
    const packing = designPacking(filterRowsKernel, problem, gathers, sizeOf, limits);
    const overrides = {
      ...epilogueOverrides(problem.epilogue),
      PADDING: PADDING_CODES[problem.paddingContent.mode],
    };
    const { TILE_COLUMNS = 0 } = kernel.constants;
    return {
      workspaceBytes: 0,
      packedFilterBytes: packing.bytes,
      bands: 1,
      pack: packing.steps,
      run: gathers.map((gather, index): RunStepDesign => {
        const firstQuad = packing.firstQuads[index]!;
        const [depth, rows, columns] = gather;
        const planes = (problem.inputChannels / problem.groups) * depth.taps;
        const block = smallBlock(gather, kernel.constants);
        const values = isBlock
          ? blockValues(problem, gather, firstQuad, block)
          : rowValues(problem, gather, firstQuad, TILE_COLUMNS);
        const lines = planes * rows.taps;
        const { loads, taps } = smallRounds(gather, block);
        return {
          kernel,
          overrides: isBlock ? { ...blockOverrides(problem), ...tapOverrides(gather) } : overrides,
          values,
          workgroups: Math.ceil(values.tiles! / kernel.workgroupSize[0]),
          slices: (buffers) => [buffers.input, buffers.packedFilter, ...epilogueSlices(buffers)],
          work: {
            invocations: values.tiles!,
            loops: isBlock ? [planes, planes * loads, planes * taps] : [lines, lines * columns.taps],
            multiplyAdds: values.tiles! * TILE_COLUMNS * (isBlock ? planes * taps : lines * columns.taps),
            bytes: compulsoryBytes(problem) / gathers.length,
          },
        };
      }),
    };
  },
};
