// The matrix product of a filter's gradient: its kernels, how its positions are divided, and its dispatch. What it multiplies is laid out by the
// algorithms that use it.
import registerKernel8x8 from '../../../shaders/backward/filter/filter_gradient_gemm_f32_8x8.wgsl';
import registerKernel16x8 from '../../../shaders/backward/filter/filter_gradient_gemm_f32_16x8.wgsl';
import subgroupKernel16x8 from '../../../shaders/backward/filter/filter_gradient_subgroup_f32_16x8.wgsl';
import type { BufferSlice } from '../../gpu/command-stream.js';
import type { Kernel } from '../../gpu/kernel.js';
import type { FilterGradientProblem } from '../../problem/filter-gradient.js';
import { gathersOf } from '../../problem/index.js';
import type { PlanLimits } from '../algorithm.js';
import { workgroupsOf } from '../tile-kernels.js';
import type { FilterGradientBuffers, FilterGradientStep } from './algorithm.js';
import { weightValues } from './operand-values.js';
import { divide, LEAST_POSITIONS, sizeOf } from './sums.js';

/** A product: its kernel, and how many invocations share a tile. Its operands and sums are f32 whatever the tensors are. */
interface ProductKernel {
  readonly kernel: Kernel;
  readonly invocations: number;
  readonly features?: readonly string[];
}

/** The products, by variant. */
export const PRODUCTS: Readonly<Record<string, ProductKernel>> = {
  'register-8x8': { kernel: registerKernel8x8, invocations: 1 },
  'register-16x8': { kernel: registerKernel16x8, invocations: 1 },
  'subgroup-16x8': { kernel: subgroupKernel16x8, invocations: 64, features: ['subgroups'] },
};

/** Lanes of a subgroup that share what they load. */
const LANES = 4;

/** Channels of a tap that an invocation multiplies. */
const OCTET = 8;

/** Positions of a line at most: longer rows are cut, so that there are enough lines to divide. */
const LINE_POSITIONS = 64;

/** Vec4 from one position to the next along an axis, and so on. */
export interface QuadPitches {
  readonly image: number;
  readonly depth: number;
  readonly row: number;
  readonly column: number;
}

/** What is multiplied with the gradient: rows of some channels, one for each place; a tap is a way from place to place. */
export interface Values {
  readonly find: (buffers: FilterGradientBuffers) => BufferSlice;
  /** In a row, of a group. */
  readonly channels: number;
  readonly firstQuad: number;
  readonly groupQuads: number;
  /** From one position to the next. */
  readonly pitch: QuadPitches;
  /** Numbers of taps along depth, rows and columns, and vec4 from one to the next. */
  readonly taps: readonly [number, number, number];
  readonly tapQuads: readonly [number, number, number];
}

/** The gradient with a row for each position. */
export interface GradientRows {
  readonly find: (buffers: FilterGradientBuffers) => BufferSlice;
  readonly firstQuad: number;
  readonly groupQuads: number;
  readonly pitchQuads: number;
}

/** Positions: N images of O planes of P rows of Q columns. */
export interface Positions {
  readonly images: number;
  readonly planes: number;
  readonly rows: number;
  readonly columns: number;
}

/** Positions as lines, and the lines in parts. */
export interface Lines {
  readonly lines: number;
  readonly rowLines: number;
  readonly lineColumns: number;
  readonly parts: number;
  readonly partLines: number;
}

/** Tiles of one part. */
function tilesOf(problem: FilterGradientProblem, variant: string, channels: number, taps: number) {
  const { kernel, invocations } = PRODUCTS[variant]!;
  const { groups } = problem.convolution;
  const { filters } = sizeOf(problem.convolution);
  const filterTiles = Math.ceil(filters / kernel.constants.TILE_FILTERS!);
  const channelTiles = Math.ceil(channels / OCTET);
  const octets = taps * channelTiles;
  const productTiles = Math.ceil((octets * OCTET) / kernel.constants.TILE_PRODUCTS!);
  const lines = groups * filterTiles;
  // with subgroups those compute something whose neighbours do
  const busy =
    lines * (invocations === 1 ? octets : Math.min(productTiles * invocations, Math.ceil(octets / LANES) * LANES));
  return { filterTiles, channelTiles, productTiles, tiles: lines * productTiles, busy };
}

