// Networks that learn: gradients of whole networks against central differences in float64, learning that repeats bit for bit, files, memory, errors.
import { describe, expect, it } from 'vitest';
import { createEngine, type Engine, type Shape, type Tensor } from 'webgpu-conv';
import {
  activate,
  averagePool2d,
  conv1d,
  conv2d,
  convTranspose2d,
  l2Pool1d,
  maxPool2d,
  type ReferenceTensor,
} from 'webgpu-conv/reference';
import { type Layer, Network, readSafetensors, type Targets, writeSafetensors } from 'webgpu-conv/training';
import { randomValues, seededRandom } from '../support/random.js';
import { useEngine } from './support/engine.js';

const engine = useEngine();

/** Forward in float64, with weights by name. */
type Forward = (x: ReferenceTensor, w: (name: string) => ReferenceTensor) => ReferenceTensor;

function crossEntropyOf({ data, shape }: ReferenceTensor, targets: readonly number[]): number {
  const classes = shape[1]!;
  const rows = targets.map((target, row) => {
    const own = Array.from(data).slice(row * classes, (row + 1) * classes);
    return Math.log(own.reduce((sum, value) => sum + Math.exp(value), 0)) - own[target]!;
  });
  return rows.reduce((sum, value) => sum + value, 0) / rows.length;
}

function squaredErrorOf({ data }: ReferenceTensor, targets: ArrayLike<number>): number {
  return Array.from(data, (value, index) => (value - targets[index]!) ** 2).reduce((a, b) => a + b, 0) / data.length;
}

/** The values of all parameters, by name. */
async function valuesOf(network: Network): Promise<Map<string, { data: Float64Array; shape: Shape }>> {
  const entries = network.parameters.map(async ({ name, shape }) => {
    using tensor = network.parameter(name);
    return [name, { data: Float64Array.from(await tensor.read()), shape }] as const;
  });
  return new Map(await Promise.all(entries));
}

interface Check {
  readonly layers: readonly Layer[];
  readonly inputShape: Shape;
  readonly inputLayout?: 'nwc';
  readonly forward: Forward;
  readonly loss: 'softmaxCrossEntropy' | 'meanSquaredError';
}

const CHECKS: readonly (readonly [string, Check])[] = [
  [
    'planes: convolutions, groups, strides, poolings, dense layers',
    {
      layers: [
        { operator: 'conv2d', filters: 4, filterSize: 3, padding: 1, activation: 'gelu' },
        { operator: 'maxPool2d', windowDimensions: 2 },
        {
          operator: 'conv2d',
          filters: 6,
          filterSize: [3, 2],
          groups: 2,
          strides: 2,
          padding: 1,
          paddingMode: 'reflect',
          bias: false,
        },
        { operator: 'activation', activation: 'softplus' },
        { operator: 'averagePool2d', windowDimensions: 2 },
        { operator: 'dense', units: 5, activation: 'tanh' },
        { operator: 'dense', units: 3 },
      ],
      inputShape: [4, 2, 10, 9],
      loss: 'softmaxCrossEntropy',
      forward(x, w) {
        let y: ReferenceTensor = conv2d(x, w('0.weight'), { padding: 1, activation: 'gelu', bias: w('0.bias').data });
        y = maxPool2d(y, { windowDimensions: 2 });
        y = conv2d(y, w('2.weight'), { groups: 2, strides: 2, padding: 1, paddingMode: 'reflect' });
        y = averagePool2d(activate('softplus', y), { windowDimensions: 2 });
        y = conv2d(y, w('5.weight'), { bias: w('5.bias').data, activation: 'tanh' });
        return conv2d(y, w('6.weight'), { bias: w('6.bias').data });
      },
    },
  ],
  [
    'a transposed convolution, filters in another layout',
    {
      layers: [
        {
          operator: 'convTranspose2d',
          filters: 4,
          filterSize: 3,
          strides: 2,
          groups: 2,
          outputPadding: 1,
          activation: 'sigmoid',
        },
        { operator: 'conv2d', filters: 2, filterSize: 3, dilations: 2, filterLayout: 'hwio', activation: 'silu' },
      ],
      inputShape: [2, 4, 4, 3],
      loss: 'meanSquaredError',
      forward(x, w) {
        const y = convTranspose2d(x, w('0.weight'), {
          strides: 2,
          groups: 2,
          outputPadding: 1,
          activation: 'sigmoid',
          bias: w('0.bias').data,
        });
        return conv2d(y, w('1.weight'), {
          dilations: 2,
          filterLayout: 'hwio',
          activation: 'silu',
          bias: w('1.bias').data,
        });
      },
    },
  ],
  [
    'sequences, channels last',
    {
      layers: [
        {
          operator: 'conv1d',
          filters: 4,
          filterSize: 3,
          padding: 'causal',
          activation: { name: 'leakyRelu', alpha: 0.2 },
        },
        { operator: 'l2Pool1d', windowDimensions: 2 },
        { operator: 'dense', units: 2, bias: false },
      ],
      inputShape: [3, 8, 2],
      inputLayout: 'nwc',
      loss: 'meanSquaredError',
      forward(x, w) {
        const layout = { inputLayout: 'nwc' } as const;
        const y = conv1d(x, w('0.weight'), {
          ...layout,
          padding: 'causal',
          activation: { name: 'leakyRelu', alpha: 0.2 },
          bias: w('0.bias').data,
        });
        return conv1d(l2Pool1d(y, { ...layout, windowDimensions: 2 }), w('2.weight'), layout);
      },
    },
  ],
];

