// im2col-gemm: a kernel lays every receptive field out as a column of a matrix, and a matrix product of filters × columns
// does the arithmetic (K. Chellapilla, S. Puri, P. Simard, 2006). The column matrix is R·S times the input at stride 1: where
// it exceeds the workspace, output positions are computed in bands.

import filterPackKernel from '../../shaders/filter/filter_pack_f32.wgsl';
import registerGemms4x16 from '../../shaders/gemm/gemm_register_f32_4x16.wgsl?stored';
import registerGemms8x8 from '../../shaders/gemm/gemm_register_f32_8x8.wgsl?stored';
import workgroupGemms64x64 from '../../shaders/gemm/gemm_workgroup_f32_64x64.wgsl?stored';
import im2colKernels from '../../shaders/im2col/im2col_f32.wgsl?stored';
import type { Kernel, StoredKernels, UniformValues } from '../gpu/kernel.js';
import { type ConvProblem, convName, type Gather, gathersOf, gemmSize } from '../problem/index.js';
import type { Algorithm, RunBuffers } from './algorithm.js';
import { type Band, planBands } from './bands.js';
import { PADDING_CODES } from './codes.js';
import { activationValues, epilogueOverrides, epilogueSlices } from './epilogue.js';
import { inputPitches, outputPlaces, tapValues } from './gather-values.js';
import { tooManyGathers } from './gathers.js';
import { packedMatrixSize, planPacking } from './packed-filter.js';
import { recordedPlan, type Step } from './recorded-plan.js';
import { storageOf } from './storage.js';

/** The matrix products. `tileIsWorkgroup` says whether a tile belongs to an invocation or to a whole workgroup. */
const GEMMS = {
  'register-4x16': { kernels: registerGemms4x16, tileIsWorkgroup: false },
  'register-8x8': { kernels: registerGemms8x8, tileIsWorkgroup: false },
  'workgroup-64x64': { kernels: workgroupGemms64x64, tileIsWorkgroup: true },
} as const satisfies Record<string, { kernels: StoredKernels; tileIsWorkgroup: boolean }>;

type Variant = keyof typeof GEMMS;

/** Invocations that keep any device busy; with fewer, an invocation of im2col writes fewer rows. */
const BUSY_INVOCATIONS = 16384;
const MOST_ROWS_EACH = 32;

/** One matrix product of a plan: a band of the positions of a gather, in a group. */
interface Stretch {
  readonly gather: Gather;
  readonly group: number;
  readonly band: Band;
  /** vec4 in a row of the column matrix. */
  readonly pitchQuads: number;
  /** Where the packed filters of the gather begin. */
  readonly firstQuad: number;
}

function im2colValues(problem: ConvProblem, { gather, group, band, pitchQuads }: Stretch): UniformValues {
  const [depth, rows, columns] = gather;
  const size = gemmSize(problem, gather);
  const pitch = inputPitches(problem);
  const channels = problem.inputChannels / problem.groups;
  const rowsEach = Math.max(1, Math.min(MOST_ROWS_EACH, Math.floor((size.depth * pitchQuads) / BUSY_INVOCATIONS)));
  return {
    ...tapValues(gather),
    invocations: pitchQuads * Math.ceil(size.depth / rowsEach),
    pitch_quads: pitchQuads,
    first_position: band.first,
    all_positions: size.positions,
    rows: size.depth,
    rows_each: rowsEach,
    channels,
    input_offset: group * channels * pitch.channel,
    filter_rows: rows.taps,
    filter_columns: columns.taps,
    image_positions: depth.outputs * rows.outputs * columns.outputs,
    plane_positions: rows.outputs * columns.outputs,
    row_positions: columns.outputs,
    image_pitch: pitch.image,
    channel_pitch: pitch.channel,
    depth_pitch: pitch.depth,
    row_pitch: pitch.row,
    column_pitch: pitch.column,
    padding_value: problem.paddingContent.value,
  };
}

