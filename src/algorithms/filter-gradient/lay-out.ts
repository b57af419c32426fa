// Operands of a filter's gradient as the product reads them: a row of vec4 for each place, f32, in the workspace; or the tensor itself, where it
// lies like that already.
import matrixKernels from '../../../shaders/backward/filter/filter_gradient_matrix_f32.wgsl?stored';
import type { BufferSlice } from '../../gpu/command-stream.js';
import type { UniformValues } from '../../gpu/kernel.js';
import type { ConvProblem, PaddingContent } from '../../problem/index.js';
import type { PlanLimits } from '../algorithm.js';
import type { Band } from '../bands.js';
import { PADDING_CODES } from '../codes.js';
import { storageOf } from '../storage.js';
import type { FilterGradientBuffers, FilterGradientStep } from './algorithm.js';

/** Rows that an invocation writes: so many places share the division of a product into tap and channel. */
const ROWS_EACH = 16;

/** Slices of a buffer begin at multiples of this on every device. */
const ALIGNMENT_BYTES = 256;

/** Whether a tensor of f32 has the channels of a place side by side, each group's in whole vec4. */
export function liesInRows({ dtype, inputLayout, groups }: ConvProblem, channels: number): boolean {
  return dtype === 'float32' && inputLayout.endsWith('c') && (channels / groups) % 4 === 0;
}

/** Bytes of a matrix of (G, places, quads) of vec4f, up to where another may begin. */
export function matrixBytes({ groups }: ConvProblem, places: number, quads: number): number {
  return Math.ceil((16 * groups * places * quads) / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
}

/** What is laid out, and where. */
export interface LayOut {
  readonly operand: 'input' | 'gradient';
  readonly padding: PaddingContent['mode'];
  /** Parameters of the operand, but those that follow from here. */
  readonly valuesOf: (own: {
    invocations: number;
    parts: number;
    part_positions: number;
    first_position: number;
    positions: number;
    row_quads: number;
  }) => UniformValues;
  /** Vec4 in a row. */
  readonly quads: number;
  /** Places. */
  readonly band: Band;
  readonly find: (buffers: FilterGradientBuffers) => BufferSlice;
}

/** The dispatch that lays an operand out. */
export function layOutStep(
  { dtype, groups }: ConvProblem,
  { operand, padding, valuesOf, quads, band, find }: LayOut,
  { device }: PlanLimits,
): FilterGradientStep {
  const kernel = matrixKernels[storageOf(dtype, device)];
  const stretches = Math.ceil(band.count / ROWS_EACH);
  const invocations = groups * stretches * quads;
  const values = valuesOf({
    invocations,
    parts: stretches,
    part_positions: ROWS_EACH,
    first_position: band.first,
    positions: band.count,
    row_quads: quads,
  });
  return {
    kernel,
    overrides: { PADDING: PADDING_CODES[padding], IS_ONE_TAP: isOneTap(values) ? 1 : 0 },
    values,
    workgroups: Math.ceil(invocations / kernel.workgroupSize[0]),
    slices: (buffers) => [buffers[operand], find(buffers)],
    work: {
      invocations,
      loops: [Math.min(ROWS_EACH, band.count)],
      multiplyAdds: 0,
      bytes: 2 * 16 * groups * quads * band.count,
    },
  };
}

/** Whether four products side by side never belong to two taps. */
function isOneTap({ group_channels, filter_depth, filter_rows, filter_columns }: UniformValues): boolean {
  return group_channels! % 4 === 0 || filter_depth! * filter_rows! * filter_columns! === 1;
}
