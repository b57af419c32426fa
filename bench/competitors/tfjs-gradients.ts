// Gradients of TensorFlow.js: the kernels that its own gradients of conv2d, depthwiseConv2d and conv2dTranspose run.
import * as tf from '@tensorflow/tfjs-core';
import type { OperandLayout } from '../shapes/operands.js';
import { filterShapeOf, inputShapeOf, isDepthwise } from '../shapes/shape.js';
import { type Task, UnsupportedError } from './competitor.js';

type Compute = (first: tf.Tensor, second: tf.Tensor) => tf.Tensor;

/** How filters lie: (R, S, C, K), transposed (R, S, K, C), depthwise (R, S, C, 1). */
export function filterLayout({ shape }: Task): OperandLayout {
  return isDepthwise(shape) ? 'hwoi' : 'hwio';
}

/** The gradient's kernel with its attributes. `backend`: 'webgpu' or 'wasm'. @throws UnsupportedError where it has none. */
export function gradientFor(backend: string, task: Task): Compute {
  const { shape } = task;
  const { stride, padding, dilation, groups, operator, gradient } = shape;
  if (dilation.some((size) => size > 1)) throw new UnsupportedError('no gradients of dilated convolutions');
  const depthwise = isDepthwise(shape);
  const isTransposed = operator === 'convTranspose';
  if (groups > 1 && (!depthwise || isTransposed)) throw new UnsupportedError('no gradients of convolutions in groups');
  const kernel = (name: string) => {
    if (tf.getKernel(name, backend) === undefined) throw new UnsupportedError(`its backend ${backend} has no ${name}`);
    return (inputs: Readonly<Record<string, tf.Tensor>>, sizes: object) =>
      tf.engine().runKernel(name, inputs, {
        strides: [...stride],
        pad: [[0, 0], ...padding.map((size) => [size, size]), [0, 0]],
        dilations: [...dilation],
        dataFormat: 'NHWC',
        ...sizes,
      });
  };
  const filterSizes = filterShapeOf(shape);
  const filterShape = [...filterLayout(task)].map((letter) => filterSizes['oihw'.indexOf(letter)]!);
  if (gradient === 'filter') {
    const run = kernel(depthwise ? 'DepthwiseConv2dNativeBackpropFilter' : 'Conv2DBackpropFilter');
    // a transposed convolution is the input's gradient of one whose output is its input
    return (x, dy) => run(isTransposed ? { x: dy, dy: x } : { x, dy }, { filterShape });
  }
  if (isTransposed) {
    const run = kernel('Conv2D');
    return (x, filter) => run({ x, filter }, {});
  }
  const [n, c, h, w] = inputShapeOf(shape);
  const run = kernel(depthwise ? 'DepthwiseConv2dNativeBackpropInput' : 'Conv2DBackpropInput');
  return (dy, filter) => run({ dy, filter }, { inputShape: [n, h, w, c] });
}
