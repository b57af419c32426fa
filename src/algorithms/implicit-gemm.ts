// implicit-gemm: the product of im2col-gemm, but receptive fields are gathered while they are multiplied, so that there is no
// column matrix and no workspace (S. Chetlur et al., cuDNN: Efficient Primitives for Deep Learning, 2014). All groups of a
// gather in one dispatch.
import filterPackKernel from '../../shaders/filter/filter_pack_f32.wgsl';
import registerKernels4x16 from '../../shaders/implicit/implicit_register_f32_4x16.wgsl?stored';
import registerKernels8x8 from '../../shaders/implicit/implicit_register_f32_8x8.wgsl?stored';
import registerKernels16x8 from '../../shaders/implicit/implicit_register_f32_16x8.wgsl?stored';
import workgroupKernels64x64 from '../../shaders/implicit/implicit_workgroup_f32_64x64.wgsl?stored';
import type { Kernel, StoredKernels, UniformValues } from '../gpu/kernel.js';
import { type ConvProblem, type Gather, gathersOf, gemmSize } from '../problem/index.js';
import type { Algorithm, RunBuffers } from './algorithm.js';
import { PADDING_CODES } from './codes.js';
import { activationValues, epilogueOverrides, epilogueSlices } from './epilogue.js';
import { inputValues, outputValues, tapValues } from './gather-values.js';
import { tooManyGathers } from './gathers.js';
import { packedMatrixSize, planPacking } from './packed-filter.js';
import { recordedPlan, type Step } from './recorded-plan.js';
import { storageOf } from './storage.js';

/** The kernels. `tileIsWorkgroup` says whether a tile belongs to an invocation or to a whole workgroup. */
const KERNELS = {
  'register-4x16': { kernels: registerKernels4x16, tileIsWorkgroup: false },
  'register-8x8': { kernels: registerKernels8x8, tileIsWorkgroup: false },
  'register-16x8': { kernels: registerKernels16x8, tileIsWorkgroup: false },
  'workgroup-64x64': { kernels: workgroupKernels64x64, tileIsWorkgroup: true },
} as const satisfies Record<string, { kernels: StoredKernels; tileIsWorkgroup: boolean }>;

type Variant = keyof typeof KERNELS;

function runValues(problem: ConvProblem, gather: Gather, firstQuad: number, kernel: Kernel): UniformValues {
  const [depth, rows, columns] = gather;
  const { filters, positions } = gemmSize(problem, gather);
  const filterTiles = Math.ceil(filters / kernel.constants.TILE_FILTERS!);
  const positionTiles = Math.ceil(positions / kernel.constants.TILE_POSITIONS!);
  return {
    ...tapValues(gather),
    ...inputValues(problem),
    ...outputValues(problem, gather),
    tiles: problem.groups * filterTiles * positionTiles,
    groups: problem.groups,
    filter_tiles: filterTiles,
    position_tiles: positionTiles,
    channels_last: problem.inputLayout.endsWith('c') ? 1 : 0,
    positions,
    group_filters: filters,
    group_channels: problem.inputChannels / problem.groups,
    filter_depth: depth.taps,
    filter_rows: rows.taps,
    filter_columns: columns.taps,
    first_quad: firstQuad,
    filter_pitch_quads: Math.ceil(filters / 4),
    padding_value: problem.paddingContent.value,
    ...activationValues(problem.epilogue.activation),
  };
}

/** The algorithm. Every option; each gather is one dispatch, whatever the number of groups. */
export const implicitGemm: Algorithm = {
  name: 'implicit-gemm',
  variants: Object.keys(KERNELS),

  unsupported(problem) {
    return tooManyGathers(problem);
  },

  suits(problem) {
    // measured on software adapters (docs/measurements.md). Going on to the next tap costs as much as a few channels, so with few
    // of them the column matrix pays, which knows no taps; but not for few filters, which hardly use it, nor once for each group
    const { groups, inputChannels, outputChannels } = problem;
    return groups > 1 || outputChannels <= 4 || inputChannels >= 32;
  },

  preferredVariant(problem, isSoftware) {
    const filters = problem.outputChannels / problem.groups;
    if (filters <= 4) return 'register-4x16';
    if (filters <= 8) return 'register-8x8';
    return isSoftware || filters < 32 ? 'register-16x8' : 'workgroup-64x64';
  },

  async plan(gpu, problem, variant) {
    const { kernels, tileIsWorkgroup } = KERNELS[variant as Variant];
    const kernel = kernels[storageOf(problem.dtype, gpu.capabilities)];
    const gathers = gathersOf(problem);
    const [packing, compiled] = await Promise.all([
      planPacking(gpu, filterPackKernel, problem, gathers, (gather) => packedMatrixSize(problem, gather)),
      gpu.pipelines.get(kernel, {
        ...epilogueOverrides(problem.epilogue),
        PADDING: PADDING_CODES[problem.paddingContent.mode],
      }),
    ]);
    const tilesPerWorkgroup = tileIsWorkgroup ? 1 : kernel.workgroupSize[0];
    return recordedPlan(
      gpu,
      { problem, algorithm: this.name, variant, workspaceBytes: 0, packedFilterBytes: packing.bytes, bands: 1 },
      packing.steps,
      gathers.map((gather, index): Step<RunBuffers> => {
        const values = runValues(problem, gather, packing.firstQuads[index]!, kernel);
        return {
          compiled,
          values,
          workgroups: Math.ceil(values.tiles! / tilesPerWorkgroup),
          slices: (buffers) => [buffers.input, buffers.packedFilter, ...epilogueSlices(buffers)],
        };
      }),
    );
  },
};
