// depthwise: each filter reads one channel, so nothing is summed over channels and a matrix product has nothing to share. An invocation
// computes several rows and columns of an output plane, and loads each value under them as few times as it can.
import smallKernels from '../../shaders/depthwise/depthwise_f32_4x8.wgsl?stored';
import anyKernels from '../../shaders/depthwise/depthwise_f32_4x16.wgsl?stored';
import filterPhasesKernel from '../../shaders/filter/filter_phases_f32.wgsl';
import filterRowsKernel from '../../shaders/filter/filter_rows_f32.wgsl';
import { type ConvProblem, compulsoryBytes, type Gather, gathersOf, greatestCommonDivisor } from '../problem/index.js';
import type { Algorithm } from './algorithm.js';
import {
  blockOverrides,
  blockValues,
  columnPhases,
  hasFewTaps,
  MANY_TAPS,
  packedRowsSize,
  smallBlock,
  smallRounds,
  tapOverrides,
  walkRounds,
} from './block-values.js';
import type { RunStepDesign } from './design.js';
import { epilogueSlices } from './epilogue.js';
import { tooManyGathers } from './gathers.js';
import { designPacking, type PackedSize } from './packed-filter.js';
import { storageOf } from './storage.js';

const SMALL = 'block-4x8';
const ANY = 'block-4x16';

/** Whether the kernel without loops takes a gather. */
function isSmall(gather: Gather): boolean {
  return gather[0].taps === 1 && hasFewTaps(gather);
}

/** Size of what filter_phases_f32 writes. */
function packedPhasesSize(problem: ConvProblem, gather: Gather): PackedSize {
  const [depth, rows] = gather;
  const { phases, steps } = columnPhases(gather);
  const rowQuads = 2 * phases * steps;
  return { quads: problem.outputChannels * depth.taps * rows.taps * rowQuads, rowQuads };
}

/** The algorithm. One input channel a group, rows and columns not dilated. */
export const depthwise: Algorithm = {
  name: 'depthwise',
  variants: [SMALL, ANY],

  unsupported(problem, variant) {
    const channels = problem.inputChannels / problem.groups;
    if (channels !== 1) return `a filter sums ${channels} channels, and this kernel takes one`;
    for (const [index, { stride, dilation }] of problem.axes.slice(-2).entries()) {
      const apart = problem.operator === 'conv' ? dilation : dilation / greatestCommonDivisor(stride, dilation);
      if (apart === 1) continue;
      const axis = index === problem.axes.slice(-2).length - 1 ? 'column' : 'row';
      return `the ${axis} dilation is ${dilation}, and this kernel takes neighbouring ${axis}s`;
    }
    const tooMany = tooManyGathers(problem);
    if (tooMany === undefined && variant === SMALL && !gathersOf(problem).every(isSmall)) return MANY_TAPS;
    return tooMany;
  },

  design(problem, variant, limits) {
    const gathers = gathersOf(problem);
    const small = variant === SMALL;
    const kernel = (small ? smallKernels : anyKernels)[storageOf(problem.dtype, limits.device)];
    const overrides = blockOverrides(problem);
    const packing = small
      ? designPacking(filterRowsKernel, problem, gathers, (gather) => packedRowsSize(problem, gather), limits)
      : designPacking(filterPhasesKernel, problem, gathers, (gather) => packedPhasesSize(problem, gather), limits);
    const { TILE_ROWS, TILE_COLUMNS } = kernel.constants;
    return {
      workspaceBytes: 0,
      packedFilterBytes: packing.bytes,
      bands: 1,
      pack: packing.steps,
      run: gathers.map((gather, index): RunStepDesign => {
        const block = small ? smallBlock(gather, kernel.constants) : { rows: TILE_ROWS!, columns: TILE_COLUMNS! };
        const values = blockValues(problem, gather, packing.firstQuads[index]!, block);
        const { loads, taps } = small ? smallRounds(gather, block) : { loads: 0, taps: 0 };
        const walks = walkRounds(gather);
        return {
          kernel,
          overrides: {
            ...overrides,
            ...(small ? tapOverrides(gather) : { STEP_TAPS: columnPhases(gather).stepTaps }),
          },
          values,
          workgroups: Math.ceil(values.tiles! / kernel.workgroupSize[0]),
          slices: (buffers) => [buffers.input, buffers.packedFilter, ...epilogueSlices(buffers)],
          work: {
            invocations: values.tiles!,
            loops: small ? [loads, taps] : walks,
            multiplyAdds: values.tiles! * block.columns * (small ? taps : block.rows * walks[2]),
            bytes: compulsoryBytes(problem) / gathers.length,
          },
        };
      }),
    };
  },
};
