// Pooling: one kernel for the largest value, the mean and the root of the sum of squares of a window, and one that also tells
// where the largest value lies.
import argmaxKernels from '../../shaders/pool/pool_argmax_f32.wgsl?stored';
import windowKernels from '../../shaders/pool/pool_window_f32.wgsl?stored';
import type { BufferSlice } from '../gpu/command-stream.js';
import type { GpuContext } from '../gpu/context.js';
import type { UniformValues } from '../gpu/kernel.js';
import {
  axisPitches,
  elementCount,
  type PoolProblem,
  poolInputShape,
  poolOutputShape,
  volumeAxes,
} from '../problem/index.js';
import { PADDING_CODES, POOL_KIND_CODES } from './codes.js';
import { type RecordedSteps, recordedSteps } from './recorded-plan.js';
import { storageOf } from './storage.js';

/** The buffers of a pooling. */
export interface PoolBuffers {
  readonly input: BufferSlice;
  readonly output: BufferSlice;
  /** u32, where indices were asked for. */
  readonly indices: BufferSlice | undefined;
}

/** Parameters of shaders/pool/interface.wgsl. */
export function poolValues(problem: PoolProblem): UniformValues {
  const [depth, rows, columns] = volumeAxes(problem.axes);
  const pitches = axisPitches(poolInputShape(problem), problem.inputLayout);
  return {
    outputs: elementCount(poolOutputShape(problem)),
    channels: problem.channels,
    output_depth: depth.outputSize,
    output_rows: rows.outputSize,
    output_columns: columns.outputSize,
    input_depth: depth.inputSize,
    input_rows: rows.inputSize,
    input_columns: columns.inputSize,
    window_depth: depth.filterSize,
    window_rows: rows.filterSize,
    window_columns: columns.filterSize,
    depth_stride: depth.stride,
    row_stride: rows.stride,
    column_stride: columns.stride,
    depth_dilation: depth.dilation,
    row_dilation: rows.dilation,
    column_dilation: columns.dilation,
    depth_padding: depth.padBegin,
    row_padding: rows.padBegin,
    column_padding: columns.padBegin,
    depth_end: depth.inputSize + depth.padEnd,
    row_end: rows.inputSize + rows.padEnd,
    column_end: columns.inputSize + columns.padEnd,
    image_pitch: pitches.n,
    channel_pitch: pitches.c,
    depth_pitch: pitches.d,
    row_pitch: pitches.h,
    column_pitch: pitches.w,
    padding_value: problem.paddingContent?.value ?? 0,
  };
}

/** Compiles a pooling; with the indices of the largest values if `withIndices`. */
export async function planPooling(
  gpu: GpuContext,
  problem: PoolProblem,
  withIndices: boolean,
): Promise<RecordedSteps<PoolBuffers>> {
  const kernel = (withIndices ? argmaxKernels : windowKernels)[storageOf(problem.dtype, gpu.capabilities)];
  const { paddingContent, countPadding, inputLayout, kind } = problem;
  const common = {
    CHANNELS_LAST: inputLayout.endsWith('c') ? 1 : 0,
    PADDING: PADDING_CODES[paddingContent?.mode ?? 'constant'],
    PADDING_IS_VALUE: paddingContent ? 1 : 0,
  };
  const compiled = await gpu.pipelines.get(
    kernel,
    withIndices ? common : { ...common, KIND: POOL_KIND_CODES[kind], PADDING_COUNTS: countPadding ? 1 : 0 },
  );
  const values = poolValues(problem);
  return recordedSteps(gpu, [
    {
      compiled,
      values,
      workgroups: Math.ceil(values.outputs! / kernel.workgroupSize[0]),
      slices: ({ input, output, indices }) => (indices ? [input, output, indices] : [input, output]),
    },
  ]);
}
