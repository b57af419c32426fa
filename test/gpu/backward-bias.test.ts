// Gradients of biases on the GPU against the reference, within derived bounds.
import { describe, expect, it } from 'vitest';
import type { ConvBackwardBiasOptions, FloatDType, InputLayout, Tensor } from 'webgpu-conv';
import { compare, expectedConvBackwardBias, type ReferenceConvBackwardBiasOptions } from 'webgpu-conv/reference';
import { randomValues } from '../support/random.js';
import { useEngine } from './support/engine.js';

const engine = useEngine();

interface Case {
  readonly shape: readonly number[];
  readonly inputLayout: InputLayout;
  readonly dtype?: FloatDType;
}

/** Computes a gradient by the engine and by the reference. Tensors are made of what stands for them. */
async function differ(
  { shape, inputLayout, dtype = 'float32' }: Case,
  more: Omit<ReferenceConvBackwardBiasOptions, 'inputLayout' | 'dtype'> = {},
) {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const gradient = { data: randomValues(size, size), shape };
  const held: Tensor[] = [];
  const upload = ({ data, shape: own }: { data: ArrayLike<number>; shape: readonly number[] }) => {
    const tensor = engine().tensor(Float32Array.from(data), own, { dtype });
    held.push(tensor);
    return tensor;
  };
  const { output, preActivation, accumulate, slope, activation } = more;
  const options: ConvBackwardBiasOptions = {
    inputLayout,
    ...(activation && { activation }),
    ...(slope && { slope: Float32Array.from(slope) }),
    ...(output && { output: upload(output) }),
    ...(preActivation && { preActivation: upload(preActivation) }),
    ...(accumulate && { accumulate: upload(accumulate) }),
  };
  const result = await engine().convBackwardBias(upload(gradient), options);
  held.push(result);
  const actual = await result.read();
  for (const tensor of held) tensor.dispose();
  expect(result.dtype).toBe(dtype);
  return compare(actual, expectedConvBackwardBias(gradient, { ...more, inputLayout, dtype }));
}

const CASES: readonly (readonly [string, Case])[] = [
  ['a sequence', { shape: [2, 3, 7], inputLayout: 'ncw' }],
  ['channels last', { shape: [2, 5, 3], inputLayout: 'nwc' }],
  ['an image with odd rows', { shape: [2, 5, 13, 17], inputLayout: 'nchw' }],
  ['more channels than a workgroup, channels last', { shape: [3, 9, 9, 130], inputLayout: 'nhwc' }],
  ['one value', { shape: [1, 1, 1, 1], inputLayout: 'nchw' }],
  ['images of one position', { shape: [70, 9, 1, 1], inputLayout: 'nchw' }],
  ['a volume', { shape: [1, 2, 3, 5, 7], inputLayout: 'ncdhw' }],
  ['a volume, channels last', { shape: [2, 3, 5, 7, 3], inputLayout: 'ndhwc' }],
  ['parts that are summed in parts', { shape: [1, 1, 130, 190], inputLayout: 'nchw' }],
  ['the same, channels last', { shape: [2, 130, 90, 2], inputLayout: 'nhwc' }],
  ['halves', { shape: [2, 5, 9, 9], inputLayout: 'nchw', dtype: 'float16' }],
  ['halves, channels last', { shape: [2, 9, 9, 5], inputLayout: 'nhwc', dtype: 'float16' }],
];

