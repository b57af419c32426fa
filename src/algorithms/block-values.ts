// What the kernels that compute blocks of an output plane (shaders/depthwise/, shaders/direct/direct_f32_4x8.wgsl) are given and compiled for.
import type { UniformValues } from '../gpu/kernel.js';
import type { ConvProblem, Gather } from '../problem/index.js';
import { PADDING_CODES } from './codes.js';
import { activationValues, epilogueOverrides } from './epilogue.js';
import { inputValues, outputValues, tapValues } from './gather-values.js';
import type { PackedSize } from './packed-filter.js';

/** Outputs that an invocation computes. */
export interface Block {
  readonly rows: number;
  readonly columns: number;
}

/** Whether the kernels without a loop over taps take a gather: they are compiled for each number of taps. */
export function hasFewTaps([, ...plane]: Gather): boolean {
  return plane.every(
    ({ taps, stride, dilation }) => taps > 0 && taps <= 5 && stride <= 2 && (dilation === 1 || taps === 1),
  );
}

/** Why those kernels do not take a problem. */
export const MANY_TAPS = 'the kernel without a loop over taps takes at most 5×5 neighbouring taps and strides of 2';

/** Values that those kernels load for a plane, and taps that they add to the rows of a block. */
export function smallRounds([, rows, columns]: Gather, block: Block): { loads: number; taps: number } {
  const rowsUnder = (block.rows - 1) * rows.stride + rows.taps;
  const columnsUnder = (block.columns - 1) * columns.stride + columns.taps;
  return { loads: rowsUnder * columnsUnder, taps: block.rows * rows.taps * columns.taps };
}

/** What those kernels are compiled for. */
export function tapOverrides([, rows, columns]: Gather): Readonly<Record<string, number>> {
  return {
    FILTER_ROWS: rows.taps,
    FILTER_COLUMNS: columns.taps,
    ROW_STRIDE: rows.stride,
    COLUMN_STRIDE: columns.stride,
  };
}

/** The block of those kernels, of whose `TILE_ROWS` a row stride of 2 leaves half. */
export function smallBlock([, rows]: Gather, { TILE_ROWS, TILE_COLUMNS }: Readonly<Record<string, number>>): Block {
  return { rows: TILE_ROWS! / rows.stride, columns: TILE_COLUMNS! };
}

/** Size of a filter of whole rows, as filter_rows_f32 writes it. */
export function packedRowsSize(problem: ConvProblem, [depth, rows, columns]: Gather): PackedSize {
  const rowQuads = Math.ceil(columns.taps / 4);
  const lines = problem.outputChannels * (problem.inputChannels / problem.groups) * depth.taps * rows.taps;
  return { quads: lines * rowQuads, rowQuads };
}

/** Taps of a row that a walk down the input rows adds at most. */
const MOST_STEP_TAPS = 8;

/** Input columns that meet different taps, the walks that each of them takes, and the taps of a walk. */
export function columnPhases([, , { taps, stride }]: Gather) {
  const phaseTaps = Math.ceil(taps / stride);
  const steps = Math.ceil(phaseTaps / MOST_STEP_TAPS);
  return { phases: Math.min(stride, taps), steps, stepTaps: steps === 0 ? 1 : Math.ceil(phaseTaps / steps) };
}

/** Walks down the input rows, the rows that they meet together, and the taps that they add to every row of a block. */
export function walkRounds(gather: Gather): readonly [walks: number, rows: number, taps: number] {
  const [depth, rows] = gather;
  const { phases, steps, stepTaps } = columnPhases(gather);
  const walks = depth.taps * Math.min(rows.stride, rows.taps) * phases * steps;
  const rowsMet = walks * (Math.ceil(rows.taps / rows.stride) + 3);
  return [walks, rowsMet, rowsMet * stepTaps];
}

/** The parameter block. */
export function blockValues(problem: ConvProblem, gather: Gather, firstQuad: number, block: Block): UniformValues {
  const [depth, rows, columns] = gather;
  const { row_dilation: _, column_dilation: __, ...taps } = tapValues(gather);
  const columnTiles = Math.ceil(columns.outputs / block.columns);
  const rowTiles = Math.ceil(rows.outputs / block.rows);
  const { phases, steps } = columnPhases(gather);
  return {
    ...taps,
    ...inputValues(problem),
    ...outputValues(problem, gather),
    tiles: problem.batch * problem.outputChannels * depth.outputs * rowTiles * columnTiles,
    column_tiles: columnTiles,
    row_tiles: rowTiles,
    filters: problem.outputChannels,
    group_filters: problem.outputChannels / problem.groups,
    group_channels: problem.inputChannels / problem.groups,
    first_quad: firstQuad,
    filter_depth: depth.taps,
    filter_rows: rows.taps,
    row_phases: Math.min(rows.stride, rows.taps),
    column_phases: phases,
    phase_steps: steps,
    padding_value: problem.paddingContent.value,
    ...activationValues(problem.epilogue.activation),
  };
}

/** Overrides that do not depend on the gather. */
export function blockOverrides({
  epilogue,
  paddingContent,
  inputLayout,
}: ConvProblem): Readonly<Record<string, number>> {
  return {
    ...epilogueOverrides(epilogue),
    PADDING: PADDING_CODES[paddingContent.mode],
    CHANNELS_LAST: inputLayout.endsWith('c') ? 1 : 0,
  };
}
