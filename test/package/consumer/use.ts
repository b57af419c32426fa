// A program of a user's, type-checked against what is published: what must compile, and what must not.
import { type ConvOptions, conv2dProblem, convOutputShape, createEngine, type Tensor } from 'webgpu-conv';
import { gaussian, pixelsOf } from 'webgpu-conv/image';
import { compare, conv2d, expectedConv2d } from 'webgpu-conv/reference';

const engine = await createEngine({ workspaceLimitBytes: 2 ** 26 });
const x: Tensor = engine.tensor(new Float32Array(300), [1, 3, 10, 10], { layout: 'nchw' });
const w = engine.tensor([1, 2, 3], [1, 3, 1, 1]);
const options: ConvOptions<2> = {
  strides: [1, 2],
  padding: [
    [0, 1],
    [2, 3],
  ],
  activation: 'relu',
};
const y = await engine.conv2d(x, w, { ...options, bias: [1] });
const values: Float32Array = await y.read();
const prepared = await engine.prepareConv2d({ inputShape: x.shape, filter: w, padding: 'same' });
const { gpuMs, result } = await engine.measure(() => prepared.run(x));
const shape: readonly number[] = convOutputShape(conv2dProblem({ inputShape: x.shape, filterShape: w.shape }));
const input = { data: values, shape };
console.log(compare(values, expectedConv2d(input, input)).ok, conv2d(input, input).data, gpuMs, result.layout);
console.log(gaussian(5).weights, pixelsOf(values, 1, 1).data, engine.memory().usedBytes, engine.info.limits);

// @ts-expect-error three strides for two axes
await engine.conv2d(x, w, { strides: [1, 1, 1] });
// @ts-expect-error a layout that does not exist
await engine.conv2d(x, w, { inputLayout: 'nwhc' });
// @ts-expect-error a misspelt option
await engine.conv2d(x, w, { stride: 2 });
// @ts-expect-error bytes are no values
engine.tensor(new Uint8Array(3), [3]);
// @ts-expect-error a tensor does not change
x.shape = [1];
