// What must not compile, and what must: options of convolutions. Nothing here is run; an error that is expected and does not
// come is an error.
import { describe, expectTypeOf, it } from 'vitest';
import { conv2dProblem, createEngine, type Engine, type PreparedConv, type Tensor } from 'webgpu-conv';
import { conv2d as referenceConv2d, convTranspose2d as referenceConvTranspose2d } from 'webgpu-conv/reference';

declare const engine: Engine;
declare const x: Tensor;
declare const w: Tensor;
declare const indices: Tensor<'uint32'>;

describe('values for each axis are as many as the rank', () => {
  it('of strides and dilations', () => {
    engine.conv1d(x, w, { strides: [2], dilations: 3 });
    engine.conv2d(x, w, { strides: [1, 2], dilations: [2, 1] });
    engine.conv3d(x, w, { strides: [1, 2, 3], dilations: 2 });
    engine.convTranspose2d(x, w, { strides: [1, 2], outputPadding: [0, 1] });
    // @ts-expect-error three values for two axes
    engine.conv2d(x, w, { strides: [1, 1, 1] });
    // @ts-expect-error two values for one axis
    engine.conv1d(x, w, { strides: [1, 1] });
    // @ts-expect-error one value for two axes
    engine.conv2d(x, w, { dilations: [1] });
    // @ts-expect-error two values for three axes
    engine.conv3d(x, w, { dilations: [1, 1] });
    // @ts-expect-error three values for two axes
    engine.convTranspose2d(x, w, { strides: [1, 1, 1] });
    // @ts-expect-error no number
    engine.conv2d(x, w, { strides: '2' });
  });

  it('of padding, whose ends are pairs', () => {
    engine.conv1d(x, w, { padding: ['causal'] });
    engine.conv2d(x, w, { padding: [[0, 1], 'same'] });
    engine.conv2d(x, w, { padding: 'full' });
    engine.conv3d(x, w, { padding: [1, [2, 3], 'valid'] });
    // @ts-expect-error a pair is for each axis, and one axis has one
    engine.conv1d(x, w, { padding: [1, 2] });
    // @ts-expect-error four numbers, as of other libraries
    engine.conv2d(x, w, { padding: [1, 1, 1, 1] });
    // @ts-expect-error three ends of an axis
    engine.conv2d(x, w, { padding: [[1, 2, 3], 0] });
    // @ts-expect-error a rule that does not exist
    engine.conv2d(x, w, { padding: 'same-upper' });
  });

  it('of the output of a transposed convolution', () => {
    engine.convTranspose1d(x, w, { outputShape: [9] });
    engine.convTranspose3d(x, w, { outputShape: 9 });
    // @ts-expect-error the whole shape, where only spatial axes are asked for
    engine.convTranspose2d(x, w, { outputShape: [1, 3, 9, 9] });
    // @ts-expect-error three values for two axes
    engine.convTranspose2d(x, w, { outputPadding: [1, 1, 1] });
  });
});

