// im2col-gemm: a kernel lays every receptive field out as a column of a matrix, and a matrix product of filters × columns
// does the arithmetic (K. Chellapilla, S. Puri, P. Simard, 2006). The column matrix is R·S times the input at stride 1: where
// it exceeds the workspace, output positions are computed in bands.

import filterPackKernel from '../../shaders/filter/filter_pack_f32.wgsl';
import registerGemms4x16 from '../../shaders/gemm/gemm_register_f32_4x16.wgsl?stored';
import registerGemms8x8 from '../../shaders/gemm/gemm_register_f32_8x8.wgsl?stored';
import registerGemms16x8 from '../../shaders/gemm/gemm_register_f32_16x8.wgsl?stored';
import subgroupGemms16x8 from '../../shaders/gemm/gemm_subgroup_f32_16x8.wgsl?stored';
import workgroupGemms64x64 from '../../shaders/gemm/gemm_workgroup_f32_64x64.wgsl?stored';
import im2colKernels from '../../shaders/im2col/im2col_f32.wgsl?stored';
import type { Kernel, UniformValues } from '../gpu/kernel.js';
import { type ConvProblem, convName, type Gather, gathersOf, gemmSize } from '../problem/index.js';
import type { Algorithm } from './algorithm.js';
import { type Band, planBands } from './bands.js';
import { PADDING_CODES } from './codes.js';
import type { RunStepDesign } from './design.js';
import { activationValues, epilogueOverrides, epilogueSlices } from './epilogue.js';
import { inputPitches, outputPlaces, tapValues } from './gather-values.js';
import { tooManyGathers } from './gathers.js';
import { designPacking, packedMatrixSize } from './packed-filter.js';
import { storageOf } from './storage.js';
import { featuresOf, type TileKernels, tileWork, workgroupsOf } from './tile-kernels.js';

/** The matrix products, by variant. */
const GEMMS: TileKernels = {
  'register-4x16': { kernels: registerGemms4x16, invocations: 1 },
  'register-8x8': { kernels: registerGemms8x8, invocations: 1 },
  'register-16x8': { kernels: registerGemms16x8, invocations: 1 },
  'workgroup-64x64': { kernels: workgroupGemms64x64, invocations: 64 },
  'subgroup-16x8': { kernels: subgroupGemms16x8, invocations: 64, features: ['subgroups'] },
};

/** Positions that bands are multiples of at most: the tile of a workgroup may be wider, and is then partly idle. */
const WIDEST_STEP = 64;

/** Invocations that keep any device busy; with fewer, an invocation of im2col writes fewer rows. */
const BUSY_INVOCATIONS = 16384;
const MOST_ROWS_EACH = 32;

/** Matrix products of a design: a band of the positions of a gather, one product for each group. */
interface Stretch {
  readonly gather: Gather;
  readonly band: Band;
  /** vec4 in a row of the column matrix. */
  readonly pitchQuads: number;
  /** Where the packed filters of the gather begin. */
  readonly firstQuad: number;
}

