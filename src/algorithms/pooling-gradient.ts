// The gradient of a pooling's input: each element gathers from the windows that hold it, so nothing is added to memory by two invocations. That of
// √Σx² first computes gradient / root for every window.
import gradientKernels from '../../shaders/backward/pool_gradient_f32.wgsl?stored';
import rootKernels from '../../shaders/backward/pool_root_f32.wgsl?stored';
import type { BufferSlice } from '../gpu/command-stream.js';
import type { GpuContext } from '../gpu/context.js';
import type { UniformValues } from '../gpu/kernel.js';
import {
  axisPitches,
  type ConvAxis,
  dilatedSize,
  elementCount,
  type PoolProblem,
  poolOutputShape,
  volumeAxes,
} from '../problem/index.js';
import { PADDING_CODES, POOL_KIND_CODES } from './codes.js';
import { poolValues } from './pooling.js';
import { type RecordedSteps, recordedSteps, type Step } from './recorded-plan.js';
import { storageOf } from './storage.js';

/** The buffers of a pooling's gradient. */
export interface PoolGradientBuffers {
  /** As the pooling's output. */
  readonly gradient: BufferSlice;
  /** Of a maximum its indices, u32, as the gradient. */
  readonly indices: BufferSlice | undefined;
  /** Of √Σx² x, as the result. */
  readonly input: BufferSlice | undefined;
  /** Of √Σx². */
  readonly workspace: BufferSlice | undefined;
  /** As the pooling's input. */
  readonly output: BufferSlice;
}

/** A compiled gradient of a pooling. */
export interface PoolGradientPlan extends RecordedSteps<PoolGradientBuffers> {
  readonly problem: PoolProblem;
  readonly workspaceBytes: number;
}

/** True if padding holds values of the input, so that windows at the edges hold some of them more than once. */
function repeatsInput({ paddingContent }: PoolProblem): boolean {
  return paddingContent !== undefined && paddingContent.mode !== 'constant';
}

/** True if a mean counts every element of every window of an axis. */
function countsAll(problem: PoolProblem, { inputSize, filterSize, stride, dilation, ...axis }: ConvAxis): boolean {
  if (problem.paddingContent) return true;
  const { padBegin, padEnd, outputSize } = axis;
  const end = (outputSize - 1) * stride - padBegin + dilatedSize(filterSize, dilation);
  return problem.countPadding ? end <= inputSize + padEnd : padBegin <= 0 && end <= inputSize;
}

/** Distance between the elements of a window; 1 where it has one, whatever distance was given. */
function dilationOf({ filterSize, dilation }: ConvAxis): number {
  return filterSize === 1 ? 1 : dilation;
}

/** Parameters of one axis of shaders/backward/pool_axis.wgsl. */
function axisValues(problem: PoolProblem, name: string, axis: ConvAxis): UniformValues {
  const { inputSize, filterSize, stride, dilation, padBegin, padEnd, outputSize } = axis;
  const reach = inputSize + padBegin - dilatedSize(filterSize, dilation);
  const before = repeatsInput(problem) ? Math.min(outputSize, Math.ceil(Math.max(0, padBegin) / stride)) : 0;
  const after = Math.min(outputSize, Math.max(before, Math.floor(reach / stride) + 1));
  return {
    [`${name}_size`]: inputSize,
    [`${name}_windows`]: outputSize,
    [`${name}_taps`]: filterSize,
    [`${name}_stride`]: stride,
    [`${name}_dilation`]: dilationOf(axis),
    [`${name}_padding`]: padBegin,
    [`${name}_before`]: before,
    [`${name}_after`]: repeatsInput(problem) ? after : outputSize,
    [`${name}_end`]: inputSize + (problem.countPadding ? padEnd : 0),
  };
}

function gradientValues(problem: PoolProblem): UniformValues {
  const [depth, rows, columns] = volumeAxes(problem.axes);
  const pitches = axisPitches(poolOutputShape(problem), problem.inputLayout);
  const columnQuads = Math.ceil(columns.inputSize / 4);
  return {
    quads: problem.batch * problem.channels * depth.inputSize * rows.inputSize * columnQuads,
    channels: problem.channels,
    column_quads: columnQuads,
    ...axisValues(problem, 'depth', depth),
    ...axisValues(problem, 'row', rows),
    ...axisValues(problem, 'column', columns),
    image_pitch: pitches.n,
    channel_pitch: pitches.c,
    depth_pitch: pitches.d,
    row_pitch: pitches.h,
    column_pitch: pitches.w,
    share: 1 / (depth.filterSize * rows.filterSize * columns.filterSize),
  };
}

/** Compiles the gradient of a pooling. */
export async function planPoolGradient(gpu: GpuContext, problem: PoolProblem): Promise<PoolGradientPlan> {
  const { kind, axes, countPadding, inputLayout, paddingContent } = problem;
  const storage = storageOf(problem.dtype, gpu.capabilities);
  const order = {
    CHANNELS_LAST: inputLayout.endsWith('c') ? 1 : 0,
    PADDING: PADDING_CODES[paddingContent?.mode ?? 'constant'],
  };
  const [compiled, root] = await Promise.all([
    gpu.pipelines.get(gradientKernels[storage], {
      ...order,
      KIND: POOL_KIND_CODES[kind],
      DILATED: axes.some((axis) => dilationOf(axis) > 1) ? 1 : 0,
      COUNTS_DIFFER: kind === 'average' && !axes.every((axis) => countsAll(problem, axis)) ? 1 : 0,
      PADDING_COUNTS: countPadding ? 1 : 0,
    }),
    kind === 'l2'
      ? gpu.pipelines.get(rootKernels[storage], { ...order, PADDING_IS_VALUE: paddingContent ? 1 : 0 })
      : undefined,
  ]);
  const values = gradientValues(problem);
  const outputs = elementCount(poolOutputShape(problem));
  const steps: Step<PoolGradientBuffers>[] = [];
  if (root) {
    steps.push({
      compiled: root,
      values: poolValues(problem),
      workgroups: Math.ceil(outputs / root.kernel.workgroupSize[0]),
      slices: ({ input, workspace, gradient }) => [input!, workspace!, gradient],
    });
  }
  steps.push({
    compiled,
    values,
    workgroups: Math.ceil(values.quads! / compiled.kernel.workgroupSize[0]),
    slices: ({ gradient, input, indices, workspace, output }) => [
      input ?? gradient,
      output,
      indices ?? workspace ?? gradient,
    ],
  });
  return { problem, workspaceBytes: root ? 4 * outputs : 0, ...recordedSteps(gpu, steps) };
}