/** Divides positions into lines and parts. @param mostParts that the workspace holds. */
export function linesOf(
  problem: FilterGradientProblem,
  variant: string,
  { images, planes, rows, columns }: Positions,
  { channels, taps: [t, r, s] }: Pick<Values, 'channels' | 'taps'>,
  mostParts: number,
  limits: PlanLimits,
): Lines {
  const rowLines = Math.ceil(columns / LINE_POSITIONS);
  const lineColumns = Math.ceil(columns / rowLines);
  const lines = images * planes * rows * rowLines;
  const { busy } = tilesOf(problem, variant, channels, t * r * s);
  const { parts, each } = divide(lines, busy, mostParts, limits, Math.ceil(LEAST_POSITIONS / lineColumns));
  return { lines, rowLines, lineColumns, parts, partLines: each };
}

/**
 * Whether the product can write the result itself: all sums are whole, and neither rounded nor added to. Then no other dispatch has to add
 * parts.
 */
export function writesResult({ convolution, accumulates }: FilterGradientProblem, parts: number): boolean {
  return parts === 1 && convolution.dtype === 'float32' && !accumulates;
}

/** The dispatch. @param adds whether an earlier band left sums. */
export function productStep(
  problem: FilterGradientProblem,
  variant: string,
  positions: Positions,
  lines: Lines,
  gradients: GradientRows,
  values: Values,
  adds = false,
): FilterGradientStep {
  const { convolution } = problem;
  const { kernel, invocations } = PRODUCTS[variant]!;
  const { filters, filterQuads } = sizeOf(convolution);
  const [, windowRows, windowColumns] = gathersOf(convolution)[0]!;
  const [t, r, s] = values.taps;
  const [tapDepth, tapRow, tapColumn] = values.tapQuads;
  const { filterTiles, channelTiles, productTiles, tiles, busy } = tilesOf(
    problem,
    variant,
    values.channels,
    t * r * s,
  );
  const isResult = writesResult(problem, lines.parts);
  const partPositions = lines.partLines * lines.lineColumns;
  const sumBytes = 16 * lines.parts * convolution.groups * t * r * s * values.channels * filterQuads;
  const places = positions.images * positions.planes * positions.rows * positions.columns;
  return {
    kernel,
    overrides: { IS_RESULT: isResult ? 1 : 0 },
    values: {
      tiles: tiles * lines.parts,
      groups: convolution.groups,
      filter_tiles: filterTiles,
      product_tiles: productTiles,
      filters,
      filter_quads: filterQuads,
      channels: values.channels,
      channel_tiles: channelTiles,
      taps: t * r * s,
      filter_rows: r,
      filter_columns: s,
      lines: lines.lines,
      part_lines: lines.partLines,
      row_lines: lines.rowLines,
      line_columns: lines.lineColumns,
      output_depth: positions.planes,
      output_rows: positions.rows,
      output_columns: positions.columns,
      gradient_first_quad: gradients.firstQuad,
      gradient_pitch_quads: gradients.pitchQuads,
      gradient_group_quads: gradients.groupQuads,
      value_first_quad: values.firstQuad,
      value_group_quads: values.groupQuads,
      value_image_quads: values.pitch.image,
      value_depth_quads: values.pitch.depth,
      value_row_quads: values.pitch.row,
      value_column_quads: values.pitch.column,
      tap_depth_quads: tapDepth,
      tap_row_quads: tapRow,
      tap_column_quads: tapColumn,
      adds: adds ? 1 : 0,
      group_channels: convolution.inputChannels / convolution.groups,
      window_rows: windowRows.taps,
      window_columns: windowColumns.taps,
      ...weightValues(convolution),
    },
    workgroups: workgroupsOf(tiles * lines.parts, kernel, invocations),
    slices: (buffers) => [gradients.find(buffers), values.find(buffers), isResult ? buffers.output : buffers.sums!],
    work: {
      invocations: busy * lines.parts,
      loops: [lines.partLines, partPositions],
      multiplyAdds: busy * lines.parts * OCTET * kernel.constants.TILE_FILTERS! * partPositions,
      bytes: 16 * convolution.groups * places * (filterQuads + Math.ceil(values.channels / 4)) + sumBytes,
    },
  };
}
