// depthwise: each filter reads one channel, so nothing is summed over channels and a matrix product has nothing to share. An invocation walks
// down the input rows under four output rows, and loads each value once for all of them.
import depthwiseKernels from '../../shaders/depthwise/depthwise_f32_4x8.wgsl?stored';
import filterTallKernel from '../../shaders/filter/filter_tall_f32.wgsl';
import type { UniformValues } from '../gpu/kernel.js';
import { type ConvProblem, type Gather, gathersOf, greatestCommonDivisor } from '../problem/index.js';
import type { Algorithm, RunBuffers } from './algorithm.js';
import { PADDING_CODES } from './codes.js';
import { activationValues, epilogueOverrides, epilogueSlices } from './epilogue.js';
import { inputValues, outputValues, tapValues } from './gather-values.js';
import { tooManyGathers } from './gathers.js';
import { planPacking } from './packed-filter.js';
import { recordedPlan, type Step } from './recorded-plan.js';
import { storageOf } from './storage.js';

/** Input rows under a tile of four output rows. */
function windowRows([, rows]: Gather): number {
  return 3 * rows.stride + rows.taps;
}

function runValues(
  problem: ConvProblem,
  gather: Gather,
  firstQuad: number,
  tile: Readonly<Record<string, number>>,
): UniformValues {
  const [depth, rows, columns] = gather;
  const { row_dilation: _, column_dilation: __, ...taps } = tapValues(gather);
  const columnTiles = Math.ceil(columns.outputs / tile.TILE_COLUMNS!);
  const rowTiles = Math.ceil(rows.outputs / tile.TILE_ROWS!);
  return {
    ...taps,
    ...inputValues(problem),
    ...outputValues(problem, gather),
    tiles: problem.batch * problem.outputChannels * depth.outputs * rowTiles * columnTiles,
    column_tiles: columnTiles,
    row_tiles: rowTiles,
    filters: problem.outputChannels,
    multiplier: problem.outputChannels / problem.groups,
    first_quad: firstQuad,
    filter_depth: depth.taps,
    window_rows: windowRows(gather),
    filter_columns: columns.taps,
    padding_value: problem.paddingContent.value,
    ...activationValues(problem.epilogue.activation),
  };
}

/** The algorithm. One input channel a group, rows and columns not dilated. */
export const depthwise: Algorithm = {
  name: 'depthwise',
  variants: ['block-4x8'],

  unsupported(problem) {
    const channels = problem.inputChannels / problem.groups;
    if (channels !== 1) return `a filter sums ${channels} channels, and this kernel takes one`;
    for (const [index, { stride, dilation }] of problem.axes.slice(-2).entries()) {
      const apart = problem.operator === 'conv' ? dilation : dilation / greatestCommonDivisor(stride, dilation);
      if (apart === 1) continue;
      const axis = index === problem.axes.slice(-2).length - 1 ? 'column' : 'row';
      return `the ${axis} dilation is ${dilation}, and this kernel takes neighbouring ${axis}s`;
    }
    return tooManyGathers(problem);
  },

  suits(problem) {
    // each filter reads its channel again, so from three filters a channel on a matrix product pays, as for direct
    return problem.outputChannels / problem.groups <= 2;
  },

  preferredVariant() {
    return 'block-4x8';
  },

  async plan(gpu, problem, variant) {
    const gathers = gathersOf(problem);
    const kernel = depthwiseKernels[storageOf(problem.dtype, gpu.capabilities)];
    const [packing, compiled] = await Promise.all([
      planPacking(gpu, filterTallKernel, problem, gathers, (gather) => {
        const [depth, , columns] = gather;
        const quads = problem.outputChannels * depth.taps * windowRows(gather) * columns.taps;
        return { quads, rowQuads: columns.taps };
      }),
      gpu.pipelines.get(kernel, {
        ...epilogueOverrides(problem.epilogue),
        PADDING: PADDING_CODES[problem.paddingContent.mode],
        CHANNELS_LAST: problem.inputLayout.endsWith('c') ? 1 : 0,
        SLIDES: gathers[0]![2].stride === 1 ? 1 : 0,
      }),
    ]);
    return recordedPlan(
      gpu,
      { problem, algorithm: this.name, variant, workspaceBytes: 0, packedFilterBytes: packing.bytes, bands: 1 },
      packing.steps,
      gathers.map((gather, index): Step<RunBuffers> => {
        const values = runValues(problem, gather, packing.firstQuads[index]!, kernel.constants);
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
