// pointwise: a filter of one tap that never meets padding is a matrix product on the input as it lies, without a column matrix.
// All groups in one dispatch.
import filterPackKernel from '../../shaders/filter/filter_pack_f32.wgsl';
import rowsKernels16x8 from '../../shaders/pointwise/pointwise_rows_f32_16x8.wgsl?stored';
import rowsSubgroupKernels16x8 from '../../shaders/pointwise/pointwise_rows_subgroup_f32_16x8.wgsl?stored';
import singleKernels16x4 from '../../shaders/pointwise/pointwise_single_f32_16x4.wgsl?stored';
import valuesKernels16x8 from '../../shaders/pointwise/pointwise_values_f32_16x8.wgsl?stored';
import valuesSubgroupKernels16x8 from '../../shaders/pointwise/pointwise_values_subgroup_f32_16x8.wgsl?stored';
import workgroupKernels64x64 from '../../shaders/pointwise/pointwise_workgroup_f32_64x64.wgsl?stored';
import type { Kernel, UniformValues } from '../gpu/kernel.js';
import { type ConvProblem, compulsoryBytes, type Gather, gatherCount, gathersOf, gemmSize } from '../problem/index.js';
import type { Algorithm, PlanLimits } from './algorithm.js';
import type { Design, RunStepDesign } from './design.js';
import { activationValues, epilogueOverrides, epilogueSlices } from './epilogue.js';
import { inputValues, outputValues } from './gather-values.js';
import { implicitGemm } from './implicit-gemm.js';
import {
  designPacking,
  filterPlaces,
  packedMatrixSize,
  unpackedFilterBytes,
  weightOverrides,
} from './packed-filter.js';
import { storageOf } from './storage.js';
import { featuresOf, type TileKernels, tileWork, workgroupsOf } from './tile-kernels.js';

const SINGLE = 'single-16x4';
const REGISTER = 'register-16x8';
const SUBGROUP = 'subgroup-16x8';
const WORKGROUP = 'workgroup-64x64';
const SPLIT = 'workgroup-64x64-split';

/** The variants that compute a product in one dispatch from a packed filter. */
export const PACKED_VARIANTS: readonly string[] = [REGISTER, WORKGROUP, SUBGROUP];

/** The kernels where a channel is a row of vec4, one of which takes any input. */
const ROWS: TileKernels = {
  [SINGLE]: { kernels: singleKernels16x4, invocations: 64, features: ['subgroups'] },
  [REGISTER]: { kernels: rowsKernels16x8, invocations: 1 },
  [WORKGROUP]: { kernels: workgroupKernels64x64, invocations: 64 },
  [SUBGROUP]: { kernels: rowsSubgroupKernels16x8, invocations: 64, features: ['subgroups'] },
};

/** Those for every other input. */
const VALUES: TileKernels = {
  ...ROWS,
  [REGISTER]: { kernels: valuesKernels16x8, invocations: 1 },
  [SUBGROUP]: { kernels: valuesSubgroupKernels16x8, invocations: 64, features: ['subgroups'] },
};

function isChannelsLast({ inputLayout }: ConvProblem): boolean {
  return inputLayout.endsWith('c');
}

/** Whether every channel of an image, or all channels of a group at a position, are whole vec4 that are used whole. */
function liesInQuads(problem: ConvProblem, gather: Gather): boolean {
  if (isChannelsLast(problem)) return (problem.inputChannels / problem.groups) % 4 === 0;
  // since no output lies in the padding, as many outputs as inputs are one for each
  const isWhole = gather.every(({ outputs, inputSize }) => outputs === inputSize);
  return isWhole && gather.reduce((product, { inputSize }) => product * inputSize, 1) % 4 === 0;
}

