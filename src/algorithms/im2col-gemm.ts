// im2col-gemm: a kernel lays every receptive field out as a column of a matrix, and a matrix product of filters × columns
// does the arithmetic (K. Chellapilla, S. Puri, P. Simard, 2006). The column matrix is R·S times the input at stride 1: where
// it exceeds the workspace, output positions are computed in bands.

import filterPackKernel from '../../shaders/filter/filter_pack_f32.wgsl';
import registerGemm4x16 from '../../shaders/gemm/gemm_register_f32_4x16.wgsl';
import registerGemm8x8 from '../../shaders/gemm/gemm_register_f32_8x8.wgsl';
import workgroupGemm64x64 from '../../shaders/gemm/gemm_workgroup_f32_64x64.wgsl';
import im2colKernel from '../../shaders/im2col/im2col_f32.wgsl';
import type { Kernel, UniformValues } from '../gpu/kernel.js';
import { axisPitches, type Conv2dProblem, conv2dInputShape, conv2dOutputShape, gemmSize } from '../problem/index.js';
import type { Algorithm, RunBuffers } from './algorithm.js';
import { type Band, planBands } from './bands.js';
import { epilogueOverrides } from './epilogue-overrides.js';
import { assertPackedFilterFits, filterPitches } from './packed-filter.js';
import { recordedPlan, type Step } from './recorded-plan.js';

/** The matrix products. `tilesPerWorkgroup` says whether a tile belongs to an invocation or to a whole workgroup. */
const GEMMS = {
  'register-4x16': { kernel: registerGemm4x16, tilesPerWorkgroup: registerGemm4x16.workgroupSize[0] },
  'register-8x8': { kernel: registerGemm8x8, tilesPerWorkgroup: registerGemm8x8.workgroupSize[0] },
  'workgroup-64x64': { kernel: workgroupGemm64x64, tilesPerWorkgroup: 1 },
} as const satisfies Record<string, { kernel: Kernel; tilesPerWorkgroup: number }>;

type Variant = keyof typeof GEMMS;

/** Invocations that keep any device busy; with fewer, an invocation of im2col writes fewer rows. */
const BUSY_INVOCATIONS = 16384;
const MOST_ROWS_EACH = 32;

function im2colValues(problem: Conv2dProblem, group: number, band: Band, pitchQuads: number): UniformValues {
  const [rows, columns] = problem.axes;
  const { depth, positions } = gemmSize(problem);
  const pitches = axisPitches(conv2dInputShape(problem), problem.inputLayout);
  const channels = problem.inputChannels / problem.groups;
  const rowsEach = Math.max(1, Math.min(MOST_ROWS_EACH, Math.floor((depth * pitchQuads) / BUSY_INVOCATIONS)));
  return {
    invocations: pitchQuads * Math.ceil(depth / rowsEach),
    pitch_quads: pitchQuads,
    first_position: band.first,
    all_positions: positions,
    rows: depth,
    rows_each: rowsEach,
    channels,
    input_offset: group * channels * pitches.c!,
    filter_columns: columns.filterSize,
    input_rows: rows.inputSize,
    input_columns: columns.inputSize,
    output_columns: columns.outputSize,
    image_positions: rows.outputSize * columns.outputSize,
    image_pitch: pitches.n!,
    channel_pitch: pitches.c!,
    row_pitch: pitches.h!,
    column_pitch: pitches.w!,
    row_stride: rows.stride,
    column_stride: columns.stride,
    row_dilation: rows.dilation,
    column_dilation: columns.dilation,
    row_padding: rows.padBegin,
    column_padding: columns.padBegin,
  };
}

