// What must not compile, and what must: poolings, sequences, and what is read. Nothing here is run.
import { describe, expectTypeOf, it } from 'vitest';
import type { Engine, MaxPoolResult, Sequence, SequenceStep, Tensor } from 'webgpu-conv';

declare const engine: Engine;
declare const x: Tensor;
declare const w: Tensor;
declare const indices: Tensor<'uint32'>;

describe('a tensor', () => {
  it('of numbers is read as Float32Array, however it is stored', () => {
    expectTypeOf(x.read()).resolves.toEqualTypeOf<Float32Array>();
    expectTypeOf(engine.tensor([1], [1], { dtype: 'float16' }).read()).resolves.toEqualTypeOf<Float32Array>();
    expectTypeOf(x.dtype).toEqualTypeOf<'float32' | 'float16'>();
    // @ts-expect-error f32 values
    x.read().then((values: Uint32Array) => values);
  });

  it('of indices is read as Uint32Array', () => {
    expectTypeOf(indices.read()).resolves.toEqualTypeOf<Uint32Array>();
    expectTypeOf(indices.dtype).toEqualTypeOf<'uint32'>();
    // @ts-expect-error u32 values
    indices.read().then((values: Float32Array) => values);
  });

  it('of indices is no tensor of numbers, nor the other way about', () => {
    expectTypeOf(indices).not.toExtend<Tensor>();
    expectTypeOf(x).not.toExtend<Tensor<'uint32'>>();
  });

  it('does not change', () => {
    // @ts-expect-error read-only
    x.shape = [1];
    // @ts-expect-error read-only
    x.shape[0] = 1;
    // @ts-expect-error made by an engine
    new (x.constructor as typeof Tensor)([1]);
  });
});

describe('a pooling', () => {
  it('returns a tensor, and with returnIndices also where the values were', () => {
    expectTypeOf(engine.maxPool2d(x)).resolves.toEqualTypeOf<Tensor>();
    expectTypeOf(engine.maxPool2d(x, { windowDimensions: 2 })).resolves.toEqualTypeOf<Tensor>();
    expectTypeOf(engine.maxPool2d(x, { returnIndices: false })).resolves.toEqualTypeOf<Tensor>();
    expectTypeOf(engine.maxPool2d(x, { returnIndices: true })).resolves.toEqualTypeOf<MaxPoolResult>();
    expectTypeOf(engine.maxPool1d(x, { returnIndices: true })).resolves.toEqualTypeOf<MaxPoolResult>();
    expectTypeOf(engine.maxPool3d(x, { returnIndices: true })).resolves.toEqualTypeOf<MaxPoolResult>();
    expectTypeOf<MaxPoolResult['output']>().toEqualTypeOf<Tensor>();
    expectTypeOf<MaxPoolResult['indices']>().toEqualTypeOf<Tensor<'uint32'>>();
    expectTypeOf(engine.averagePool2d(x)).resolves.toEqualTypeOf<Tensor>();
    expectTypeOf(engine.l2Pool3d(x)).resolves.toEqualTypeOf<Tensor>();
  });

  it('has values for each axis as many as the rank, and its own options', () => {
    engine.averagePool1d(x, { windowDimensions: [2], countPadding: true });
    engine.maxPool2d(x, { windowDimensions: [2, 3], strides: 1, paddingMode: 'reflect' });
    engine.l2Pool3d(x, { windowDimensions: 2, inputLayout: 'ndhwc' });
    // @ts-expect-error three values for two axes
    engine.maxPool2d(x, { windowDimensions: [2, 2, 2] });
    // @ts-expect-error two values for one axis
    engine.maxPool1d(x, { strides: [1, 1] });
    // @ts-expect-error of another rank
    engine.averagePool1d(x, { inputLayout: 'nchw' });
    // @ts-expect-error belongs to an average
    engine.maxPool2d(x, { countPadding: true });
    // @ts-expect-error belongs to an average
    engine.l2Pool2d(x, { countPadding: true });
    // @ts-expect-error belongs to a maximum
    engine.averagePool2d(x, { returnIndices: true });
    // @ts-expect-error the name is windowDimensions
    engine.maxPool2d(x, { kernelSize: 2 });
    // @ts-expect-error a pooling has no groups
    engine.maxPool2d(x, { groups: 2 });
    // @ts-expect-error indices
    engine.maxPool2d(indices);
  });
});

describe('an activation', () => {
  it('is one that exists, with its own parameters', () => {
    expectTypeOf(engine.activate(x, { name: 'elu', alpha: 0.5 })).resolves.toEqualTypeOf<Tensor>();
    engine.activate(x, 'prelu', { slope: [0.1] });
    // @ts-expect-error unknown
    engine.activate(x, 'softmax');
    // @ts-expect-error alpha and beta belong to hardSigmoid
    engine.activate(x, { name: 'clamp', beta: 1 });
    // @ts-expect-error the slope is an option
    engine.activate(x, 'prelu', { alpha: 0.1 });
    // @ts-expect-error no activation
    engine.activate(x);
  });
});

