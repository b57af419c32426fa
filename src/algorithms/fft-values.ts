// Sizes of what the algorithm fft keeps in memory, and parameters of the kernels of shaders/fft/, from a problem and a band of its tiles.
import { WorkspaceLimitError } from '../errors.js';
import type { UniformValues } from '../gpu/kernel.js';
import {
  axisPitches,
  type ConvProblem,
  convFilterShape,
  convName,
  dilatedSize,
  type Gather,
  type GatherAxis,
} from '../problem/index.js';
import type { Band } from './bands.js';
import { activationValues } from './epilogue.js';
import { inputPitches, outputPlaces } from './gather-values.js';

/** Points of a transform along each axis: rows and columns of a tile. */
export const POINTS = 64;

/** Vec4 of a spectrum: of the 64 columns that a real tile has, 33 are kept, two complex numbers a vec4. */
export const SPECTRUM_QUADS = (POINTS / 2 + 1) * (POINTS / 2);

/** Bytes of a spectrum. */
export const SPECTRUM_BYTES = 16 * SPECTRUM_QUADS;

/** Inputs from the first to the last that an output meets along an axis. */
export function extentOf({ taps, dilation }: Pick<GatherAxis, 'taps' | 'dilation'>): number {
  return dilatedSize(taps, dilation);
}

/** The tiles of a problem: each has as many outputs as a filter leaves room for. */
export interface FftTiles {
  readonly stepRows: number;
  readonly stepColumns: number;
  readonly tileRows: number;
  readonly tileColumns: number;
  /** Of all images. */
  readonly tiles: number;
}

/** The tiles of a problem. */
export function fftTiles({ batch }: Pick<ConvProblem, 'batch'>, [, rows, columns]: Gather): FftTiles {
  const [stepRows, stepColumns] = [POINTS + 1 - extentOf(rows), POINTS + 1 - extentOf(columns)];
  const [tileRows, tileColumns] = [Math.ceil(rows.outputs / stepRows), Math.ceil(columns.outputs / stepColumns)];
  return { stepRows, stepColumns, tileRows, tileColumns, tiles: batch * tileRows * tileColumns };
}

/** Whether every filter reads one channel, so that nothing is summed over channels. */
export function isDepthwise({ inputChannels, groups }: ConvProblem): boolean {
  return inputChannels === groups;
}

/** Spectra that a tile has in the workspace: of its channels and of its products, which take their places where each channel has one filter. */
export function spectraOfTile(problem: ConvProblem): number {
  const { inputChannels, outputChannels } = problem;
  return isDepthwise(problem) && inputChannels === outputChannels ? inputChannels : inputChannels + outputChannels;
}

/**
 * Divides the tiles into as few bands as the limit allows, of nearly equal size.
 * @throws WorkspaceLimitError if not even one tile fits.
 */
export function tileBands(problem: ConvProblem, tiles: number, limitBytes: number): readonly Band[] {
  const tileBytes = spectraOfTile(problem) * SPECTRUM_BYTES;
  const most = Math.floor(limitBytes / tileBytes);
  if (most === 0) {
    throw new WorkspaceLimitError(
      `${convName(problem.operator, problem.rank)}: the spectra of one tile take ${tileBytes} bytes, but the workspace may hold ${limitBytes} (the smaller of workspaceLimitBytes and what the device binds). Raise workspaceLimitBytes, or use fewer channels.`,
      tileBytes,
    );
  }
  const each = Math.ceil(tiles / Math.ceil(tiles / most));
  return Array.from({ length: Math.ceil(tiles / each) }, (_, index) => ({
    first: index * each,
    count: Math.min(each, tiles - index * each),
  }));
}

/** Pairs of rows of outputs in a tile. */
function outputRowPairs(problem: ConvProblem, gather: Gather): number {
  return Math.ceil(Math.min(fftTiles(problem, gather).stepRows, gather[1].outputs) / 2);
}

/** A band of the tiles of a gather. */
export interface FftStretch {
  readonly gather: Gather;
  readonly tiles: FftTiles;
  readonly band: Band;
}

/** Vec4 of the workspace before the products; 0 where they take the places of their channels. */
function firstProductQuad(problem: ConvProblem, { band }: FftStretch): number {
  if (spectraOfTile(problem) === problem.inputChannels) return 0;
  return band.count * problem.inputChannels * SPECTRUM_QUADS;
}

/** Parameters of the transforms of rows on both ends: which tiles. */
function tileValues({ tiles, band }: FftStretch): UniformValues {
  return {
    first_tile: band.first,
    image_tiles: tiles.tileRows * tiles.tileColumns,
    row_tiles: tiles.tileColumns,
    step_rows: tiles.stepRows,
    step_columns: tiles.stepColumns,
  };
}

