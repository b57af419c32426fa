// What must not compile, and what must: networks and trainers. Nothing here is run.
import { describe, expectTypeOf, it } from 'vitest';
import type { Engine, Tensor } from 'webgpu-conv';
import { type Evaluation, type Layer, Network, type Trainer } from 'webgpu-conv/training';

declare const engine: Engine;
declare const x: Tensor;
declare const indices: Tensor<'uint32'>;
declare const network: Network;
declare const trainer: Trainer;

describe('a layer', () => {
  it('takes the options of its operator and rank', () => {
    const layers: Layer[] = [
      { operator: 'conv1d', filters: 1, filterSize: 3, padding: 'causal' },
      { operator: 'conv3d', filters: 1, filterSize: [1, 2, 3], strides: [1, 2, 2], paddingMode: 'reflect' },
      { operator: 'convTranspose2d', filters: 1, filterSize: 2, outputPadding: 1 },
      { operator: 'averagePool2d', countPadding: true },
      { operator: 'activation', activation: { name: 'elu', alpha: 2 } },
      { operator: 'dense', units: 1, initialWeights: 'heUniform' },
    ];
    // @ts-expect-error three sizes for two axes
    layers.push({ operator: 'conv2d', filters: 1, filterSize: [1, 2, 3] });
    // @ts-expect-error the layout is the network's
    layers.push({ operator: 'maxPool2d', inputLayout: 'nhwc' });
    // @ts-expect-error there is always a number of filters
    layers.push({ operator: 'conv2d', filterSize: 3 });
    // @ts-expect-error only a mean counts padding
    layers.push({ operator: 'maxPool2d', countPadding: true });
    // @ts-expect-error nothing lies in the padding of a transposed convolution
    layers.push({ operator: 'convTranspose2d', filters: 1, filterSize: 2, paddingMode: 'reflect' });
    // @ts-expect-error a rule that does not exist
    layers.push({ operator: 'dense', units: 1, initialWeights: 'zeros' });
  });
});

describe('a network', () => {
  it('is made by create, and has no parts that a user sees', () => {
    expectTypeOf(Network.create(engine, [], { inputShape: [1, 1, 1] })).toEqualTypeOf<Network>();
    // @ts-expect-error a shape is needed
    Network.create(engine, [], {});
    // @ts-expect-error made by create
    new Network(engine);
    expectTypeOf(network.predict(x)).resolves.toEqualTypeOf<Tensor>();
    expectTypeOf(network.save()).resolves.toEqualTypeOf<Uint8Array<ArrayBuffer>>();
    // @ts-expect-error indices are no values
    network.predict(indices);
  });
});

describe('a trainer', () => {
  it('takes numbers of classes or a tensor', () => {
    expectTypeOf(trainer.step(x, [1])).resolves.toEqualTypeOf<void>();
    trainer.step(x, x);
    trainer.step(x, new Uint8Array(1));
    // @ts-expect-error no numbers of classes
    trainer.step(x, new Float32Array(1));
    expectTypeOf(trainer.loss()).resolves.toEqualTypeOf<number>();
    expectTypeOf(trainer.evaluate(x, [1])).resolves.toEqualTypeOf<Evaluation>();
  });

  it('has a loss and an optimizer', () => {
    network.trainer({ loss: 'meanSquaredError', optimizer: 'adam' });
    network.trainer({ loss: 'meanSquaredError', optimizer: { name: 'sgd', momentum: 0.9 } });
    // @ts-expect-error no optimizer
    network.trainer({ loss: 'meanSquaredError' });
    // @ts-expect-error gradient descent has no beta1
    network.trainer({ loss: 'meanSquaredError', optimizer: { name: 'sgd', beta1: 0.9 } });
    // @ts-expect-error steps do not change
    trainer.steps = 1;
  });
});