function runValues(problem: ConvProblem, gather: Gather, kernel: Kernel): UniformValues {
  const [depth, rows, columns] = gather;
  const { filters, positions } = gemmSize(problem, gather);
  const input = inputValues(problem);
  const weights = filterPlaces(problem, gather);
  const filterTiles = Math.ceil(filters / kernel.constants.TILE_FILTERS!);
  const positionTiles = Math.ceil(positions / kernel.constants.TILE_POSITIONS!);
  const [depthPitch, rowPitch, columnPitch] = [
    input.input_depth_pitch,
    input.input_row_pitch,
    input.input_column_pitch,
  ];
  return {
    ...input,
    ...outputValues(problem, gather),
    tiles: problem.groups * filterTiles * positionTiles,
    groups: problem.groups,
    filter_tiles: filterTiles,
    position_tiles: positionTiles,
    channels_last: isChannelsLast(problem) ? 1 : 0,
    positions,
    group_filters: filters,
    group_channels: problem.inputChannels / problem.groups,
    filter_pitch_quads: Math.ceil(filters / 4),
    first_weight: weights.first,
    weight_group_pitch: weights.group,
    weight_filter_pitch: weights.filter,
    weight_channel_pitch: weights.channel,
    // padding is never positive here: it crops
    first_input: -(depth.padBegin * depthPitch + rows.padBegin * rowPitch + columns.padBegin * columnPitch),
    input_depth_pitch: depth.stride * depthPitch,
    input_row_pitch: rows.stride * rowPitch,
    input_column_pitch: columns.stride * columnPitch,
    ...activationValues(problem.epilogue.activation),
  };
}

/** How the filter comes to a run: as it lies, or packed. */
function filterDesign(
  problem: ConvProblem,
  variant: string,
  limits: PlanLimits,
): Pick<Design, 'packedFilterBytes' | 'packsByCopy' | 'pack'> {
  if (variant === SINGLE) {
    return { packedFilterBytes: unpackedFilterBytes(problem, limits), packsByCopy: true, pack: [] };
  }
  const sizeOf = (gather: Gather) => packedMatrixSize(problem, gather);
  const { bytes, steps } = designPacking(filterPackKernel, problem, gathersOf(problem), sizeOf, limits);
  return { packedFilterBytes: bytes, pack: steps };
}

/** The algorithm. */
export const pointwise: Algorithm = {
  name: 'pointwise',
  variants: [SINGLE, REGISTER, WORKGROUP, SPLIT, SUBGROUP],

  unsupported(problem) {
    if (problem.axes.some(({ filterSize }) => filterSize !== 1)) {
      return 'the filter has more than one tap, and a product on the input as it lies has one';
    }
    if (gatherCount(problem) !== 1) return 'a transposed convolution with strides has outputs that meet no input';
    const meetsPadding = gathersOf(problem)[0]!.some(
      ({ padBegin, outputs, stride, inputSize }) => padBegin > 0 || (outputs - 1) * stride - padBegin >= inputSize,
    );
    return meetsPadding ? 'outputs meet the padding, which the input as it lies does not hold' : undefined;
  },

  features: (variant) => featuresOf(ROWS, variant),

  design(problem, variant, limits) {
    const gathers = gathersOf(problem);
    const inQuads = liesInQuads(problem, gathers[0]!);
    if (variant === SPLIT || (variant === WORKGROUP && !inQuads)) {
      // values are then gathered one by one, and a gather under one tap needs no kernel of its own
      return implicitGemm.design(problem, variant, limits);
    }
    const tileKernel = (inQuads && !isChannelsLast(problem) ? ROWS : VALUES)[variant]!;
    const kernel = tileKernel.kernels[storageOf(problem.dtype, limits.device)];
    const values = runValues(problem, gathers[0]!, kernel);
    const { positions, depth: products } = gemmSize(problem, gathers[0]!);
    const count = { tiles: values.tiles!, positionTiles: values.position_tiles!, positions, products };
    const { STEP } = kernel.constants;
    const run: RunStepDesign = {
      kernel,
      overrides: { ...epilogueOverrides(problem.epilogue), ...(variant === SINGLE ? weightOverrides(problem) : {}) },
      values,
      workgroups: workgroupsOf(values.tiles!, kernel, tileKernel.invocations),
      slices: (buffers) => [buffers.input, buffers.packedFilter, ...epilogueSlices(buffers)],
      work: {
        ...tileWork(kernel, tileKernel, count),
        loops: [...(STEP === undefined ? [] : [Math.ceil(products / STEP)]), products],
        bytes: compulsoryBytes(problem),
      },
    };
    return { workspaceBytes: 0, bands: 1, ...filterDesign(problem, variant, limits), run: [run] };
  },
};
