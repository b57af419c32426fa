// Parameters of the kernels of shaders/winograd/, from a problem and a band of its tiles.
import type { Kernel, UniformValues } from '../gpu/kernel.js';
import type { ConvProblem, Gather } from '../problem/index.js';
import type { Band } from './bands.js';
import { activationValues } from './epilogue.js';
import { inputPitches, outputPlaces } from './gather-values.js';
import { productsOf, type Transforms } from './winograd-transforms.js';

/** Sizes of the matrices of a problem. */
export interface WinogradSizes {
  readonly matrices: number;
  readonly tileRows: number;
  readonly tileColumns: number;
  /** Tiles of all images. */
  readonly tiles: number;
}

/** Sizes of a problem in a transform. */
export function winogradSizes(
  { batch }: ConvProblem,
  [, rows, columns]: Gather,
  [alongRows, alongColumns]: Transforms,
): WinogradSizes {
  const matrices = productsOf(alongRows) * productsOf(alongColumns);
  const tileRows = Math.ceil(rows.outputs / alongRows.tile);
  const tileColumns = Math.ceil(columns.outputs / alongColumns.tile);
  return { matrices, tileRows, tileColumns, tiles: batch * tileRows * tileColumns };
}

/** Values that an invocation of a transform works through: so many that `busy` invocations are left. */
function eachOf(values: number, pitch: number, busy: number): number {
  return Math.max(1, Math.min(values, Math.floor((values * pitch) / busy)));
}

/**
 * The gather as the kernels see it, whose rows are transformed where only one axis is: its own, or with rows and columns exchanged where
 * the filter is a column.
 */
export function turnedGather([depth, rows, columns]: Gather): { readonly gather: Gather; readonly isTurned: boolean } {
  const isTurned = columns.taps < rows.taps;
  return { gather: isTurned ? [depth, columns, rows] : [depth, rows, columns], isTurned };
}

/** A band of the tiles, and what all its dispatches know. */
export interface WinogradStretch {
  /** As the kernels see it (turnedGather). */
  readonly gather: Gather;
  readonly isTurned: boolean;
  readonly sizes: WinogradSizes;
  readonly band: Band;
  /** vec4 in a row of every matrix. */
  readonly pitchQuads: number;
  /** Invocations that keep the device busy. */
  readonly busy: number;
}

/** Parameters of both transforms: which tiles. */
function tileValues({ sizes, band, pitchQuads }: WinogradStretch, rows: number): UniformValues {
  return {
    tiles: band.count,
    first_tile: band.first,
    tile_pitch: 4 * pitchQuads,
    matrix_pitch: rows * 4 * pitchQuads,
    image_tiles: sizes.tileRows * sizes.tileColumns,
    row_tiles: sizes.tileColumns,
  };
}

/** Parameters of the input transform. */
export function inputValues(problem: ConvProblem, stretch: WinogradStretch): UniformValues {
  const { inputChannels: channels } = problem;
  const [, rows, columns] = stretch.gather;
  const pitch = inputPitches(problem);
  const tilePitch = 4 * stretch.pitchQuads;
  const each = eachOf(channels, tilePitch, stretch.busy);
  return {
    ...tileValues(stretch, channels),
    invocations: tilePitch * Math.ceil(channels / each),
    channels,
    channels_each: each,
    seen_rows: rows.outputs + rows.taps - 1,
    seen_columns: columns.outputs + columns.taps - 1,
    input_rows: rows.inputSize,
    input_columns: columns.inputSize,
    row_padding: rows.padBegin,
    column_padding: columns.padBegin,
    image_pitch: pitch.image,
    channel_pitch: pitch.channel,
    row_pitch: stretch.isTurned ? pitch.column : pitch.row,
    column_pitch: stretch.isTurned ? pitch.row : pitch.column,
    padding_value: problem.paddingContent.value,
  };
}

/** Vec4 of the workspace before the products. */
function firstProductQuad({ inputChannels }: ConvProblem, { sizes, pitchQuads }: WinogradStretch): number {
  return sizes.matrices * inputChannels * pitchQuads;
}

/** Parameters of the products. */
export function gemmValues(problem: ConvProblem, { constants }: Kernel, stretch: WinogradStretch): UniformValues {
  const { groups, inputChannels, outputChannels } = problem;
  const filters = outputChannels / groups;
  const positionTiles = Math.ceil(stretch.band.count / constants.TILE_POSITIONS!);
  const matrixTiles = positionTiles * Math.ceil(filters / constants.TILE_FILTERS!);
  return {
    depth: inputChannels / groups,
    filters,
    first_product_quad: firstProductQuad(problem, stretch),
    filter_pitch_quads: Math.ceil(filters / 4),
    tile_pitch_quads: stretch.pitchQuads,
    position_tiles: positionTiles,
    matrix_tiles: matrixTiles,
    tiles: matrixTiles * stretch.sizes.matrices * groups,
  };
}

/** Parameters of the output transform. */
export function outputValues(problem: ConvProblem, stretch: WinogradStretch): UniformValues {
  const { outputChannels: filters, epilogue } = problem;
  const [depth, rows, columns] = stretch.gather;
  const output = outputPlaces(problem, stretch.isTurned ? [depth, columns, rows] : stretch.gather);
  const tilePitch = 4 * stretch.pitchQuads;
  const each = eachOf(filters, tilePitch, stretch.busy);
  return {
    ...tileValues(stretch, filters),
    invocations: tilePitch * Math.ceil(filters / each),
    first_product: 4 * firstProductQuad(problem, stretch),
    filters,
    filters_each: each,
    output_rows: rows.outputs,
    output_columns: columns.outputs,
    first_output: output.first,
    image_pitch: output.image,
    filter_pitch: output.filter,
    row_pitch: stretch.isTurned ? output.column : output.row,
    column_pitch: stretch.isTurned ? output.row : output.column,
    ...activationValues(epilogue.activation),
  };
}
