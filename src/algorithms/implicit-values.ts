// Parameters that all kernels of implicit-gemm have.
import type { Kernel } from '../gpu/kernel.js';
import { type ConvProblem, type Gather, gemmSize } from '../problem/index.js';
import { activationValues } from './epilogue.js';
import { inputValues, outputValues, tapValues } from './gather-values.js';

/** Tiles of a kernel side by side: of the filters of a group, and of the positions. */
export function tilesOf(problem: ConvProblem, gather: Gather, kernel: Kernel) {
  const { filters, positions } = gemmSize(problem, gather);
  const filterTiles = Math.ceil(filters / kernel.constants.TILE_FILTERS!);
  const positionTiles = Math.ceil(positions / kernel.constants.TILE_POSITIONS!);
  return { filterTiles, positionTiles, tiles: problem.groups * filterTiles * positionTiles };
}

/** All but where a kernel finds the weights. */
export function productValues(problem: ConvProblem, gather: Gather, kernel: Kernel) {
  const [depth, rows, columns] = gather;
  const { filterTiles, positionTiles, tiles } = tilesOf(problem, gather, kernel);
  return {
    ...tapValues(gather),
    ...inputValues(problem),
    ...outputValues(problem, gather),
    tiles,
    groups: problem.groups,
    filter_tiles: filterTiles,
    position_tiles: positionTiles,
    channels_last: problem.inputLayout.endsWith('c') ? 1 : 0,
    group_filters: gemmSize(problem, gather).filters,
    group_channels: problem.inputChannels / problem.groups,
    filter_depth: depth.taps,
    filter_rows: rows.taps,
    filter_columns: columns.taps,
    padding_value: problem.paddingContent.value,
    ...activationValues(problem.epilogue.activation),
  };
}