describe('names are those that exist', () => {
  it('of layouts, which belong to a rank', () => {
    engine.conv1d(x, w, { inputLayout: 'nwc', filterLayout: 'wio' });
    engine.conv2d(x, w, { inputLayout: 'nhwc', filterLayout: 'ohwi' });
    engine.conv3d(x, w, { inputLayout: 'ndhwc', filterLayout: 'dhwio' });
    // @ts-expect-error unknown
    engine.conv2d(x, w, { inputLayout: 'chwn' });
    // @ts-expect-error of another rank
    engine.conv1d(x, w, { inputLayout: 'nchw' });
    // @ts-expect-error of another rank
    engine.conv3d(x, w, { inputLayout: 'nhwc' });
    // @ts-expect-error of another rank
    engine.conv2d(x, w, { filterLayout: 'oiw' });
    // @ts-expect-error of an input
    engine.conv2d(x, w, { filterLayout: 'nchw' });
    // @ts-expect-error of a filter
    engine.conv2d(x, w, { inputLayout: 'oihw' });
    // @ts-expect-error upper case
    engine.tensor([1], [1, 1, 1, 1], { layout: 'NCHW' });
  });

  it('of options, which belong to an operator', () => {
    engine.conv2d(x, w, { paddingMode: 'reflect', rounding: 'ceil' });
    engine.conv2d(x, w, { paddingMode: 0.5 });
    engine.convTranspose2d(x, w, { outputShape: [5, 5] });
    // @ts-expect-error belongs to a transposed convolution
    engine.conv2d(x, w, { outputPadding: 1 });
    // @ts-expect-error belongs to a transposed convolution
    engine.conv2d(x, w, { outputShape: [5, 5] });
    // @ts-expect-error belongs to a convolution
    engine.convTranspose2d(x, w, { paddingMode: 'reflect' });
    // @ts-expect-error belongs to a convolution
    engine.convTranspose2d(x, w, { rounding: 'ceil' });
    // @ts-expect-error the name is strides
    engine.conv2d(x, w, { stride: 2 });
    // @ts-expect-error the name is groups
    engine.conv2d(x, w, { group: 2 });
    // @ts-expect-error the name is padding
    engine.conv1d(x, w, { pads: 2 });
    // @ts-expect-error the filter says its size
    engine.conv2d(x, w, { windowDimensions: 2 });
  });

  it('of padding modes and roundings', () => {
    // @ts-expect-error the name is circular
    engine.conv2d(x, w, { paddingMode: 'wrap' });
    // @ts-expect-error the name is ceil
    engine.conv2d(x, w, { rounding: 'up' });
  });

  it('of activations, each with its own parameters', () => {
    engine.conv2d(x, w, { activation: 'gelu' });
    engine.conv2d(x, w, { activation: { name: 'leakyRelu', alpha: 0.1 } });
    engine.conv2d(x, w, { activation: { name: 'hardSigmoid', alpha: 0.1, beta: 0.2 } });
    engine.conv2d(x, w, { activation: { name: 'clamp', max: 6 } });
    engine.conv2d(x, w, { activation: 'prelu', slope: [0.1] });
    // @ts-expect-error unknown
    engine.conv2d(x, w, { activation: 'swish' });
    // @ts-expect-error unknown
    engine.conv2d(x, w, { activation: { name: 'relu8' } });
    // @ts-expect-error relu has no parameters
    engine.conv2d(x, w, { activation: { name: 'relu', alpha: 0.1 } });
    // @ts-expect-error elu has one parameter
    engine.conv2d(x, w, { activation: { name: 'elu', alpha: 1, beta: 1 } });
    // @ts-expect-error bounds belong to clamp
    engine.conv2d(x, w, { activation: { name: 'leakyRelu', min: 0 } });
    // @ts-expect-error clamp has bounds
    engine.conv2d(x, w, { activation: { name: 'clamp', alpha: 0 } });
    // @ts-expect-error the slope of prelu is an operand
    engine.conv2d(x, w, { activation: { name: 'prelu', alpha: 0.1 } });
  });

  it('of stored types', () => {
    engine.tensor([1, 2], [2], { dtype: 'float16' });
    conv2dProblem({ inputShape: [1, 1, 3, 3], filterShape: [1, 1, 3, 3], dtype: 'float16', filterDtype: 'float32' });
    // @ts-expect-error unknown
    engine.tensor([1, 2], [2], { dtype: 'float64' });
    // @ts-expect-error indices are not uploaded
    engine.tensor([1, 2], [2], { dtype: 'uint32' });
    // @ts-expect-error a convolution stores numbers
    conv2dProblem({ inputShape: [1, 1, 3, 3], filterShape: [1, 1, 3, 3], dtype: 'uint32' });
    // @ts-expect-error the type of an output is that of the input
    engine.conv2d(x, w, { dtype: 'float16' });
  });

  it('of options of an engine', () => {
    createEngine({ powerPreference: 'low-power', workspaceLimitBytes: 2 ** 20 });
    // @ts-expect-error unknown
    createEngine({ powerPreference: 'high' });
    // @ts-expect-error unknown
    createEngine({ memoryLimit: 2 ** 20 });
  });
});