describe('a signal', () => {
  it('has the modes and boundaries of SciPy', () => {
    expectTypeOf(engine.convolve(x, w, { mode: 'same', boundary: 'wrap' })).resolves.toEqualTypeOf<Tensor>();
    engine.correlate(x, w, { boundary: 'fill', fillValue: 1 });
    // @ts-expect-error the name is symm
    engine.convolve(x, w, { boundary: 'symmetric' });
    // @ts-expect-error unknown
    engine.convolve(x, w, { mode: 'causal' });
    // @ts-expect-error an option of convolutions
    engine.convolve(x, w, { strides: 2 });
  });
});

describe('a sequence', () => {
  const inputShape = [1, 3, 8, 8];

  it('has steps of operators that exist', () => {
    const steps: SequenceStep[] = [
      { operator: 'conv2d', filter: w, padding: 'same', bias: [1, 2, 3], activation: 'relu', residual: -1 },
      { operator: 'maxPool2d', windowDimensions: 2 },
      { operator: 'averagePool2d', countPadding: true },
      { operator: 'convTranspose2d', filter: w, outputPadding: [0, 1] },
      { operator: 'activation', activation: { name: 'leakyRelu', alpha: 0.1 } },
    ];
    expectTypeOf(engine.sequence(steps, { inputShape, inputLayout: 'nhwc' })).resolves.toEqualTypeOf<Sequence>();
    // @ts-expect-error unknown
    engine.sequence([{ operator: 'conv4d', filter: w }], { inputShape });
    // @ts-expect-error the name is maxPool2d
    engine.sequence([{ operator: 'maxPool', windowDimensions: 2 }], { inputShape });
    // @ts-expect-error an activation is a step of its own
    engine.sequence([{ operator: 'relu' }], { inputShape });
    // @ts-expect-error no operator
    engine.sequence([{ filter: w }], { inputShape });
    // @ts-expect-error no filter
    engine.sequence([{ operator: 'conv2d' }], { inputShape });
    // @ts-expect-error no activation
    engine.sequence([{ operator: 'activation' }], { inputShape });
  });

  it('has steps with the options of their operator', () => {
    // @ts-expect-error three values for two axes
    engine.sequence([{ operator: 'conv2d', filter: w, strides: [1, 1, 1] }], { inputShape });
    // @ts-expect-error belongs to a transposed convolution
    engine.sequence([{ operator: 'conv2d', filter: w, outputPadding: 1 }], { inputShape });
    // @ts-expect-error belongs to a convolution
    engine.sequence([{ operator: 'convTranspose2d', filter: w, paddingMode: 'reflect' }], { inputShape });
    // @ts-expect-error belongs to an average
    engine.sequence([{ operator: 'maxPool2d', countPadding: true }], { inputShape });
    // @ts-expect-error a sequence has no place for indices
    engine.sequence([{ operator: 'maxPool2d', returnIndices: true }], { inputShape });
    // @ts-expect-error a pooling has no filter
    engine.sequence([{ operator: 'maxPool2d', filter: w }], { inputShape });
    // @ts-expect-error unknown
    engine.sequence([{ operator: 'activation', activation: 'swish' }], { inputShape });
  });

  it('has one layout, and residuals by number', () => {
    // @ts-expect-error belongs to the sequence
    engine.sequence([{ operator: 'conv2d', filter: w, inputLayout: 'nhwc' }], { inputShape });
    // @ts-expect-error belongs to the sequence
    engine.sequence([{ operator: 'maxPool2d', inputLayout: 'nhwc' }], { inputShape });
    // @ts-expect-error a tensor, where the number of a step is asked for
    engine.sequence([{ operator: 'conv2d', filter: w, residual: x }], { inputShape });
    // @ts-expect-error no shape
    engine.sequence([{ operator: 'conv2d', filter: w }], {});
    // @ts-expect-error unknown
    engine.sequence([{ operator: 'conv2d', filter: w }], { inputShape, layout: 'nhwc' });
    // @ts-expect-error unknown
    engine.sequence([{ operator: 'conv2d', filter: w }], { inputShape, dtype: 'uint32' });
  });

  it('runs tensors of numbers', async () => {
    const sequence = await engine.sequence([{ operator: 'activation', activation: 'relu' }], { inputShape });
    expectTypeOf(sequence.run(x)).toEqualTypeOf<Tensor>();
    // @ts-expect-error indices
    sequence.run(indices);
  });
});
