// The kernels of training by themselves: losses and their gradients against float64, optimisers against float64 and PyTorch.
import { describe, expect, it } from 'vitest';
import { compare } from 'webgpu-conv/reference';
import { coreOf } from '../../src/operations/core.js';
import { LossSums } from '../../src/training/loss-sums.js';
import { type LossInput, planLoss, targetStorage } from '../../src/training/losses.js';
import { type OptimizerOptions, parseOptimizer } from '../../src/training/optimizers.js';
import { Parameters } from '../../src/training/parameters.js';
import { WeightUpdates } from '../../src/training/weight-updates.js';
import optimizers from '../conformance/optimizers.json';
import { randomValues, seededRandom } from '../support/random.js';
import { adamWeight, crossEntropy, type ExpectedLoss, sgdWeight, squaredError } from '../support/training-reference.js';
import { useEngine } from './support/engine.js';

const engine = useEngine();
const core = () => coreOf('test', engine());

/** Loss and gradient of an output, `times` in a row. */
async function lossOf(
  loss: 'softmaxCrossEntropy' | 'meanSquaredError',
  input: LossInput,
  values: Float32Array,
  targets: unknown,
  times = 1,
) {
  const { gpu } = core();
  const plan = await planLoss(gpu, loss, input);
  const sums = new LossSums(gpu, plan);
  const output = engine().tensor(values, input.shape, { layout: input.layout });
  const given = loss === 'meanSquaredError' ? engine().tensor(targets as Float32Array, input.shape) : targets;
  const storage = targetStorage(gpu, 'test', loss, given, input);
  let gradient = sums.record(output, storage);
  for (let time = 1; time < times; time++) {
    gradient.dispose();
    gradient = sums.record(output, storage);
  }
  const [means, slopes] = await Promise.all([sums.read('test'), gradient.read()]);
  storage.release();
  sums.dispose();
  return { ...means, gradient: slopes };
}

function expectLoss(actual: { loss: number; gradient: Float32Array }, expected: ExpectedLoss): void {
  expect(compare(actual.gradient, expected.gradient)).toMatchObject({ ok: true });
  expect(Math.abs(actual.loss - expected.loss)).toBeLessThanOrEqual(expected.bound);
}

function classesOf(count: number, classes: number, seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => Math.floor(classes * random()));
}

describe('softmax cross-entropy', () => {
  it('has the loss and gradient that two classes work out to', async () => {
    const input = { shape: [1, 2, 1, 1], layout: 'nchw' } as const;
    const { loss, right, gradient } = await lossOf(
      'softmaxCrossEntropy',
      input,
      new Float32Array([0, Math.log(3)]),
      [0],
    );
    expect(loss).toBeCloseTo(Math.log(4), 6);
    expect(right).toBe(0);
    expect([...gradient].map((value) => Math.round(1e6 * value) / 1e6)).toEqual([-0.75, 0.75]);
  });

  it.each([
    [64, 10, 3],
    [1, 1, 1],
    [7, 1000, 30],
    [1500, 3, 8],
  ])('of %i rows of %i classes up to %f is within its bound', async (rows, classes, size) => {
    const values = randomValues(rows * classes, rows).map((value) => size * value);
    const targets = classesOf(rows, classes, classes);
    const input = { shape: [rows, classes, 1], layout: 'ncw' } as const;
    const actual = await lossOf('softmaxCrossEntropy', input, values, targets);
    expectLoss(actual, crossEntropy(values, targets, classes));
    const right = targets.filter((target, row) => {
      const own = values.subarray(row * classes, (row + 1) * classes);
      return own.indexOf(Math.max(...own)) === target;
    });
    expect(actual.right).toBeCloseTo(right.length / rows, 12);
  });

  it('does not overflow', async () => {
    const values = new Float32Array([1e38, -1e38, 0, 200, 0, -1e4]);
    const input = { shape: [2, 3, 1], layout: 'ncw' } as const;
    const { loss, gradient } = await lossOf('softmaxCrossEntropy', input, values, Uint8Array.of(0, 1));
    expect([...gradient]).toEqual([0, 0, 0, 0.5, -0.5, 0]);
    expect(loss).toBe(100);
  });

  it.each([
    [[2, 5, 3, 4], 'nchw'],
    [[2, 3, 4, 5], 'nhwc'],
    [[1, 5, 2, 3, 2], 'ncdhw'],
    [[3, 7, 5], 'nwc'],
  ] as const)('of every position of an output %o in %s', async (shape, layout) => {
    const count = shape.reduce((product: number, size) => product * size, 1);
    const classes = 5;
    const values = randomValues(count, 4).map((value) => 4 * value);
    const targets = classesOf(count / classes, classes, 6);
    // rows of logits, in the order of images and positions
    const positions = count / shape[0] / classes;
    const place = (row: number, k: number) =>
      layout.endsWith('c')
        ? row * classes + k
        : (Math.floor(row / positions) * classes + k) * positions + (row % positions);
    const rows = Float32Array.from(
      { length: count },
      (_, at) => values[place(Math.floor(at / classes), at % classes)]!,
    );
    const { loss, gradient } = await lossOf('softmaxCrossEntropy', { shape, layout }, values, targets);
    const slopes = gradient.map((_, at) => gradient[place(Math.floor(at / classes), at % classes)]!);
    expectLoss({ loss, gradient: slopes }, crossEntropy(rows, targets, classes));
  });

  it.each<[string, unknown, RegExp]>([
    ['a tensor', {}, /targets must be numbers of classes, in an array or a Uint8Array.*, got an object/],
    ['floats', new Float32Array(2), /got a Float32Array of 2 elements/],
    ['too few', [1], /got 1 targets, but the output \[2, 3, 1\] \(ncw\) needs 2, one for each image/],
    ['a class that does not exist', [0, 3], /target 1 is 3, but must be the number of a class, 0 to 2/],
    ['a broken class', [0.5, 0], /target 0 is 0.5/],
    ['a hole', [undefined, 1], /target 0 is undefined/],
  ])('refuses as targets %s', (_, targets, message) => {
    const { usedBytes } = engine().memory();
    expect(() =>
      targetStorage(core().gpu, 'step', 'softmaxCrossEntropy', targets, { shape: [2, 3, 1], layout: 'ncw' }),
    ).toThrow(message);
    expect(engine().memory().usedBytes).toBe(usedBytes);
  });
});