describe('gradients of a whole network', () => {
  it.each(CHECKS)(
    'are those of central differences: %s',
    async (_, { layers, inputShape, inputLayout, forward, loss }) => {
      using network = Network.create(engine(), layers, {
        inputShape,
        seed: 3,
        ...(inputLayout ? { inputLayout } : {}),
      });
      using trainer = await network.trainer({ loss, optimizer: { name: 'sgd', learningRate: 1 } });
      const count = inputShape.reduce((product, size) => product * size, 1);
      const x = { data: randomValues(count, 5), shape: inputShape };
      const outputs = network.outputShape.reduce((product, size) => product * size, 1);
      const isEntropy = loss === 'softmaxCrossEntropy';
      const wanted = isEntropy ? [0, 2, 1, 1] : randomValues(outputs, 6);
      const targets: Targets = isEntropy ? (wanted as number[]) : engine().tensor(wanted, network.outputShape);

      const before = await valuesOf(network);
      const lossWith = () => {
        const y = forward(x, (name) => before.get(name)!);
        return isEntropy ? crossEntropyOf(y, wanted as number[]) : squaredErrorOf(y, wanted);
      };
      await trainer.step(engine().tensor(x.data, inputShape), targets);
      expect(Math.abs((await trainer.loss()) - lossWith())).toBeLessThan(1e-5);
      const after = await valuesOf(network);

      for (const [name, { data }] of before) {
        const largest = Math.max(...data.map((value, index) => Math.abs(value - after.get(name)!.data[index]!)));
        expect(largest).toBeGreaterThan(1e-4); // something is learnt
        const every = Math.max(1, Math.floor(data.length / 12));
        for (let index = 0; index < data.length; index += every) {
          const own = data[index]!;
          const step = 1e-5; // the rounding of the difference, 1e-11, is as small as what is left of the third derivative
          data[index] = own + step;
          const above = lossWith();
          data[index] = own - step;
          const below = lossWith();
          data[index] = own;
          const slope = (above - below) / (2 * step);
          const learnt = own - after.get(name)!.data[index]!;
          // weights of the size 1 are stored to 6e-8; sums of some hundred products of f32, a few layers deep, to 1e-5 of the largest
          expect(Math.abs(learnt - slope), `${name}[${index}]: ${learnt} instead of ${slope}`).toBeLessThan(
            2e-7 + 3e-5 * largest,
          );
        }
      }
    },
  );
});