function gemmValues(
  problem: ConvProblem,
  kernel: Kernel,
  { gather, group, band, pitchQuads, firstQuad }: Stretch,
): UniformValues {
  const [planes, rows, columns] = gather;
  const { depth, filters } = gemmSize(problem, gather);
  const output = outputPlaces(problem, gather);
  const positionTiles = Math.ceil(band.count / kernel.constants.TILE_POSITIONS!);
  const filterQuads = Math.ceil(filters / 4);
  return {
    depth,
    filters,
    first_filter: group * filters,
    first_filter_quad: firstQuad + group * depth * filterQuads,
    positions: band.count,
    first_position: band.first,
    filter_pitch_quads: filterQuads,
    position_pitch_quads: pitchQuads,
    position_tiles: positionTiles,
    tiles: positionTiles * Math.ceil(filters / kernel.constants.TILE_FILTERS!),
    image_positions: planes.outputs * rows.outputs * columns.outputs,
    plane_positions: rows.outputs * columns.outputs,
    row_positions: columns.outputs,
    first_output: output.first,
    image_pitch: output.image,
    filter_pitch: output.filter,
    depth_pitch: output.depth,
    row_pitch: output.row,
    column_pitch: output.column,
    ...activationValues(problem.epilogue.activation),
  };
}

/** The algorithm. Every option; each group and each gather is a product of its own. */
export const im2colGemm: Algorithm = {
  name: 'im2col-gemm',
  variants: Object.keys(GEMMS),

  unsupported(problem) {
    return tooManyGathers(problem, 2 * problem.groups);
  },

  suits() {
    return true;
  },

  preferredVariant(problem, isSoftware) {
    const filters = problem.outputChannels / problem.groups;
    if (filters <= 4) return 'register-4x16';
    return isSoftware || filters < 32 ? 'register-8x8' : 'workgroup-64x64';
  },

  async plan(gpu, problem, variant, limits) {
    const { kernels, tileIsWorkgroup } = GEMMS[variant as Variant];
    const storage = storageOf(problem.dtype, gpu.capabilities);
    const [gemmKernel, im2colKernel] = [kernels[storage], im2colKernels[storage]];
    const gathers = gathersOf(problem);
    const limitBytes = Math.min(limits.workspaceLimitBytes, limits.device.maxBindingBytes);
    const bandPlans = gathers.map((gather) =>
      planBands(
        gemmSize(problem, gather),
        gemmKernel.constants.TILE_POSITIONS!,
        limitBytes,
        convName(problem.operator, problem.rank),
      ),
    );
    const [packing, im2col, gemm] = await Promise.all([
      planPacking(gpu, filterPackKernel, problem, gathers, (gather) => packedMatrixSize(problem, gather)),
      gpu.pipelines.get(im2colKernel, { PADDING: PADDING_CODES[problem.paddingContent.mode] }),
      gpu.pipelines.get(gemmKernel, epilogueOverrides(problem.epilogue)),
    ]);
    const stretches = gathers.flatMap((gather, index) => {
      const { bands, pitchQuads } = bandPlans[index]!;
      const groups = Array.from({ length: problem.groups }, (_, group) => group);
      const firstQuad = packing.firstQuads[index]!;
      return groups.flatMap((group) => bands.map((band): Stretch => ({ gather, group, band, pitchQuads, firstQuad })));
    });
    const tilesPerWorkgroup = tileIsWorkgroup ? 1 : gemmKernel.workgroupSize[0];
    return recordedPlan(
      gpu,
      {
        problem,
        algorithm: this.name,
        variant,
        workspaceBytes: Math.max(...bandPlans.map(({ workspaceBytes }) => workspaceBytes)),
        packedFilterBytes: packing.bytes,
        bands: bandPlans.reduce((sum, { bands }) => sum + bands.length, 0),
      },
      packing.steps,
      stretches.flatMap((stretch): Step<RunBuffers>[] => {
        const columns = im2colValues(problem, stretch);
        const product = gemmValues(problem, gemmKernel, stretch);
        const layOut: Step<RunBuffers> = {
          compiled: im2col,
          values: columns,
          workgroups: Math.ceil(columns.invocations! / im2colKernel.workgroupSize[0]),
          slices: ({ input, workspace }) => [input, workspace!],
        };
        const multiply: Step<RunBuffers> = {
          compiled: gemm,
          values: product,
          workgroups: Math.ceil(product.tiles! / tilesPerWorkgroup),
          // outputs that meet no tap need no columns
          slices: (buffers) => [
            buffers.packedFilter,
            buffers.workspace ?? buffers.packedFilter,
            ...epilogueSlices(buffers),
          ],
        };
        return product.depth === 0 ? [multiply] : [layOut, multiply];
      }),
    );
  },
};
