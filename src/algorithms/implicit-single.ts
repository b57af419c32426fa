// The variants of implicit-gemm for convolutions that run once: one kernel that compiles quickly, and nothing else to compile, since it
// reads the filter as it lies.
import singleKernels1x2 from '../../shaders/implicit/implicit_single_f32_1x2.wgsl?stored';
import singleKernels1x4 from '../../shaders/implicit/implicit_single_f32_1x4.wgsl?stored';
import singleKernels4x4 from '../../shaders/implicit/implicit_single_f32_4x4.wgsl?stored';
import type { UniformValues } from '../gpu/kernel.js';
import { type ConvProblem, compulsoryBytes, type Gather, gathersOf, gemmSize } from '../problem/index.js';
import type { PlanLimits } from './algorithm.js';
import { PADDING_CODES } from './codes.js';
import type { Design, RunStepDesign } from './design.js';
import { epilogueOverrides, epilogueSlices } from './epilogue.js';
import { productValues } from './implicit-values.js';
import { filterPlaces, unpackedFilterBytes, weightOverrides } from './packed-filter.js';
import { storageOf } from './storage.js';
import { type TileKernels, tileWork, workgroupsOf } from './tile-kernels.js';

/** Their kernels, by variant. A tile is one or four filters at two or four positions of a row. */
export const SINGLE_KERNELS = {
  'single-1x2': { kernels: singleKernels1x2, invocations: 1 },
  'single-1x4': { kernels: singleKernels1x4, invocations: 1 },
  'single-4x4': { kernels: singleKernels4x4, invocations: 1 },
} as const satisfies TileKernels;

/** A variant of those. */
export type SingleVariant = keyof typeof SINGLE_KERNELS;

function weightValues(problem: ConvProblem, gather: Gather): UniformValues {
  const { first, group, filter, channel, depth, row, column } = filterPlaces(problem, gather);
  return {
    first_weight: first,
    weight_group_pitch: group,
    weight_filter_pitch: filter,
    weight_channel_pitch: channel,
    weight_depth_pitch: depth,
    weight_row_pitch: row,
    weight_column_pitch: column,
  };
}

/** Why a problem is none for a variant. */
export function unsupportedSingle({ rank, inputChannels, groups }: ConvProblem, variant: SingleVariant) {
  if (variant !== 'single-1x2') return undefined;
  const channels = inputChannels / groups;
  if (channels !== 1) return `a filter sums ${channels} channels, and this kernel takes one`;
  return rank === 3 ? 'it computes planes and lines, and the problem has rank 3' : undefined;
}

/**
 * Lays down a dispatch for each gather.
 * @throws UnsupportedProblemError if the device cannot bind so large a filter.
 */
export function designSingle(problem: ConvProblem, variant: SingleVariant, limits: PlanLimits): Design {
  const tileKernel = SINGLE_KERNELS[variant];
  const kernel = tileKernel.kernels[storageOf(problem.dtype, limits.device)];
  const packedFilterBytes = unpackedFilterBytes(problem, limits);
  const gathers = gathersOf(problem);
  const overrides = {
    ...epilogueOverrides(problem.epilogue),
    PADDING: PADDING_CODES[problem.paddingContent.mode],
    ...weightOverrides(problem),
  };
  return {
    workspaceBytes: 0,
    packedFilterBytes,
    packsByCopy: true,
    bands: 1,
    pack: [],
    run: gathers.map((gather): RunStepDesign => {
      const { positions, depth: products } = gemmSize(problem, gather);
      const columns = gather[2].outputs;
      const columnTiles = Math.ceil(columns / kernel.constants.TILE_POSITIONS!);
      const positionTiles = columns > 0 ? (positions / columns) * columnTiles : 0;
      const product = productValues(problem, gather, kernel);
      const tiles = problem.groups * product.filter_tiles * positionTiles;
      const places = { tiles, position_tiles: positionTiles, column_tiles: columnTiles };
      const values = { ...product, ...places, ...weightValues(problem, gather) };
      const taps = gather.reduce((product, axis) => product * axis.taps, 1);
      return {
        kernel,
        overrides,
        values,
        workgroups: workgroupsOf(tiles, kernel, tileKernel.invocations),
        slices: (buffers) => [buffers.input, buffers.packedFilter, ...epilogueSlices(buffers)],
        work: {
          ...tileWork(kernel, tileKernel, { tiles, positionTiles, positions, products }),
          loops: variant === 'single-1x2' ? [taps] : [taps, products],
          bytes: compulsoryBytes(problem) / gathers.length,
        },
      };
    }),
  };
}
