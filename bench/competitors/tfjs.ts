// TensorFlow.js, the same on either of its backends. Layout NHWC, filters (R, S, C, K).
import * as tf from '@tensorflow/tfjs-core';
import { relaid, toNhwc } from '../shapes/operands.js';
import { isDepthwise } from '../shapes/shape.js';
import { type Contender, type Task, UnsupportedError } from './competitor.js';
import { filterLayout, gradientFor } from './tfjs-gradients.js';

type Tensor4D = tf.Tensor;
type Convolve = (input: Tensor4D, filter: Tensor4D) => Tensor4D;

/** The operator of the library that computes a shape. */
function operatorFor({ shape }: Task): Convolve {
  const { stride, padding, dilation, groups, operator } = shape;
  const [strides, dilations] = [[...stride], [...dilation]];
  const explicit = [[0, 0], ...padding.map((size) => [size, size]), [0, 0]];
  if (dilation.some((size) => size > 1) && stride.some((size) => size > 1)) {
    throw new UnsupportedError('either strides or dilations must be 1');
  }
  if (operator === 'convTranspose') {
    if (groups > 1) throw new UnsupportedError('no transposed convolution in groups');
    const [height, width] = [0, 1].map(
      (axis) =>
        (shape.inputSize[axis]! - 1) * stride[axis]! +
        (shape.filterSize[axis]! - 1) * dilation[axis]! +
        1 -
        2 * padding[axis]!,
    );
    const size = [shape.batch, height!, width!, shape.outputChannels];
    return (input, filter) => tf.conv2dTranspose(input, filter, size, strides, explicit);
  }
  if (isDepthwise(shape)) {
    return (input, filter) => tf.depthwiseConv2d(input, filter, strides, explicit, 'NHWC', dilations);
  }
  if (groups > 1) throw new UnsupportedError('no convolution in groups');
  return (input, filter) => tf.conv2d(input, filter, strides, explicit, 'NHWC', dilations);
}

/** What the backends differ in. */
export interface Backend {
  readonly name: 'webgpu' | 'wasm';
  /** Puts the values of a tensor, which may still be on the CPU, onto the device. */
  upload(tensor: tf.Tensor): void;
  /** Waits until all that was started is computed. */
  finish(): Promise<void>;
}

/** A contender on one backend. */
export function tfjsContender(backend: Backend, task: Task): Contender {
  const { gradient } = task.shape;
  const compute = gradient === undefined ? operatorFor(task) : gradientFor(backend.name, task);
  const first = toNhwc(task.operands.first);
  const firstShape = [...first.shape];
  const { second } = task.operands;
  const laid = gradient === 'filter' ? toNhwc(second) : relaid(second, 'oihw', filterLayout(task));
  const copies = [0, 1].map(() => tf.tensor(first.data.slice(), firstShape));
  const other = tf.tensor(laid.data, [...laid.shape]);
  for (const tensor of [...copies, other]) backend.upload(tensor);
  let output: tf.Tensor | undefined;
  return {
    layout: gradient === 'filter' ? filterLayout(task) : 'nhwc',
    async select() {
      await tf.setBackend(backend.name);
    },
    async prepare() {},
    run(copy) {
      output?.dispose();
      output = compute(copies[copy]!, other);
    },
    wait: () => backend.finish(),
    async endToEnd() {
      const uploaded = tf.tensor(first.data, firstShape);
      const result = compute(uploaded, other);
      const values = await result.data();
      for (const tensor of [uploaded, result]) tensor.dispose();
      return values;
    },
    dispose() {
      for (const tensor of [...copies, other, output]) tensor?.dispose();
    },
  };
}