describe('convBackwardBias', () => {
  it.each(CASES)('sums %s', async (_, given) => {
    expect(await differ(given)).toMatchObject({ ok: true });
  });

  it.each(CASES.slice(2, 4))('goes back through an activation: %s', async (_, given) => {
    const size = given.shape.reduce((product, extent) => product * extent, 1);
    const values = { data: randomValues(size, 9), shape: given.shape };
    const channels = given.inputLayout === 'nchw' ? given.shape[1]! : given.shape[3]!;
    const slopes = randomValues(channels, 10);
    expect(await differ(given, { activation: 'tanh', output: values })).toMatchObject({ ok: true });
    expect(await differ(given, { activation: 'silu', preActivation: values })).toMatchObject({ ok: true });
    expect(await differ(given, { activation: 'prelu', slope: [0.3], preActivation: values })).toMatchObject({
      ok: true,
    });
    expect(await differ(given, { activation: 'prelu', slope: slopes, preActivation: values })).toMatchObject({
      ok: true,
    });
  });

  it.each(['float32', 'float16'] as const)('adds to a gradient of %s', async (dtype) => {
    const accumulate = { data: randomValues(5, 11), shape: [5] };
    expect(await differ({ shape: [2, 5, 9, 9], inputLayout: 'nchw', dtype }, { accumulate })).toMatchObject({
      ok: true,
    });
  });

  it('gives the same bits every time, prepared or not', async () => {
    const shape = [2, 3, 70, 70];
    using gradient = engine().tensor(randomValues(2 * 3 * 4900, 12), shape);
    using accumulate = engine().tensor(randomValues(3, 13), [3]);
    const prepared = await engine().prepareConvBackwardBias({
      gradientShape: shape,
      activation: 'relu',
      derivativeFrom: 'output',
      accumulate: true,
    });
    const options = { activation: 'relu', output: gradient, accumulate } as const;
    using once = await engine().convBackwardBias(gradient, options);
    const expected = await once.read();
    for (let time = 0; time < 2; time++) {
      using again = prepared.run(gradient, { output: gradient, accumulate });
      expect(await again.read()).toEqual(expected);
    }
    expect(prepared.biasShape).toEqual([3]);
    prepared.dispose();
    expect(() => prepared.run(gradient, { output: gradient, accumulate })).toThrow('was disposed');
  });

  it('refuses what does not fit, and keeps nothing', async () => {
    using gradient = engine().tensor(randomValues(24, 14), [1, 4, 6]);
    using other = engine().tensor(randomValues(4, 14), [1, 4]);
    using nhwc = engine().tensor(randomValues(24, 14), [1, 2, 3, 4], { layout: 'nhwc' });
    const before = engine().memory();
    const call = (options: object, dy: Tensor = gradient) => engine().convBackwardBias(dy, options);
    await expect(call({}, other)).rejects.toThrow('must have 3');
    await expect(call({ accumulate: other })).rejects.toThrow('accumulate is a tensor [1, 4]');
    await expect(call({ activation: 'relu' })).rejects.toThrow('is computed from a tensor');
    await expect(call({ activation: 'relu', output: other })).rejects.toThrow('output is a tensor [1, 4]');
    await expect(call({ scale: [1] })).rejects.toMatchObject({ code: 'unknown-option' });
    await expect(call({ strides: 2 })).rejects.toMatchObject({ code: 'unknown-option' });
    await expect(call({ inputLayout: 'nchw' }, nhwc)).rejects.toThrow("layout 'nhwc'");
    const prepare = (options: object) =>
      engine().prepareConvBackwardBias(options as Parameters<ReturnType<typeof engine>['prepareConvBackwardBias']>[0]);
    await expect(prepare({ gradientShape: [2, 3] })).rejects.toThrow('gradientShape');
    await expect(prepare({})).rejects.toThrow('gradientShape');
    await expect(prepare({ gradientShape: [1, 4, 6], accumulate: gradient })).rejects.toThrow('must be true or false');
    await expect(prepare({ gradientShape: [1, 4, 6], activation: 'relu' })).rejects.toThrow('derivativeFrom');
    expect(engine().memory()).toEqual(before);
  });

  it('holds no memory afterwards', async () => {
    using gradient = engine().tensor(randomValues(600, 15), [1, 2, 300]);
    const options = { activation: 'prelu', slope: [1, 2], preActivation: gradient } as const;
    const run = async () => (await engine().convBackwardBias(gradient, options)).dispose();
    await run();
    await engine().finish();
    const before = engine().memory();
    await run();
    await engine().finish();
    expect(engine().memory()).toEqual(before);
  });
});
