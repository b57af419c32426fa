// Gradients of activations on the GPU against the reference, within derived bounds.
import { describe, expect, it } from 'vitest';
import type { ActivateBackwardOptions, Activation, FloatDType, Tensor } from 'webgpu-conv';
import { activate, compare, expectedActivateBackward } from 'webgpu-conv/reference';
import { ACTIVATION_NAMES, outputTellsDerivative, parseActivation } from '../../src/problem/index.js';
import { randomValues } from '../support/random.js';
import { useEngine } from './support/engine.js';

const engine = useEngine();

/** From −10 to 10, with every kink, its neighbours, and values whose exponentials over- or underflow. */
const PLACES = [
  -1e30, -200, -100, -88, -20, -14, -3, -2.5, -1, -1e-3, -1e-20, 0, 1e-20, 1e-3, 0.2, 1, 2.5, 3, 6, 14, 20,
];
const Z = Float32Array.from([...PLACES, 88, 100, 200, 1e30, ...randomValues(200, 1).map((value) => 10 * value)]);

const OTHERS: readonly Activation[] = [
  { name: 'leakyRelu', alpha: 0.3 },
  { name: 'leakyRelu', alpha: -0.3 },
  { name: 'elu', alpha: 0.7 },
  { name: 'hardSigmoid', alpha: -0.25, beta: 0.75 },
  { name: 'clamp', min: -1, max: 2.5 },
  { name: 'clamp', min: 0 },
];

/** Computes a gradient by the engine and by the reference. */
async function differ(
  activation: Activation,
  from: 'input' | 'output',
  { dtype = 'float32', slope }: { dtype?: FloatDType; slope?: number[] } = {},
) {
  const shape = [1, 3, 3, 25];
  const given = slope === undefined ? {} : { slope };
  const z = dtype === 'float32' ? Z : Z.map((value) => Math.max(-1e4, Math.min(value, 1e4))); // halves are finite up to 65,504
  const input = { data: z, shape };
  const values = from === 'input' ? z : Float32Array.from(activate(activation, input, { ...given, dtype }).data);
  const gradient = { data: randomValues(Z.length, 2), shape };
  const tensors = [gradient.data, values].map((data) => engine().tensor(data, shape, { dtype }));
  const options = { ...given, [from]: tensors[1] } as ActivateBackwardOptions;
  const result = await engine().activateBackward(tensors[0]!, activation, options);
  const operand = { [from]: { data: values, shape } };
  const expected = expectedActivateBackward(gradient, activation, { ...given, ...operand, dtype });
  const actual = await result.read();
  for (const tensor of [...tensors, result]) tensor.dispose();
  expect(result.dtype).toBe(dtype);
  expect(result.shape).toEqual(shape);
  return compare(actual, expected);
}

describe('activateBackward', () => {
  const all = [...ACTIVATION_NAMES.filter((name) => name !== 'prelu'), ...OTHERS];
  // in Node, where the software driver compiles for seconds what the browser's compiles in tenths, every third: the browser has them all
  const activations = all.filter((_, index) => typeof window !== 'undefined' || index % 3 === 0);

  it.each(activations)('of %o is right from what it was given', async (activation) => {
    expect(await differ(activation, 'input')).toMatchObject({ ok: true });
  });

  it.each(activations.filter((activation) => outputTellsDerivative(parseActivation('test', activation))))(
    'of %o is right from what it gave',
    async (activation) => {
      expect(await differ(activation, 'output')).toMatchObject({ ok: true });
    },
  );

  it.each(['relu', 'tanh', 'gelu', 'softplus'] as const)('of %s is right in half precision', async (activation) => {
    expect(await differ(activation, 'input', { dtype: 'float16' })).toMatchObject({ ok: true });
  });

  it('takes one slope for all channels, or one for each', async () => {
    expect(await differ('prelu', 'input', { slope: [0.3] })).toMatchObject({ ok: true });
    expect(await differ('prelu', 'input', { slope: [0.3, -0.2, 0] })).toMatchObject({ ok: true });
  });

  it('finds the channels where they lie innermost, and in halves of an odd number of values', async () => {
    const shape = [1, 3, 3, 3];
    const z = randomValues(27, 3);
    const dy = randomValues(27, 4);
    const slope = engine().tensor([0.5, -1, 2], [3]);
    for (const dtype of ['float32', 'float16'] as const) {
      const options = { dtype, layout: 'nhwc' } as const;
      using gradient = engine().tensor(dy, shape, options);
      using input = engine().tensor(z, shape, options);
      using result = await engine().activateBackward(gradient, 'prelu', { input, slope });
      const operands = { input: { data: z, shape }, slope: [0.5, -1, 2], inputLayout: 'nhwc', dtype } as const;
      const expected = expectedActivateBackward({ data: dy, shape }, 'prelu', operands);
      expect(result.layout).toBe('nhwc');
      expect(compare(await result.read(), expected)).toMatchObject({ ok: true });
    }
    slope.dispose();
  });

  it('takes a tensor of one value', async () => {
    using gradient = engine().tensor([3], [1]);
    using input = engine().tensor([2], [1]);
    using result = await engine().activateBackward(gradient, 'relu', { input });
    expect([...(await result.read())]).toEqual([3]);
  });

  it('refuses what does not tell the derivative, and keeps nothing', async () => {
    using gradient = engine().tensor(randomValues(6, 5), [1, 2, 3]);
    using small = engine().tensor(randomValues(3, 5), [1, 1, 3]);
    using half = engine().tensor(randomValues(6, 5), [1, 2, 3], { dtype: 'float16' });
    const before = engine().memory();
    const call = (activation: Activation, options: object, dy: Tensor = gradient) =>
      engine().activateBackward(dy, activation, options as ActivateBackwardOptions);
    await expect(call('relu', {})).rejects.toThrow(/none is given. Give input, .*, or output/);
    await expect(call('relu', { input: gradient, output: gradient })).rejects.toThrow('both are given');
    await expect(call('gelu', { output: gradient })).rejects.toThrow("'gelu' does not follow from its output");
    await expect(call('prelu', { input: gradient })).rejects.toThrow('needs a slope');
    await expect(call('relu', { input: small })).rejects.toThrow('input is a tensor [1, 1, 3]');
    await expect(call('relu', { input: half })).rejects.toThrow('of float16, but the gradient is [1, 2, 3] of float32');
    await expect(call('relu', { inputs: gradient })).rejects.toMatchObject({ code: 'unknown-option' });
    await expect(call('relu', { input: 3 })).rejects.toThrow('input must be a tensor');
    expect(engine().memory()).toEqual(before);
  });

  it('holds no memory afterwards', async () => {
    using gradient = engine().tensor(randomValues(600, 6), [1, 2, 300]);
    const run = async () =>
      (await engine().activateBackward(gradient, 'prelu', { input: gradient, slope: [1, 2] })).dispose();
    await run();
    await engine().finish();
    const before = engine().memory();
    await run();
    await engine().finish();
    expect(engine().memory()).toEqual(before);
  });
});