function gemmValues(
  problem: Conv2dProblem,
  kernel: Kernel,
  group: number,
  band: Band,
  pitchQuads: number,
): UniformValues {
  const [rows, columns] = problem.axes;
  const { depth, filters } = gemmSize(problem);
  const pitches = axisPitches(conv2dOutputShape(problem), problem.inputLayout);
  const positionTiles = Math.ceil(band.count / kernel.constants.TILE_POSITIONS!);
  return {
    depth,
    filters,
    first_filter: group * filters,
    first_filter_quad: group * depth * Math.ceil(filters / 4),
    positions: band.count,
    first_position: band.first,
    filter_pitch_quads: Math.ceil(filters / 4),
    position_pitch_quads: pitchQuads,
    position_tiles: positionTiles,
    tiles: positionTiles * Math.ceil(filters / kernel.constants.TILE_FILTERS!),
    image_positions: rows.outputSize * columns.outputSize,
    image_pitch: pitches.n!,
    filter_pitch: pitches.c!,
    position_pitch: pitches.w!, // positions of an image lie at equal distances in both layouts
  };
}

function packValues(problem: Conv2dProblem): UniformValues {
  const { depth, filters } = gemmSize(problem);
  const pitchQuads = Math.ceil(filters / 4);
  return {
    quads: problem.groups * depth * pitchQuads,
    group_quads: depth * pitchQuads,
    pitch_quads: pitchQuads,
    group_filters: filters,
    channels: problem.inputChannels / problem.groups,
    columns: problem.axes[1].filterSize,
    ...filterPitches(problem),
  };
}

/** The algorithm. Every layout, stride, dilation, padding, batch and number of groups (each a product of its own). */
export const im2colGemm: Algorithm = {
  name: 'im2col-gemm',
  variants: Object.keys(GEMMS),

  unsupported() {
    return undefined;
  },

  suits() {
    return true;
  },

  preferredVariant(problem, isSoftware) {
    const { filters } = gemmSize(problem);
    // measured on software adapters only (docs/measurements.md): barriers cost more there than the loads they save, and a
    // tile of 4 filters wastes least on few of them. Real GPUs want workgroup memory once a tile is half full.
    if (filters <= 4) return 'register-4x16';
    return isSoftware || filters < 32 ? 'register-8x8' : 'workgroup-64x64';
  },

  async plan(gpu, problem, variant, limits) {
    const { kernel, tilesPerWorkgroup } = GEMMS[variant as Variant];
    const limitBytes = Math.min(limits.workspaceLimitBytes, limits.device.maxBindingBytes);
    const bandPlan = planBands(gemmSize(problem), kernel.constants.TILE_POSITIONS!, limitBytes);
    const pack = packValues(problem);
    const packedFilterBytes = 16 * pack.quads!;
    assertPackedFilterFits(packedFilterBytes, limits.device);
    const [packing, im2col, gemm] = await Promise.all([
      gpu.pipelines.get(filterPackKernel),
      gpu.pipelines.get(im2colKernel),
      gpu.pipelines.get(kernel, epilogueOverrides(problem.epilogue)),
    ]);
    const { bands, pitchQuads, workspaceBytes } = bandPlan;
    const groups = Array.from({ length: problem.groups }, (_, group) => group);
    const stretches = groups.flatMap((group) => bands.map((band) => ({ group, band })));
    return recordedPlan(
      gpu,
      { problem, algorithm: this.name, variant, workspaceBytes, packedFilterBytes, bands: bands.length },
      {
        compiled: packing,
        values: pack,
        workgroups: Math.ceil(pack.quads! / filterPackKernel.workgroupSize[0]),
        slices: ({ filter, packedFilter }) => [filter, packedFilter],
      },
      stretches.flatMap(({ group, band }): Step<RunBuffers>[] => {
        const columns = im2colValues(problem, group, band, pitchQuads);
        const product = gemmValues(problem, kernel, group, band, pitchQuads);
        return [
          {
            compiled: im2col,
            values: columns,
            workgroups: Math.ceil(columns.invocations! / im2colKernel.workgroupSize[0]),
            slices: ({ input, workspace }) => [input, workspace!],
          },
          {
            compiled: gemm,
            values: product,
            workgroups: Math.ceil(product.tiles! / tilesPerWorkgroup),
            // without a bias its binding is not read
            slices: ({ packedFilter, workspace, bias, output }) => [
              packedFilter,
              workspace!,
              bias ?? packedFilter,
              output,
            ],
          },
        ];
      }),
    );
  },
};
