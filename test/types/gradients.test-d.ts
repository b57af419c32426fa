// What must not compile, and what must: options of gradients. Nothing here is run; an error that is expected and does not come is an error.
import { describe, expectTypeOf, it } from 'vitest';
import type {
  Engine,
  PreparedConvBackwardBias,
  PreparedConvBackwardFilter,
  PreparedConvBackwardInput,
  Tensor,
} from 'webgpu-conv';

declare const engine: Engine;
declare const dy: Tensor;
declare const x: Tensor;
declare const w: Tensor;
declare const indices: Tensor<'uint32'>;

describe('gradients of convolutions', () => {
  it('take the shape of what they are of, and the geometry of their operator', () => {
    engine.convBackwardInput(dy, w, { inputShape: x.shape });
    engine.convBackwardInput(dy, w, {
      inputShape: x.shape,
      paddingMode: 'reflect',
      padding: [1, [2, 3]],
      rounding: 'ceil',
    });
    engine.convBackwardInput(dy, w, { operator: 'convTranspose', inputShape: x.shape, outputPadding: 1 });
    engine.convBackwardFilter(x, dy, { filterShape: w.shape, strides: [1, 2] });
    // @ts-expect-error whose shape is it?
    engine.convBackwardInput(dy, w, {});
    // @ts-expect-error the filter's shape is asked for
    engine.convBackwardFilter(x, dy, { inputShape: x.shape });
    // @ts-expect-error belongs to a transposed convolution
    engine.convBackwardInput(dy, w, { operator: 'conv', inputShape: x.shape, outputPadding: 1 });
    // @ts-expect-error belongs to a convolution
    engine.convBackwardInput(dy, w, { operator: 'convTranspose', inputShape: x.shape, rounding: 'ceil' });
    // @ts-expect-error an operator without its rank
    engine.convBackwardInput(dy, w, { operator: 'conv2d', inputShape: x.shape });
  });

  it('take nothing of the forward epilogue but its activation', () => {
    engine.convBackwardInput(dy, w, { inputShape: x.shape, activation: 'relu', output: x, accumulate: x });
    // @ts-expect-error the bias takes no part
    engine.convBackwardInput(dy, w, { inputShape: x.shape, bias: [1] });
    // @ts-expect-error nor does the residual
    engine.convBackwardInput(dy, w, { inputShape: x.shape, residual: x });
    // @ts-expect-error an existing gradient is a tensor
    engine.convBackwardInput(dy, w, { inputShape: x.shape, accumulate: true });
    // @ts-expect-error tensors are given here, not announced
    engine.convBackwardInput(dy, w, { inputShape: x.shape, derivativeFrom: 'output' });
  });

  it('are prepared with shapes, and run with tensors', () => {
    const shapes = { inputShape: x.shape, filterShape: w.shape };
    expectTypeOf(
      engine.prepareConvBackwardInput({ ...shapes, accumulate: true }),
    ).resolves.toEqualTypeOf<PreparedConvBackwardInput>();
    expectTypeOf(engine.prepareConvBackwardFilter({ ...shapes })).resolves.toEqualTypeOf<PreparedConvBackwardFilter>();
    expectTypeOf(
      engine.prepareConvBackwardBias({ gradientShape: dy.shape }),
    ).resolves.toEqualTypeOf<PreparedConvBackwardBias>();
    // @ts-expect-error both shapes are needed
    engine.prepareConvBackwardInput({ inputShape: x.shape });
    // @ts-expect-error the tensor is given to run
    engine.prepareConvBackwardInput({ ...shapes, accumulate: x });
    // @ts-expect-error the tensor is given to run
    engine.prepareConvBackwardInput({ ...shapes, activation: 'relu', output: x });
  });
});

describe('gradients of poolings and activations', () => {
  it('take indices where there are some', () => {
    engine.maxPoolBackward(dy, indices, { inputShape: x.shape, windowDimensions: 2 });
    engine.averagePoolBackward(dy, { inputShape: x.shape });
    engine.l2PoolBackward(dy, x);
    engine.activateBackward(dy, 'relu', { output: x });
    // @ts-expect-error values are no indices
    engine.maxPoolBackward(dy, x, { inputShape: x.shape });
    // @ts-expect-error an activation that does not exist
    engine.activateBackward(dy, 'swish', { input: x });
  });
});
