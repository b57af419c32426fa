// The adjoint of padding: the gradient of a padded input is folded onto the input, and added to a gradient that is there already.
import foldKernels from '../../shaders/backward/fold_f32.wgsl?stored';
import widenKernels from '../../shaders/backward/widen_f32.wgsl?stored';
import type { BufferSlice } from '../gpu/command-stream.js';
import type { GpuContext } from '../gpu/context.js';
import {
  axisPitches,
  type ConvProblem,
  convInputShape,
  convOutputShape,
  elementCount,
  type FoldAxis,
  type InputGradient,
  type PaddingFold,
} from '../problem/index.js';
import { PADDING_CODES } from './codes.js';
import { type RecordedSteps, recordedSteps } from './recorded-plan.js';
import { storageOf } from './storage.js';

/** The buffers of a fold. */
export interface FoldBuffers {
  /** The padded gradient, f32. */
  readonly padded: BufferSlice;
  /** An existing gradient, stored as the output; not read, but bound, unless it is added. */
  readonly existing: BufferSlice;
  readonly output: BufferSlice;
}

/** What decides a fold. */
export interface FoldProblem {
  readonly operator: 'fold';
  /** The forward problem. */
  readonly forward: ConvProblem;
  /** The problem that computes the padded gradient. */
  readonly padded: ConvProblem;
  readonly fold: PaddingFold;
  readonly accumulate: boolean;
}

/** The fold of a gradient; undefined if there is none. */
export function foldProblem(
  forward: ConvProblem,
  { problem, fold }: InputGradient,
  accumulate: boolean,
): FoldProblem | undefined {
  return fold && { operator: 'fold', forward, padded: problem, fold, accumulate };
}

/** The axis that a problem of lower rank has not. */
const UNIT: FoldAxis = { size: 1, paddedSize: 1, before: 0 };

/** Compiles a fold. */
export async function planFold(gpu: GpuContext, problem: FoldProblem): Promise<RecordedSteps<FoldBuffers>> {
  const { forward, padded, fold, accumulate } = problem;
  const kernel = foldKernels[storageOf(forward.dtype, gpu.capabilities)];
  const compiled = await gpu.pipelines.get(kernel, {
    CHANNELS_LAST: forward.inputLayout.endsWith('c') ? 1 : 0,
    PADDING: PADDING_CODES[fold.mode],
    ACCUMULATE: accumulate ? 1 : 0,
  });
  const [depth, rows, columns] = [...Array<FoldAxis>(3 - fold.axes.length).fill(UNIT), ...fold.axes];
  const elements = elementCount(convInputShape(forward));
  const { n, c, d, h, w } = axisPitches(convOutputShape(padded), padded.inputLayout);
  const values = {
    elements,
    channels: forward.inputChannels,
    input_depth: depth!.size,
    input_rows: rows!.size,
    input_columns: columns!.size,
    padded_depth: depth!.paddedSize,
    padded_rows: rows!.paddedSize,
    padded_columns: columns!.paddedSize,
    depth_before: depth!.before,
    rows_before: rows!.before,
    columns_before: columns!.before,
    image_pitch: n,
    channel_pitch: c,
    depth_pitch: d,
    row_pitch: h,
    column_pitch: w,
  };
  const workgroups = Math.ceil(elements / kernel.workgroupSize[0]);
  return recordedSteps(gpu, [
    { compiled, values, workgroups, slices: ({ padded, existing, output }) => [padded, output, existing] },
  ]);
}

/** The buffers of a widening. */
export interface WidenBuffers {
  /** Halves. */
  readonly input: BufferSlice;
  /** f32 */
  readonly output: BufferSlice;
}

/** Compiles what makes f32 of so many halves. */
export async function planWiden(gpu: GpuContext, values: number): Promise<RecordedSteps<WidenBuffers>> {
  const kernel = widenKernels[storageOf('float16', gpu.capabilities)];
  const compiled = await gpu.pipelines.get(kernel);
  const workgroups = Math.ceil(values / kernel.workgroupSize[0]);
  return recordedSteps(gpu, [
    { compiled, values: { values }, workgroups, slices: ({ input, output }) => [input, output] },
  ]);
}