/** Parameters of the transform of the filter's rows. */
export function filterValues(problem: ConvProblem, [depth, rows, columns]: Gather): UniformValues {
  const { operator, groups, inputChannels, outputChannels } = problem;
  const { o, i, d, h, w } = axisPitches(convFilterShape(problem), problem.filterLayout);
  const [channels, filters] = [inputChannels / groups, outputChannels / groups];
  return {
    invocations: (outputChannels * channels * POINTS) / 2,
    group_filters: filters,
    channels,
    filter_rows: rows.taps,
    filter_columns: columns.taps,
    row_dilation: rows.dilation,
    column_dilation: columns.dilation,
    first: depth.firstTap * d + rows.firstTap * h + columns.firstTap * w,
    // a convolution's filters are those of all groups, a transposed one's channels are
    group_pitch: operator === 'conv' ? filters * o : channels * i,
    filter_pitch: o,
    channel_pitch: i,
    row_pitch: rows.tapStep * h,
    column_pitch: columns.tapStep * w,
  };
}

/** Parameters of the transform of columns of so many spectra, from a vec4 on. */
export function columnValues(spectra: number, firstQuad: number): UniformValues {
  return { columns: spectra * (POINTS / 2 + 1), first_quad: firstQuad };
}

/** The same of the products of a band. */
export function productColumnValues(problem: ConvProblem, stretch: FftStretch): UniformValues {
  return columnValues(stretch.band.count * problem.outputChannels, firstProductQuad(problem, stretch));
}

/** Parameters of the transform of the input's rows. */
export function inputValues(problem: ConvProblem, stretch: FftStretch): UniformValues {
  const { inputChannels: channels } = problem;
  const [, rows, columns] = stretch.gather;
  const pitch = inputPitches(problem);
  return {
    ...tileValues(stretch),
    invocations: (stretch.band.count * channels * POINTS) / 2,
    channels,
    seen_rows: rows.outputs + extentOf(rows) - 1,
    seen_columns: columns.outputs + extentOf(columns) - 1,
    input_rows: rows.inputSize,
    input_columns: columns.inputSize,
    row_padding: rows.padBegin,
    column_padding: columns.padBegin,
    image_pitch: pitch.image,
    channel_pitch: pitch.channel,
    row_pitch: pitch.row,
    column_pitch: pitch.column,
    padding_value: problem.paddingContent.value,
  };
}

/** Parameters of the products of filters of one channel. */
export function depthwiseValues(problem: ConvProblem, stretch: FftStretch): UniformValues {
  const { inputChannels: channels, outputChannels: filters } = problem;
  return {
    columns: stretch.band.count * filters * (POINTS / 2 + 1),
    channels,
    filters,
    multiplier: filters / channels,
    first_product: firstProductQuad(problem, stretch),
  };
}

/** Filters and tiles that an invocation multiplies. */
export interface ProductBlock {
  readonly filters: number;
  readonly tiles: number;
}

/** Parameters of the products that are summed over channels. */
export function productValues(problem: ConvProblem, stretch: FftStretch, block: ProductBlock): UniformValues {
  const { groups, inputChannels, outputChannels } = problem;
  const filterBlocks = Math.ceil(outputChannels / groups / block.filters);
  const tileBlocks = Math.ceil(stretch.band.count / block.tiles);
  return {
    invocations: groups * filterBlocks * tileBlocks * SPECTRUM_QUADS,
    tiles: stretch.band.count,
    channels: inputChannels,
    filters: outputChannels,
    group_channels: inputChannels / groups,
    group_filters: outputChannels / groups,
    filter_blocks: filterBlocks,
    tile_blocks: tileBlocks,
    first_product: firstProductQuad(problem, stretch),
  };
}

/** Parameters of the transform back to rows of outputs. */
export function outputValues(problem: ConvProblem, stretch: FftStretch): UniformValues {
  const { outputChannels: filters, epilogue } = problem;
  const [, rows, columns] = stretch.gather;
  const output = outputPlaces(problem, stretch.gather);
  const rowPairs = outputRowPairs(problem, stretch.gather);
  return {
    ...tileValues(stretch),
    invocations: stretch.band.count * filters * rowPairs,
    row_pairs: rowPairs,
    first_product: firstProductQuad(problem, stretch),
    filters,
    output_rows: rows.outputs,
    output_columns: columns.outputs,
    first_output: output.first,
    image_pitch: output.image,
    filter_pitch: output.filter,
    row_pitch: output.row,
    column_pitch: output.column,
    ...activationValues(epilogue.activation),
  };
}