/** Parameters of the column matrix of the first group. */
function im2colValues(problem: ConvProblem, { gather, band, pitchQuads }: Stretch): UniformValues {
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
    input_offset: 0,
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

/** Parameters of the product of the first group. */
function gemmValues(
  problem: ConvProblem,
  kernel: Kernel,
  { gather, band, pitchQuads, firstQuad }: Stretch,
): UniformValues {
  const [planes, rows, columns] = gather;
  const { depth, filters } = gemmSize(problem, gather);
  const output = outputPlaces(problem, gather);
  const positionTiles = Math.ceil(band.count / kernel.constants.TILE_POSITIONS!);
  const filterQuads = Math.ceil(filters / 4);
  return {
    depth,
    filters,
    first_filter: 0,
    first_filter_quad: firstQuad,
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

/** With more groups than this comes to, products are so small that laying down their dispatches takes longer than computing all else. */
const MOST_DISPATCHES = 512;

/** The algorithm. Every option; each group and each gather is a product of its own. */
export const im2colGemm: Algorithm = {
  name: 'im2col-gemm',
  variants: Object.keys(GEMMS),

  unsupported(problem) {
    return tooManyGathers(problem, 2 * problem.groups, MOST_DISPATCHES);
  },

  features: (variant) => featuresOf(GEMMS, variant),

  design(problem, variant, limits) {
    const tileKernel = GEMMS[variant]!;
    const { kernels, invocations } = tileKernel;
    const storage = storageOf(problem.dtype, limits.device);
    const [gemmKernel, im2colKernel] = [kernels[storage], im2colKernels[storage]];
    const gathers = gathersOf(problem);
    const limitBytes = Math.min(limits.workspaceLimitBytes, limits.device.limits.maxBindingBytes);
    const bandPlans = gathers.map((gather) =>
      planBands(
        gemmSize(problem, gather),
        Math.min(gemmKernel.constants.TILE_POSITIONS!, WIDEST_STEP),
        limitBytes,
        convName(problem.operator, problem.rank),
      ),
    );
    const sizeOf = (gather: Gather) => packedMatrixSize(problem, gather);
    const packing = designPacking(filterPackKernel, problem, gathers, sizeOf, limits);
    const stretches = gathers.flatMap((gather, index) => {
      const { bands, pitchQuads } = bandPlans[index]!;
      const firstQuad = packing.firstQuads[index]!;
      return bands.map((band): Stretch => ({ gather, band, pitchQuads, firstQuad }));
    });
    const epilogue = epilogueOverrides(problem.epilogue);
    const { STEP } = gemmKernel.constants;
    const groups = Array.from({ length: problem.groups }, (_, group) => group);
    const groupOffset = (problem.inputChannels / problem.groups) * inputPitches(problem).channel;
    return {
      workspaceBytes: Math.max(...bandPlans.map(({ workspaceBytes }) => workspaceBytes)),
      packedFilterBytes: packing.bytes,
      bands: bandPlans.reduce((sum, { bands }) => sum + bands.length, 0),
      pack: packing.steps,
      run: stretches.flatMap((stretch): RunStepDesign[] => {
        const columns = im2colValues(problem, stretch);
        const product = gemmValues(problem, gemmKernel, stretch);
        const depth = product.depth!;
        const columnBytes = 16 * stretch.pitchQuads * depth;
        const layOut: RunStepDesign = {
          kernel: im2colKernel,
          overrides: { PADDING: PADDING_CODES[problem.paddingContent.mode] },
          values: columns,
          workgroups: Math.ceil(columns.invocations! / im2colKernel.workgroupSize[0]),
          slices: ({ input, workspace }) => [input, workspace!],
          work: {
            invocations: columns.invocations!,
            loops: [columns.rows_each!],
            multiplyAdds: 0,
            bytes: 2 * columnBytes, // what is read lies in a cache for the most part, or not
          },
        };
        const multiply: RunStepDesign = {
          kernel: gemmKernel,
          overrides: epilogue,
          values: product,
          workgroups: workgroupsOf(product.tiles!, gemmKernel, invocations),
          // outputs that meet no tap need no columns
          slices: (buffers) => [
            buffers.packedFilter,
            buffers.workspace ?? buffers.packedFilter,
            ...epilogueSlices(buffers),
          ],
          work: {
            ...tileWork(gemmKernel, tileKernel, {
              tiles: product.tiles!,
              positionTiles: product.position_tiles!,
              positions: product.positions!,
              products: depth,
            }),
            loops: [...(STEP === undefined ? [] : [Math.ceil(depth / STEP)]), depth],
            bytes: columnBytes + 4 * product.filters! * (depth + product.positions!),
          },
        };
        const filterQuads = product.filter_pitch_quads! * depth;
        return groups.flatMap((group) => {
          const own = {
            first_filter: group * product.filters!,
            first_filter_quad: product.first_filter_quad! + group * filterQuads,
          };
          const multiplyGroup = { ...multiply, values: { ...product, ...own } };
          if (depth === 0) return [multiplyGroup];
          return [{ ...layOut, values: { ...columns, input_offset: group * groupOffset } }, multiplyGroup];
        });
      }),
    };
  },
};