const XOR: readonly Layer[] = [
  { operator: 'dense', units: 8, activation: 'tanh', initialWeights: 'glorotUniform' },
  { operator: 'dense', units: 2 },
];
const CORNERS = [0, 0, 0, 1, 1, 0, 1, 1].map((value) => 2 * value - 1);
const PARITY = [0, 1, 1, 0];

/** A network that has learnt XOR, its losses, and its file. */
async function learnXor(on: Engine, seed: number, steps = 60) {
  const network = Network.create(on, XOR, { inputShape: [4, 2, 1], seed });
  using trainer = await network.trainer({
    loss: 'softmaxCrossEntropy',
    optimizer: { name: 'adam', learningRate: 0.05 },
  });
  using input = on.tensor(CORNERS, [4, 2, 1]);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    await trainer.step(input, PARITY);
    if (step % 20 === 19) losses.push(await trainer.loss());
  }
  const evaluation = await trainer.evaluate(input, PARITY);
  return { network, losses, evaluation, file: await network.save() };
}

describe('a trainer', () => {
  it('learns XOR, with the same bits for the same seed', async () => {
    const [first, second, other] = [
      await learnXor(engine(), 1),
      await learnXor(engine(), 1),
      await learnXor(engine(), 2),
    ];
    expect(first.evaluation.accuracy).toBe(1);
    expect(first.losses[2]!).toBeLessThan(first.losses[0]! / 4);
    expect(first.evaluation.loss).toBeLessThan(first.losses[2]!);
    expect(second.losses).toEqual(first.losses);
    expect(second.file).toEqual(first.file);
    expect(other.file).not.toEqual(first.file);
    for (const { network } of [first, second, other]) network.dispose();
  });

  it('holds memory flat, and gives back what it took', async () => {
    const own = await createEngine();
    const layers: readonly Layer[] = [
      { operator: 'conv2d', filters: 4, filterSize: 3, activation: 'relu' },
      { operator: 'maxPool2d', windowDimensions: 2 },
      { operator: 'conv2d', filters: 6, filterSize: 3, activation: 'silu' },
      { operator: 'dense', units: 4 },
    ];
    const network = Network.create(own, layers, { inputShape: [8, 1, 12, 12] });
    const trainer = await network.trainer({ loss: 'softmaxCrossEntropy', optimizer: 'adam' });
    const random = seededRandom(1);
    const learn = async (steps: number) => {
      for (let step = 0; step < steps; step++) {
        using input = own.tensor(randomValues(8 * 144, step), [8, 1, 12, 12]);
        await trainer.step(
          input,
          Array.from({ length: 8 }, () => Math.floor(4 * random())),
        );
        if (step % 10 === 9) await trainer.loss();
      }
    };
    await learn(20);
    const { dispatches } = own.stats();
    const { peakBytes: _, ...first } = own.memory();
    await learn(1);
    const perStep = own.stats().dispatches - dispatches;
    await learn(40);
    const { peakBytes: __, ...last } = own.memory();
    expect(last).toEqual(first);
    expect(own.stats().dispatches - dispatches).toBe(41 * perStep);
    trainer.dispose();
    network.dispose();
    const second = Network.create(own, layers, { inputShape: [8, 1, 12, 12] });
    const another = await second.trainer({ loss: 'softmaxCrossEntropy', optimizer: 'adam' });
    const { usedBytes } = own.memory();
    expect(usedBytes).toBe(first.usedBytes); // plans are cached, weights and moments were given back
    another.dispose();
    second.dispose();
    own.dispose();
  });

  it('takes another learning rate from the next step on', async () => {
    using network = Network.create(engine(), [{ operator: 'dense', units: 1, bias: false }], { inputShape: [1, 1, 1] });
    using trainer = await network.trainer({ loss: 'meanSquaredError', optimizer: { name: 'sgd', learningRate: 0.5 } });
    using one = engine().tensor([1], [1, 1, 1]);
    network.load(writeSafetensors(new Map([['0.weight', { shape: [1, 1, 1], data: new Float32Array([3]) }]])));
    trainer.learningRate = 0.25;
    await trainer.step(one, one); // the gradient is 2 · (3 − 1)
    trainer.learningRate = 0;
    await trainer.step(one, one);
    expect(trainer.steps).toBe(2);
    expect(trainer.learningRate).toBe(0);
    using weight = network.parameter('0.weight');
    expect([...(await weight.read())]).toEqual([2]);
    expect(await trainer.loss()).toBe((4 + 1) / 2);
    expect(() => {
      trainer.learningRate = -1;
    }).toThrow('learningRate is -1, but must be a finite number of at least 0.');
  });

  it('forgets its moments when other weights are loaded', async () => {
    using network = Network.create(engine(), [{ operator: 'dense', units: 1, bias: false }], { inputShape: [1, 1, 1] });
    const options = {
      loss: 'meanSquaredError',
      optimizer: { name: 'sgd', learningRate: 0.25, momentum: 0.5 },
    } as const;
    using trainer = await network.trainer(options);
    using one = engine().tensor([1], [1, 1, 1]);
    const three = writeSafetensors(new Map([['0.weight', { shape: [1, 1, 1], data: new Float32Array([3]) }]]));
    const learnt: Float32Array[] = [];
    for (let time = 0; time < 2; time++) {
      network.load(three);
      await trainer.step(one, one);
      await trainer.step(one, one);
      using weight = network.parameter('0.weight');
      learnt.push(await weight.read());
    }
    // 3, then v = 4 and w = 2, then v = 0.5 · 4 + 2 and w = 1
    expect(learnt.map(([value]) => value)).toEqual([1, 1]);
  });

  it('refuses what does not fit, and learns nothing from it', async () => {
    using network = Network.create(engine(), XOR, { inputShape: [4, 2, 1] });
    await expect(network.trainer({ loss: 'hinge', optimizer: 'sgd' } as never)).rejects.toThrow(
      "loss is 'hinge', but must be one of",
    );
    await expect(network.trainer({ loss: 'softmaxCrossEntropy', optimizer: 'sgdd' } as never)).rejects.toThrow(
      "Did you mean 'sgd'?",
    );
    await expect(
      network.trainer({ loss: 'softmaxCrossEntropy', optimizer: { name: 'adam', beta1: 1 } }),
    ).rejects.toThrow('beta1 is 1, but must be a number of at least 0 and below 1.');
    using trainer = await network.trainer({ loss: 'softmaxCrossEntropy', optimizer: 'sgd' });
    using input = engine().tensor(CORNERS, [4, 2, 1]);
    using two = engine().tensor(CORNERS.slice(4), [2, 2, 1]);
    const before = await network.save();
    const { usedBytes } = engine().memory();
    await expect(trainer.step(two, [0, 1])).rejects.toThrow('was made for batches of [4, 2, 1]');
    await expect(trainer.step(input, [0, 1])).rejects.toThrow('got 2 targets, but the output [4, 2, 1] (ncw) needs 4');
    await expect(trainer.step([] as never, PARITY)).rejects.toThrow('input must be a tensor');
    await expect(trainer.evaluate(input, [0, 1, 2, 0])).rejects.toThrow('target 2 is 2');
    await expect(trainer.loss()).rejects.toThrow('no step was taken');
    expect(engine().memory().usedBytes).toBe(usedBytes);
    expect(await network.save()).toEqual(before);
    trainer.dispose();
    await expect(trainer.step(input, PARITY)).rejects.toThrow('step: the trainer was disposed.');
    network.dispose();
    await expect(network.predict(input)).rejects.toThrow('predict: the network was disposed.');
  });
});