describe('mean squared error', () => {
  it.each([1, 1000, 5001])('of %i values is within its bound', async (count) => {
    const [values, targets] = [randomValues(count, 1), randomValues(count, 2)];
    const actual = await lossOf('meanSquaredError', { shape: [1, 1, count], layout: 'ncw' }, values, targets);
    expectLoss(actual, squaredError(values, targets));
  });
});

describe('the sums of a loss', () => {
  it('go on from step to step, and begin anew when they were read', async () => {
    const { gpu } = core();
    const input = { shape: [2, 1, 1], layout: 'ncw' } as const;
    const sums = new LossSums(gpu, await planLoss(gpu, 'meanSquaredError', input));
    await expect(sums.read('loss')).rejects.toThrow('loss: no step was taken since the loss was last read.');
    const zeros = engine().tensor([0, 0], [2, 1, 1]);
    const storage = targetStorage(gpu, 'test', 'meanSquaredError', zeros, input);
    const add = (value: number) =>
      sums.record(engine().tensor([value, value], [2, 1, 1], { layout: 'ncw' }), storage).dispose();
    add(1);
    add(3);
    const first = sums.read('loss');
    add(2);
    expect(await first).toEqual({ loss: 5, right: 0 });
    expect(await sums.read('loss')).toEqual({ loss: 4, right: 0 });
    sums.dispose();
    storage.release();
  });
});

/** Weights after steps with the gradients given, of an optimiser. */
async function learn(options: OptimizerOptions, first: readonly number[], gradients: readonly (readonly number[])[]) {
  const { gpu } = core();
  const shape = [first.length];
  const parameters = new Parameters(
    gpu,
    [{ name: 'w', shape, layout: undefined, initial: undefined }],
    [Float32Array.from(first)],
  );
  const optimizer = parseOptimizer('test', options);
  const updates = new WeightUpdates(gpu, parameters, optimizer, await gpu.pipelines.get(optimizer.kernel));
  for (const gradient of gradients) {
    updates.begin(optimizer.learningRate);
    updates.record(0, [engine().tensor(gradient, shape)]);
    updates.end();
  }
  const values = await parameters.tensors[0]!.read();
  updates.dispose();
  parameters.dispose();
  return values;
}

const DEFAULTS = {
  sgd: { learningRate: 0.01, momentum: 0, weightDecay: 0 },
  adam: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
};

describe('optimisers', () => {
  it.each(optimizers.cases.map((one) => [one.name, one] as const))(
    '%s, as PyTorch computes it',
    async (_, { options, expected }) => {
      const { weights, gradients } = optimizers;
      const values = await learn(options as OptimizerOptions, weights, gradients);
      const bound = weights.map((first, index) => {
        const own = gradients.map((gradient) => gradient[index]!);
        const { error, weight } =
          options.name === 'sgd'
            ? sgdWeight(first, own, { ...DEFAULTS.sgd, ...options })
            : adamWeight(first, own, { ...DEFAULTS.adam, ...options });
        expect(weight).toBeCloseTo(expected[index]!, 13); // the reference in float64 is PyTorch's
        return error;
      });
      const result = { data: Float64Array.from(expected), bound: Float64Array.from(bound), shape: [weights.length] };
      expect(compare(values, result)).toMatchObject({ ok: true });
    },
  );

  it('updates any number of weights, and nothing else', async () => {
    const count = 1000;
    const [first, gradient] = [randomValues(count, 1), randomValues(count, 2)];
    const { usedBytes } = engine().memory();
    const values = await learn({ name: 'sgd', learningRate: 0.5 }, [...first], [[...gradient]]);
    const expected = [...first].map((weight, index) =>
      sgdWeight(weight, [gradient[index]!], { ...DEFAULTS.sgd, learningRate: 0.5 }),
    );
    const data = Float64Array.from(expected, ({ weight }) => weight);
    const bound = Float64Array.from(expected, ({ error }) => error);
    expect(compare(values, { data, bound, shape: [count] })).toMatchObject({ ok: true });
    await engine().finish();
    expect(engine().memory().usedBytes).toBe(usedBytes);
  });
});