describe('operands are what they have to be', () => {
  it('tensors of numbers', () => {
    expectTypeOf(engine.conv2d(x, w)).resolves.toEqualTypeOf<Tensor>();
    expectTypeOf(engine.convTranspose1d(x, w)).resolves.toEqualTypeOf<Tensor>();
    // @ts-expect-error indices
    engine.conv2d(indices, w);
    // @ts-expect-error indices
    engine.conv2d(x, indices);
    // @ts-expect-error indices
    engine.conv2d(x, w, { residual: indices });
    // @ts-expect-error indices
    engine.conv2d(x, w, { bias: indices });
    // @ts-expect-error indices
    engine.activate(indices, 'relu');
    // @ts-expect-error values that are no tensor
    engine.conv2d(new Float32Array(9), w);
    // @ts-expect-error a residual is a tensor
    engine.conv2d(x, w, { residual: new Float32Array(9) });
    // @ts-expect-error no filter
    engine.conv2d(x);
  });

  it('of a preparation, whose residual comes with the run', async () => {
    const prepared = await engine.prepareConv2d({ inputShape: [1, 3, 8, 8], filter: w, residual: true });
    expectTypeOf(prepared).toEqualTypeOf<PreparedConv>();
    expectTypeOf(prepared.run(x, { residual: x })).toEqualTypeOf<Tensor>();
    engine.prepareConvTranspose2d({ inputShape: [1, 3, 8, 8], filter: w, outputPadding: 1 });
    // @ts-expect-error a tensor that is not there yet
    engine.prepareConv2d({ inputShape: [1, 3, 8, 8], filter: w, residual: x });
    // @ts-expect-error no filter
    engine.prepareConv2d({ inputShape: [1, 3, 8, 8] });
    // @ts-expect-error no shape
    engine.prepareConv2d({ filter: w });
    // @ts-expect-error belongs to a convolution
    engine.prepareConvTranspose2d({ inputShape: [1, 3, 8, 8], filter: w, paddingMode: 'reflect' });
    // @ts-expect-error two values for one axis
    engine.prepareConv1d({ inputShape: [1, 3, 8], filter: w, strides: [1, 1] });
    // @ts-expect-error indices
    prepared.run(indices);
  });

  it('of the reference, which has the options of the engine', () => {
    const tensor = { data: [1], shape: [1, 1, 1, 1] };
    expectTypeOf(referenceConv2d(tensor, tensor, { dtype: 'float16' }).data).toEqualTypeOf<Float64Array>();
    referenceConvTranspose2d(tensor, tensor, { outputPadding: 1 });
    // @ts-expect-error three values for two axes
    referenceConv2d(tensor, tensor, { strides: [1, 1, 1] });
    // @ts-expect-error belongs to a convolution
    referenceConvTranspose2d(tensor, tensor, { paddingMode: 'reflect' });
    // @ts-expect-error how it is computed is the engine's
    referenceConv2d(tensor, tensor, { algorithm: 'direct' });
    // @ts-expect-error a tensor on the GPU
    referenceConv2d(x, tensor);
  });

  it('problems for supports', () => {
    engine.supports(conv2dProblem({ inputShape: [1, 1, 3, 3], filterShape: [1, 1, 3, 3] }));
    // @ts-expect-error a description, not yet a problem
    engine.supports({ inputShape: [1, 1, 3, 3], filterShape: [1, 1, 3, 3] });
    // @ts-expect-error three values for two axes
    conv2dProblem({ inputShape: [1, 1, 3, 3], filterShape: [1, 1, 3, 3], strides: [1, 1, 1] });
  });
});