describe('a network', () => {
  it('predicts for batches of any size, each image by itself', async () => {
    const { network } = await learnXor(engine(), 1);
    const corners = CORNERS.slice(0, 2);
    using one = engine().tensor(corners, [1, 2, 1]);
    using all = engine().tensor([...CORNERS, ...corners], [5, 2, 1]);
    const outputs = await Promise.all([network.predict(one), network.predict(all)]);
    const [first, values] = (await Promise.all(outputs.map((output: Tensor) => output.read()))) as [
      Float32Array,
      Float32Array,
    ];
    expect(outputs[1]!.shape).toEqual([5, 2, 1]);
    expect(values.slice(8)).toEqual(values.slice(0, 2));
    for (const index of [0, 1]) expect(values[index]!).toBeCloseTo(first[index]!, 5);
    for (const [row, parity] of PARITY.entries()) {
      expect(values[2 * row + parity]!).toBeGreaterThan(values[2 * row + 1 - parity]!);
    }
    for (const output of outputs) output.dispose();
    network.dispose();
  });

  it('is saved, and loaded into another engine', async () => {
    const { network, file } = await learnXor(engine(), 1);
    const { tensors, metadata } = readSafetensors(file);
    expect(metadata.format).toBe('webgpu-conv');
    expect([...tensors].map(([name, { shape }]) => [name, [...shape]])).toEqual([
      ['0.weight', [8, 2, 1]],
      ['0.bias', [8]],
      ['1.weight', [2, 8, 1]],
      ['1.bias', [2]],
    ]);
    const own = await createEngine();
    const copy = Network.create(own, XOR, { inputShape: [4, 2, 1], seed: 99 });
    copy.load(file);
    expect(await copy.save()).toEqual(file);
    const [expected, actual] = await Promise.all(
      [
        { on: engine(), net: network },
        { on: own, net: copy },
      ].map(async ({ on, net }) => {
        using input = on.tensor(CORNERS, [4, 2, 1]);
        using output = await net.predict(input);
        return output.read();
      }),
    );
    expect(actual).toEqual(expected);
    own.dispose();
    network.dispose();
  });

  it.each<[string, (tensors: Map<string, { shape: Shape; data: Float32Array }>) => void, RegExp]>([
    ['a missing tensor', (tensors) => tensors.delete('1.bias'), /load: the file has no tensor '1\.bias'\. Load a file/],
    [
      'an unknown tensor',
      (tensors) => tensors.set('2.bias', { shape: [1], data: new Float32Array(1) }),
      /has a tensor '2\.bias', but/,
    ],
    [
      'another shape',
      (tensors) => tensors.set('0.bias', { shape: [2, 4], data: new Float32Array(8) }),
      /'0\.bias' has shape \[2, 4\], but the network's has \[8\]/,
    ],
  ])('refuses a file with %s, and stays as it was', async (_, change, message) => {
    using network = Network.create(engine(), XOR, { inputShape: [4, 2, 1] });
    const before = await network.save();
    const tensors = new Map(readSafetensors(before).tensors);
    for (const { data } of tensors.values()) data.fill(7);
    change(tensors);
    const { usedBytes } = engine().memory();
    expect(() => network.load(writeSafetensors(tensors))).toThrow(message);
    expect(() => network.load(before.subarray(0, 100))).toThrow(/^load: the header is said to have/);
    expect(engine().memory().usedBytes).toBe(usedBytes);
    expect(await network.save()).toEqual(before);
  });

  it.each<[string, unknown, unknown, RegExp]>([
    ['no layers', [], { inputShape: [1, 1, 1] }, /layers must be a list with at least one layer, got \[\]/],
    ['no shape', [{ operator: 'dense', units: 1 }], {}, /Network: inputShape must be an array/],
    ['a shape without axes', [{ operator: 'dense', units: 1 }], { inputShape: [4, 2] }, /with 2 axes, but must have 3/],
    [
      'a seed that is no integer',
      [{ operator: 'dense', units: 1 }],
      { inputShape: [1, 1, 1], seed: 0.5 },
      /seed is 0\.5/,
    ],
    [
      'an unknown option',
      [{ operator: 'dense', units: 1 }],
      { inputShape: [1, 1, 1], sed: 1 },
      /Did you mean 'seed'\?/,
    ],
    [
      'a layer of another rank',
      [{ operator: 'conv2d' }],
      { inputShape: [1, 1, 1] },
      /Network: layer 0: the operator of a layer of a 1-D network is 'conv2d'/,
    ],
    ['no units', [{ operator: 'dense' }], { inputShape: [1, 1, 1] }, /Network: layer 0 \(dense\): units is undefined/],
    [
      'no filters',
      [{ operator: 'conv1d', filterSize: 1 }],
      { inputShape: [1, 1, 1] },
      /layer 0 \(conv1d\): filters is undefined/,
    ],
    [
      'no filter size',
      [{ operator: 'conv1d', filters: 1 }],
      { inputShape: [1, 1, 1] },
      /layer 0 \(conv1d\): filterSize is undefined/,
    ],
    [
      'a filter that does not fit',
      [
        { operator: 'dense', units: 1 },
        { operator: 'conv1d', filters: 1, filterSize: 2 },
      ],
      { inputShape: [1, 1, 9] },
      /layer 1 \(conv1d\): .*filter/,
    ],
    [
      'groups that do not divide',
      [{ operator: 'conv1d', filters: 3, filterSize: 1, groups: 2 }],
      { inputShape: [1, 2, 1] },
      /2 channels and 3 filters do not divide into 2 groups/,
    ],
    [
      'an unknown option of a layer',
      [{ operator: 'dense', unit: 1 }],
      { inputShape: [1, 1, 1] },
      /layer 0 \(dense\): unknown option 'unit'\. Did you mean 'units'\?/,
    ],
    [
      'an option of the other operator',
      [{ operator: 'conv1d', filters: 1, filterSize: 1, outputPadding: 1 }],
      { inputShape: [1, 1, 1] },
      /outputPadding belongs to a transposed convolution/,
    ],
    [
      'prelu',
      [{ operator: 'dense', units: 1, activation: 'prelu' }],
      { inputShape: [1, 1, 1] },
      /cannot have the activation 'prelu', whose slope would have to be learnt/,
    ],
    [
      'a layout of a layer',
      [{ operator: 'maxPool1d', inputLayout: 'nwc' }],
      { inputShape: [1, 1, 1] },
      /inputLayout belongs to the network/,
    ],
    [
      'indices',
      [{ operator: 'maxPool1d', returnIndices: true }],
      { inputShape: [1, 1, 1] },
      /a network has no place for indices/,
    ],
    [
      'a maximum over a constant',
      [{ operator: 'maxPool1d', windowDimensions: 2, padding: 1, paddingMode: 'zeros' }],
      { inputShape: [1, 1, 2] },
      /indices cannot tell of the constant 0/,
    ],
    ['another engine', undefined, undefined, /the engine must be one that createEngine made, got an object/],
  ])('refuses %s', (_, layers, options, message) => {
    const { usedBytes } = engine().memory();
    const on = layers === undefined ? ({} as Engine) : engine();
    expect(() => Network.create(on, layers as Layer[], options as never)).toThrow(message);
    expect(engine().memory().usedBytes).toBe(usedBytes);
  });

  it('of an engine that is gone says so, and its file goes on elsewhere', async () => {
    const own = await createEngine();
    const { network, file } = await learnXor(own, 1, 4);
    const trainer = await network.trainer({ loss: 'softmaxCrossEntropy', optimizer: 'sgd' });
    using input = own.tensor(CORNERS, [4, 2, 1]);
    const reading = network.save();
    own.dispose();
    const attempts = [reading, network.save(), network.predict(input), trainer.step(input, PARITY), trainer.loss()];
    for (const { reason } of (await Promise.allSettled(attempts)) as PromiseRejectedResult[]) {
      expect(reason).toMatchObject({ name: 'DeviceLostError', code: 'engine-disposed' });
    }
    expect(() => network.load(file)).toThrow('load: the engine was disposed');
    trainer.dispose();
    network.dispose();
    using copy = Network.create(engine(), XOR, { inputShape: [4, 2, 1] });
    copy.load(file);
    expect(await copy.save()).toEqual(file);
  });
});
