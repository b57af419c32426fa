// A program of a user's, type-checked against what is published: what must compile, and what must not.
import {
  type Activation,
  type AlgorithmSupport,
  averagePool3dProblem,
  type ConvOptions,
  type ConvTransposeOptions,
  conv2dProblem,
  convFilterShape,
  convOutputShape,
  convTranspose3dProblem,
  createEngine,
  describeConv,
  describePool,
  type MaxPoolResult,
  maxPool2dProblem,
  type PreparedConv,
  poolOutputShape,
  type Sequence,
  type SequenceStep,
  type SignalOptions,
  type Support,
  type Tensor,
} from 'webgpu-conv';
import { gaussian, pixelsOf } from 'webgpu-conv/image';
import {
  type ConvolutionMatrix,
  compare,
  conv2d,
  convolutionMatrix,
  convolve,
  expectedConv2d,
  expectedConvTranspose1d,
  maxPool2d,
} from 'webgpu-conv/reference';
import { type Layer, Network, readSafetensors, type Trainer, type TrainerOptions } from 'webgpu-conv/training';

const engine = await createEngine({ workspaceLimitBytes: 2 ** 26 });
const x: Tensor = engine.tensor(new Float32Array(300), [1, 3, 10, 10], { layout: 'nchw' });
const w = engine.tensor([1, 2, 3], [1, 3, 1, 1]);

// convolutions
const options: ConvOptions<2> = {
  strides: [1, 2],
  padding: [
    [0, 1],
    [2, 3],
  ],
  paddingMode: 'reflect',
  rounding: 'ceil',
  activation: 'relu',
};
const y = await engine.conv2d(x, w, { ...options, bias: [1], scale: new Float32Array(1), shift: w });
const values: Float32Array = await y.read();
const leaky: Activation = { name: 'leakyRelu', alpha: 0.2 };
await engine.conv1d(x, w, { strides: [2], padding: 'causal', inputLayout: 'nwc', filterLayout: 'wio' });
await engine.conv3d(x, w, { dilations: [1, 2, 3], padding: [1, [0, 2], 'same'], paddingMode: 0.5, activation: leaky });
const up: ConvTransposeOptions<2> = { strides: 2, outputPadding: [1, 0], filterLayout: 'iohw' };
await engine.convTranspose2d(x, w, { ...up, residual: y, activation: 'prelu', slope: [0.1] });
await engine.convTranspose1d(x, w, { outputShape: 9 });

// preparations, pooling, activations, signals
const prepared: PreparedConv = await engine.prepareConv2d({ inputShape: x.shape, filter: w, padding: 'same' });
const wide = await engine.prepareConvTranspose3d({ inputShape: [1, 1, 2, 2, 2], filter: w, residual: true });
const { gpuMs, result } = await engine.measure(() => prepared.run(x));
wide.run(x, { residual: y });
const pooled: Tensor = await engine.maxPool2d(x, { windowDimensions: [2, 3], rounding: 'ceil' });
const found: MaxPoolResult = await engine.maxPool2d(x, { windowDimensions: 2, returnIndices: true });
const places: Uint32Array = await found.indices.read();
await engine.averagePool1d(x, { windowDimensions: 3, countPadding: true });
await engine.l2Pool3d(x);
const active: Tensor = await engine.activate(pooled, { name: 'clamp', min: 0 });
const signal: SignalOptions = { mode: 'same', boundary: 'wrap' };
const both = [await engine.convolve(x, w, signal), await engine.correlate(x, w)];

// half precision, sequences
const half = engine.tensor([1, 2], [2], { dtype: 'float16' });
const stored: 'float32' | 'float16' = half.dtype;
const steps: SequenceStep[] = [
  { operator: 'conv2d', filter: w, bias: [1], activation: 'gelu' },
  { operator: 'conv2d', filter: w, residual: 0 },
  { operator: 'averagePool2d', windowDimensions: 2, countPadding: true },
  { operator: 'activation', activation: leaky },
];
const sequence: Sequence = await engine.sequence(steps, {
  inputShape: x.shape,
  dtype: 'float16',
  onProgress: ({ compiled, steps: all }) => console.log(compiled / all),
});
const algorithms: (string | undefined)[] = sequence.steps.map(({ algorithm }) => algorithm);
using output: Tensor = sequence.run(x);

