// TensorFlow.js, the same on either of its backends. Layout NHWC, filters (R, S, C, K).
import * as tf from '@tensorflow/tfjs-core';
import { permuted, toNhwc } from '../shapes/operands.js';
import { isDepthwise } from '../shapes/shape.js';
import { type Contender, type Task, UnsupportedError } from './competitor.js';

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
  const { shape, operands } = task;
  const convolve = operatorFor(task);
  const input = toNhwc(operands.input);
  const inputShape = [...input.shape];
  // depthwise (C, 1, R, S) → (R, S, C, 1); else (K, C, R, S) → (R, S, C, K), transposed (C, K, R, S) → (R, S, K, C)
  const filter = permuted(operands.filter, isDepthwise(shape) ? [2, 3, 0, 1] : [2, 3, 1, 0]);
  const inputs = [0, 1].map(() => tf.tensor(input.data.slice(), inputShape));
  const w = tf.tensor(filter.data, [...filter.shape]);
  for (const tensor of [...inputs, w]) backend.upload(tensor);
  let output: tf.Tensor | undefined;
  return {
    layout: 'nhwc',
    async select() {
      await tf.setBackend(backend.name);
    },
    async prepare() {},
    run(index) {
      output?.dispose();
      output = convolve(inputs[index]!, w);
    },
    wait: () => backend.finish(),
    async endToEnd() {
      const x = tf.tensor(input.data, inputShape);
      const y = convolve(x, w);
      const values = await y.data();
      for (const tensor of [x, y]) tensor.dispose();
      return values;
    },
    dispose() {
      for (const tensor of [...inputs, w, output]) tensor?.dispose();
    },
  };
}
