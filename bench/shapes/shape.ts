// The problem that a shape of a list stands for.
import {
  type ConvProblem,
  compulsoryBytes,
  conv2dProblem,
  convOutputShape,
  convTranspose2dProblem,
  describeConv,
  flopCount,
  type Shape,
} from 'webgpu-conv';
import type { BenchShape, ShapeFacts } from './bench-shape.js';

/** (N, C, H, W) */
export function inputShapeOf({ batch, inputChannels, inputSize }: BenchShape): Shape {
  return [batch, inputChannels, ...inputSize];
}

/** (K, C/G, R, S); transposed (C, K/G, R, S) */
export function filterShapeOf({ operator, inputChannels, outputChannels, groups, filterSize }: BenchShape): Shape {
  return operator === 'conv'
    ? [outputChannels, inputChannels / groups, ...filterSize]
    : [inputChannels, outputChannels / groups, ...filterSize];
}

/** Options of a convolution, for the engine and for the reference. */
export function geometryOf({ stride, padding, dilation, groups }: BenchShape) {
  return { strides: stride, padding, dilations: dilation, groups };
}

/** The convolution itself, of a shape that may be one of its gradients. */
export function forwardOf({ gradient, ...forward }: BenchShape): BenchShape {
  return forward;
}

/** The forward problem. @throws InvalidArgumentError for a shape that is no problem, such as groups that do not divide the channels. */
export function problemOf(shape: BenchShape): ConvProblem {
  const description = { ...geometryOf(shape), inputShape: inputShapeOf(shape), filterShape: filterShapeOf(shape) };
  return shape.operator === 'conv' ? conv2dProblem(description) : convTranspose2dProblem(description);
}

/** (N, K, P, Q) of the forward output, and so of its gradient. */
export function outputShapeOf(shape: BenchShape): Shape {
  return convOutputShape(problemOf(shape));
}

/** True if each input channel has filters of its own. */
export function isDepthwise({ groups, inputChannels }: BenchShape): boolean {
  return groups > 1 && groups === inputChannels;
}

/** What a report says of a shape. A gradient has as many products and operands as the convolution itself. */
export function factsOf(shape: BenchShape): ShapeFacts {
  const problem = problemOf(shape);
  const of = shape.gradient === undefined ? '' : `gradient of the ${shape.gradient} of `;
  return {
    id: shape.id,
    problem: `${of}${describeConv(problem)}`,
    flops: flopCount(problem),
    bytes: compulsoryBytes(problem),
  };
}