// problems, without a GPU
const problem = conv2dProblem({ inputShape: x.shape, filterShape: w.shape });
const shape: readonly number[] = convOutputShape(problem);
const volume = convTranspose3dProblem({ inputShape: [1, 1, 2, 2, 2], filterShape: [1, 1, 2, 2, 2], outputPadding: 0 });
const pool = averagePool3dProblem({ inputShape: [1, 1, 4, 4, 4], windowDimensions: 2 });
const support: Support = engine.supports(problem);
const reasons: readonly AlgorithmSupport[] = engine.supports(pool).algorithms;
console.log(describeConv(volume), convFilterShape(volume), describePool(pool), poolOutputShape(pool), support.reason);

// the reference, pictures
const input = { data: values, shape };
const matrix: ConvolutionMatrix = convolutionMatrix(problem, input);
console.log(compare(values, expectedConv2d(input, input)).ok, conv2d(input, input).data, gpuMs, result.layout);
console.log(expectedConvTranspose1d(input, input, { strides: 2 }).bound, maxPool2d(input).data, matrix.rows);
console.log(convolve(input, input, signal).data, gaussian(5).weights, pixelsOf(values, 1, 1).data);
console.log(engine.memory().usedBytes, engine.info.limits, places, active, both, stored, algorithms, output, reasons);

// training
const layers: Layer[] = [
  { operator: 'conv2d', filters: 4, filterSize: [3, 2], padding: 'same', activation: leaky },
  { operator: 'maxPool2d', windowDimensions: 2 },
  { operator: 'dense', units: 3, bias: false, initialWeights: 'glorotUniform' },
];
using network = Network.create(engine, layers, { inputShape: [1, 3, 10, 10], inputLayout: 'nchw', seed: 1 });
const how: TrainerOptions = {
  loss: 'softmaxCrossEntropy',
  optimizer: { name: 'sgd', learningRate: 0.1, momentum: 0.9 },
};
const trainer: Trainer = await network.trainer(how);
trainer.learningRate = 0.01;
await trainer.step(x, [2]);
const { loss, accuracy } = await trainer.evaluate(x, new Uint8Array([2]));
const file: Uint8Array<ArrayBuffer> = await network.save();
network.load(file);
const logits: Tensor = await network.predict(x);
console.log(
  await trainer.loss(),
  loss,
  accuracy,
  logits,
  readSafetensors(file).tensors,
  network.parameter('0.weight').shape,
);

// @ts-expect-error a layer has a number of filters, no tensor
const wrongLayer: Layer = { operator: 'conv2d', filter: w };
// @ts-expect-error Adam has no momentum
await network.trainer({ loss: 'meanSquaredError', optimizer: { name: 'adam', momentum: 0.9 } });
// @ts-expect-error made by Network.create
new Network(engine, [wrongLayer]);

// @ts-expect-error three strides for two axes
await engine.conv2d(x, w, { strides: [1, 1, 1] });
// @ts-expect-error a layout that does not exist
await engine.conv2d(x, w, { inputLayout: 'nwhc' });
// @ts-expect-error a layout of another rank
await engine.conv1d(x, w, { inputLayout: 'nchw' });
// @ts-expect-error a misspelt option
await engine.conv2d(x, w, { stride: 2 });
// @ts-expect-error nothing lies in the padding of a transposed convolution
await engine.convTranspose2d(x, w, { paddingMode: 'reflect' });
// @ts-expect-error a convolution's output follows from the rest
await engine.conv2d(x, w, { outputShape: 3 });
// @ts-expect-error relu has no parameter
await engine.activate(x, { name: 'relu', alpha: 1 });
// @ts-expect-error only a mean counts padding
await engine.maxPool2d(x, { countPadding: true });
// @ts-expect-error only a maximum lies somewhere
maxPool2dProblem({ inputShape: [1, 1, 2, 2], countPadding: true });
// @ts-expect-error indices are no values to convolve
await engine.conv2d(found.indices, w);
// @ts-expect-error a step of a sequence has no layout of its own
const step: SequenceStep = { operator: 'conv2d', filter: w, inputLayout: 'nhwc' };
// @ts-expect-error bytes are no values
engine.tensor(new Uint8Array(3), [3], step);
// @ts-expect-error a tensor does not change
x.shape = [1];
