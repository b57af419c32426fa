// A small problem of the same structure: the same filter, strides, dilations, padding, layouts and epilogue, but few channels and
// positions. An algorithm that computes it right is taken to compute the large one right, and the reference can afford to check.
import { type ConvAxis, type ConvProblem, dilatedSize } from '../problem/index.js';

/** Sizes that still make several tiles of every kernel, the last of them incomplete. */
const MOST_BATCH = 2;
const MOST_GROUPS = 3;
const MOST_GROUP_CHANNELS = 19;
const MOST_GROUP_FILTERS = 67;
const MOST_OUTPUTS = { 1: 150, 2: 21, 3: 9 } as const;

function smallConvolutionAxis(axis: ConvAxis, mostOutputs: number): ConvAxis {
  const { inputSize, filterSize, stride, dilation, padBegin, padEnd, outputSize } = axis;
  const extent = dilatedSize(filterSize, dilation);
  const outputs = Math.min(outputSize, mostOutputs);
  // as long as the outputs need, and no shorter than a reflection reaches
  const wanted = Math.max((outputs - 1) * stride + extent - padBegin - padEnd, padBegin + 1, padEnd + 1, 1);
  if (wanted >= inputSize) return axis;
  return { ...axis, inputSize: wanted, outputSize: Math.floor((wanted + padBegin + padEnd - extent) / stride) + 1 };
}

function smallTransposedAxis(axis: ConvAxis, mostOutputs: number): ConvAxis {
  const { inputSize, stride, outputSize } = axis;
  const fewer = Math.max(0, Math.floor((outputSize - mostOutputs) / stride)); // input elements that can go
  const left = Math.max(1, inputSize - fewer);
  return { ...axis, inputSize: left, outputSize: outputSize - (inputSize - left) * stride };
}

/** A small problem like `problem`, or itself where it is small. */
export function smallProblem(problem: ConvProblem): ConvProblem {
  const { operator, rank, batch, groups, inputChannels, outputChannels, axes } = problem;
  const mostOutputs = MOST_OUTPUTS[rank];
  const fewGroups = Math.min(groups, MOST_GROUPS);
  return {
    ...problem,
    batch: Math.min(batch, MOST_BATCH),
    groups: fewGroups,
    inputChannels: fewGroups * Math.min(inputChannels / groups, MOST_GROUP_CHANNELS),
    outputChannels: fewGroups * Math.min(outputChannels / groups, MOST_GROUP_FILTERS),
    axes: axes.map((axis) =>
      operator === 'conv' ? smallConvolutionAxis(axis, mostOutputs) : smallTransposedAxis(axis, mostOutputs),
    ),
  };
}
