// direct: each invocation slides along a row of the input and sums a stretch of an output row, without a column matrix. For
// few filters: there the column matrix of im2col would be nearly all of the work. Any number of groups, so depthwise too.
import directKernels from '../../shaders/direct/direct_f32_1x16.wgsl?stored';
import filterRowsKernel from '../../shaders/filter/filter_rows_f32.wgsl';
import type { UniformValues } from '../gpu/kernel.js';
import { type ConvProblem, type Gather, gathersOf } from '../problem/index.js';
import type { Algorithm, RunBuffers } from './algorithm.js';
import { PADDING_CODES } from './codes.js';
import { activationValues, epilogueOverrides, epilogueSlices } from './epilogue.js';
import { inputValues, outputValues, tapValues } from './gather-values.js';
import { tooManyGathers } from './gathers.js';
import { type PackedSize, planPacking } from './packed-filter.js';
import { recordedPlan, type Step } from './recorded-plan.js';
import { storageOf } from './storage.js';

function packedSize(problem: ConvProblem, [depth, rows, columns]: Gather): PackedSize {
  const rowQuads = Math.ceil(columns.taps / 4);
  const lines = problem.outputChannels * (problem.inputChannels / problem.groups) * depth.taps * rows.taps;
  return { quads: lines * rowQuads, rowQuads };
}

function runValues(problem: ConvProblem, gather: Gather, firstQuad: number, tileColumns: number): UniformValues {
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

/** The algorithm. Any stride and dilation but along the columns. */
export const direct: Algorithm = {
  name: 'direct',
  variants: ['row-1x16'],

  unsupported(problem) {
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
  },

  suits(problem) {
    // measured on software adapters (docs/measurements.md): each filter reads the input again, so from three filters in a group
    // on the column matrix pays; and a 1×1 filter leaves a window nothing to reuse. Sizes of images do not count, so that
    // another one compiles nothing
    return problem.outputChannels / problem.groups <= 2 && problem.axes.at(-1)!.filterSize > 1;
  },

  preferredVariant() {
    return 'row-1x16';
  },

  async plan(gpu, problem, variant) {
    const gathers = gathersOf(problem);
    const kernel = directKernels[storageOf(problem.dtype, gpu.capabilities)];
    const [packing, compiled] = await Promise.all([
      planPacking(gpu, filterRowsKernel, problem, gathers, (gather) => packedSize(problem, gather)),
      gpu.pipelines.get(kernel, {
        ...epilogueOverrides(problem.epilogue),
        PADDING: PADDING_CODES[problem.paddingContent.mode],
      }),
    ]);
    return recordedPlan(
      gpu,
      { problem, algorithm: this.name, variant, workspaceBytes: 0, packedFilterBytes: packing.bytes, bands: 1 },
      packing.steps,
      gathers.map((gather, index): Step<RunBuffers> => {
        const values = runValues(problem, gather, packing.firstQuads[index]!, kernel.constants.TILE_COLUMNS!);
        return {
          compiled,
          values,
          workgroups: Math.ceil(values.tiles! / kernel.workgroupSize[0]),
          slices: (buffers) => [buffers.input, buffers.packedFilter, ...epilogueSlices(buffers)],
        };
      }),
    );
  },
};
