// The filter in the form that a run reads: one stretch for each gather, written by a kernel of shaders/filter/.
import { UnsupportedProblemError } from '../errors.js';
import type { Kernel, UniformValues } from '../gpu/kernel.js';
import {
  axisPitches,
  type ConvProblem,
  convFilterShape,
  convName,
  type Gather,
  gemmSize,
  storedBytes,
} from '../problem/index.js';
import type { PlanLimits } from './algorithm.js';
import type { StepDesign } from './design.js';
import type { PackBuffers } from './recorded-plan.js';

/** Vec4 of the stretch that a gather reads, and in a row of it. */
export interface PackedSize {
  readonly quads: number;
  readonly rowQuads: number;
  /** Vec4 that one invocation writes; default 1. */
  readonly quadsEach?: number;
}

/** Size of what filter_pack_f32 writes: for each group a row for each of the gemmK products, the K/G filters side by side. */
export function packedMatrixSize(problem: ConvProblem, gather: Gather): PackedSize {
  const { depth, filters } = gemmSize(problem, gather);
  const rowQuads = Math.ceil(filters / 4);
  return { quads: problem.groups * depth * rowQuads, rowQuads };
}

/** The element of the filter that belongs to a gather's first tap of filter 0, channel 0, and the pitches from there. */
export function filterPlaces(problem: ConvProblem, [depth, rows, columns]: Gather) {
  const { operator, groups, inputChannels, outputChannels } = problem;
  const { o, i, d, h, w } = axisPitches(convFilterShape(problem), problem.filterLayout);
  return {
    first: depth.firstTap * d + rows.firstTap * h + columns.firstTap * w,
    // a convolution's filters are those of all groups, a transposed one's channels are
    group: operator === 'conv' ? (outputChannels / groups) * o : (inputChannels / groups) * i,
    filter: o,
    channel: i,
    depth: depth.tapStep * d,
    row: rows.tapStep * h,
    column: columns.tapStep * w,
  };
}

/** Overrides of a kernel that reads the filter as the user laid it out (shaders/filter/weights.wgsl). */
export function weightOverrides({ filterDtype }: ConvProblem) {
  return { FILTER_IS_HALF: filterDtype === 'float16' ? 1 : 0 };
}

/** Where a packing kernel finds the weights of a gather, and where it writes them. */
function packValues(problem: ConvProblem, gather: Gather, size: PackedSize, firstQuad: number): UniformValues {
  const { groups, inputChannels, outputChannels } = problem;
  const [depth, rows, columns] = gather;
  const places = filterPlaces(problem, gather);
  return {
    quads: size.quads,
    first_quad: firstQuad,
    row_quads: size.rowQuads,
    group_filters: outputChannels / groups,
    channels: inputChannels / groups,
    filter_rows: rows.taps,
    filter_columns: columns.taps,
    first: places.first,
    group_pitch: places.group,
    filter_pitch: places.filter,
    channel_pitch: places.channel,
    depth_pitch: places.depth,
    row_pitch: places.row,
    column_pitch: places.column,
    taps: depth.taps * rows.taps * columns.taps,
    column_stride: columns.stride,
  };
}

/** A packed filter: its size, where the stretch of each gather begins, and the dispatches that write it. */
export interface FilterPacking {
  readonly bytes: number;
  readonly firstQuads: readonly number[];
  readonly steps: readonly StepDesign<PackBuffers>[];
}

/**
 * Designs the packing of a filter, a stretch for each gather.
 * @param overrides of the kernel, besides what the filter is stored in.
 * @throws UnsupportedProblemError if the device cannot bind so large a packed filter.
 */
export function designPacking(
  kernel: Kernel,
  problem: ConvProblem,
  gathers: readonly Gather[],
  sizeOf: (gather: Gather) => PackedSize,
  { device }: PlanLimits,
  overrides: Readonly<Record<string, number>> = {},
): FilterPacking {
  const sizes = gathers.map(sizeOf);
  const firstQuads: number[] = [];
  let quads = 0;
  for (const size of sizes) {
    firstQuads.push(quads);
    quads += size.quads;
  }
  const bytes = 16 * Math.max(1, quads); // a filter without taps still needs a binding
  assertPackedFilterFits(problem, bytes, device.limits);
  const allOverrides = { ...overrides, ...weightOverrides(problem) };
  const steps = gathers.flatMap((gather, index): StepDesign<PackBuffers>[] => {
    const size = sizes[index]!;
    if (size.quads === 0) return [];
    return [
      {
        kernel,
        overrides: allOverrides,
        values: packValues(problem, gather, size, firstQuads[index]!),
        workgroups: Math.ceil(size.quads / (size.quadsEach ?? 1) / kernel.workgroupSize[0]),
        slices: ({ filter, packedFilter }) => [packedFilter, filter],
      },
    ];
  });
  return { bytes, firstQuads, steps };
}

/**
 * Bytes of a filter that a run reads as it lies, which packing copies.
 * @throws UnsupportedProblemError if the device cannot bind so large a filter.
 */
export function unpackedFilterBytes(problem: ConvProblem, { device }: PlanLimits): number {
  const bytes = storedBytes(convFilterShape(problem), problem.filterDtype);
  assertPackedFilterFits(problem, bytes, device.limits);
  return bytes;
}

/** @throws UnsupportedProblemError if the device cannot bind a packed filter of so many bytes. */
function assertPackedFilterFits(
  problem: ConvProblem,
  bytes: number,
  { maxBindingBytes }: PlanLimits['device']['limits'],
): void {
  if (bytes <= maxBindingBytes) return;
  throw new UnsupportedProblemError(
    `${convName(problem.operator, problem.rank)}: the packed filter takes ${bytes} bytes, but this device binds at most ${maxBindingBytes}. Split the filters.`,
  );
}
