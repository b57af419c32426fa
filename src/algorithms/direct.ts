// direct: each invocation slides along a row of the input and sums a stretch of an output row, without a column matrix. For
// few filters: there the column matrix of im2col would be nearly all of the work. Any number of groups, so depthwise too.
import directKernel from '../../shaders/direct/direct_f32_1x16.wgsl';
import filterRowsKernel from '../../shaders/filter/filter_rows_f32.wgsl';
import type { UniformValues } from '../gpu/kernel.js';
import { axisPitches, type Conv2dProblem, conv2dInputShape, conv2dOutputShape } from '../problem/index.js';
import type { Algorithm } from './algorithm.js';
import { epilogueOverrides } from './epilogue-overrides.js';
import { assertPackedFilterFits, filterPitches } from './packed-filter.js';
import { recordedPlan } from './recorded-plan.js';

function packValues(problem: Conv2dProblem): UniformValues {
  const [rows, columns] = problem.axes;
  const channels = problem.inputChannels / problem.groups;
  const rowQuads = Math.ceil(columns.filterSize / 4);
  return {
    quads: problem.outputChannels * channels * rows.filterSize * rowQuads,
    row_quads: rowQuads,
    channels,
    rows: rows.filterSize,
    columns: columns.filterSize,
    ...filterPitches(problem),
  };
}

function runValues(problem: Conv2dProblem): UniformValues {
  const [rows, columns] = problem.axes;
  const input = axisPitches(conv2dInputShape(problem), problem.inputLayout);
  const output = axisPitches(conv2dOutputShape(problem), problem.inputLayout);
  const columnTiles = Math.ceil(columns.outputSize / directKernel.constants.TILE_COLUMNS!);
  return {
    tiles: problem.batch * problem.outputChannels * rows.outputSize * columnTiles,
    column_tiles: columnTiles,
    output_rows: rows.outputSize,
    output_columns: columns.outputSize,
    filters: problem.outputChannels,
    group_filters: problem.outputChannels / problem.groups,
    group_channels: problem.inputChannels / problem.groups,
    filter_rows: rows.filterSize,
    filter_columns: columns.filterSize,
    input_rows: rows.inputSize,
    input_columns: columns.inputSize,
    row_stride: rows.stride,
    row_dilation: rows.dilation,
    row_padding: rows.padBegin,
    column_padding: columns.padBegin,
    input_image_pitch: input.n!,
    input_channel_pitch: input.c!,
    input_row_pitch: input.h!,
    input_column_pitch: input.w!,
    output_image_pitch: output.n!,
    output_filter_pitch: output.c!,
    output_row_pitch: output.h!,
    output_column_pitch: output.w!,
  };
}

/** The algorithm. Every layout, row stride, row dilation, padding, batch and number of groups. */
export const direct: Algorithm = {
  name: 'direct',
  variants: ['row-1x16'],

  unsupported(problem) {
    const [, { stride, dilation }] = problem.axes;
    if (stride !== 1) return `the column stride is ${stride}, and a window slides by 1`;
    if (dilation !== 1) return `the column dilation is ${dilation}, and a window has neighbouring columns`;
    return undefined;
  },

  suits(problem) {
    // measured on software adapters (docs/measurements.md): each filter reads the input again, so from three filters in a group
    // on the column matrix pays; and a 1×1 filter leaves a window nothing to reuse. Sizes of images do not count, so that
    // another one compiles nothing
    return problem.outputChannels / problem.groups <= 2 && problem.axes[1].filterSize > 1;
  },

  preferredVariant() {
    return 'row-1x16';
  },

  async plan(gpu, problem, variant, limits) {
    const pack = packValues(problem);
    const packedFilterBytes = 16 * pack.quads!;
    assertPackedFilterFits(packedFilterBytes, limits.device);
    const [packing, run] = await Promise.all([
      gpu.pipelines.get(filterRowsKernel),
      gpu.pipelines.get(directKernel, epilogueOverrides(problem.epilogue)),
    ]);
    const values = runValues(problem);
    return recordedPlan(
      gpu,
      { problem, algorithm: this.name, variant, workspaceBytes: 0, packedFilterBytes, bands: 1 },
      {
        compiled: packing,
        values: pack,
        workgroups: Math.ceil(pack.quads! / filterRowsKernel.workgroupSize[0]),
        slices: ({ filter, packedFilter }) => [filter, packedFilter],
      },
      [
        {
          compiled: run,
          values,
          workgroups: Math.ceil(values.tiles! / directKernel.workgroupSize[0]),
          // without a bias its binding is not read
          slices: ({ input, packedFilter, bias, output }) => [input, packedFilter, bias ?? packedFilter, output],
        },
      ],
    );
  },
};
