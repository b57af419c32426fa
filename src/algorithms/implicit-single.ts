// The variant of implicit-gemm for convolutions that run once: one kernel that compiles quickly, and nothing else to compile, since it
// reads the filter as it lies.
import singleKernels from '../../shaders/implicit/implicit_single_f32_1x1.wgsl?stored';
import type { UniformValues } from '../gpu/kernel.js';
import {
  type ConvProblem,
  compulsoryBytes,
  convFilterShape,
  type Gather,
  gathersOf,
  gemmSize,
  storedBytes,
} from '../problem/index.js';
import type { PlanLimits } from './algorithm.js';
import { PADDING_CODES } from './codes.js';
import type { Design, RunStepDesign } from './design.js';
import { epilogueOverrides, epilogueSlices } from './epilogue.js';
import { productValues } from './implicit-values.js';
import { assertPackedFilterFits, filterPlaces } from './packed-filter.js';
import { storageOf } from './storage.js';
import { type TileKernel, tileWork, workgroupsOf } from './tile-kernels.js';

/** Its name. */
export const SINGLE = 'single-1x1';

/** Its kernel. */
export const SINGLE_KERNEL: TileKernel = { kernels: singleKernels, invocations: 1 };

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

/**
 * Lays down a dispatch for each gather.
 * @throws UnsupportedProblemError if the device cannot bind so large a filter.
 */
export function designSingle(problem: ConvProblem, { device }: PlanLimits): Design {
  const kernel = singleKernels[storageOf(problem.dtype, device)];
  const packedFilterBytes = storedBytes(convFilterShape(problem), problem.filterDtype);
  assertPackedFilterFits(problem, packedFilterBytes, device.limits);
  const gathers = gathersOf(problem);
  const overrides = {
    ...epilogueOverrides(problem.epilogue),
    PADDING: PADDING_CODES[problem.paddingContent.mode],
    FILTER_IS_HALF: problem.filterDtype === 'float16' ? 1 : 0,
  };
  return {
    workspaceBytes: 0,
    packedFilterBytes,
    packsByCopy: true,
    bands: 1,
    pack: [],
    run: gathers.map((gather): RunStepDesign => {
      const values = { ...productValues(problem, gather, kernel), ...weightValues(problem, gather) };
      const { tiles, position_tiles: positionTiles } = values;
      const { positions, depth: products } = gemmSize(problem, gather);
      const taps = gather.reduce((product, axis) => product * axis.taps, 1);
      return {
        kernel,
        overrides,
        values,
        workgroups: workgroupsOf(tiles, kernel, SINGLE_KERNEL.invocations),
        slices: (buffers) => [buffers.input, buffers.packedFilter, ...epilogueSlices(buffers)],
        work: {
          ...tileWork(kernel, SINGLE_KERNEL, { tiles, positionTiles, positions, products }),
          loops: [taps, products],
          bytes: compulsoryBytes(problem) / gathers.length,
        },
      };
    }),
  };
}
