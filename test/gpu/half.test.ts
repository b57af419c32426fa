// Half-precision storage: packed in pairs on every device, native where it has shader-f16. What is stored is rounded to nearest,
// ties to even, whatever the device; sums are f32.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conv2dProblem, createEngine, type Engine } from 'webgpu-conv';
import { compare, expectedConv1d, expectedConv2d } from 'webgpu-conv/reference';
import { ALGORITHMS } from '../../src/algorithms/table.js';
import { halfValue, roundToHalf } from '../../src/problem/index.js';
import { randomValues } from '../support/random.js';
import { isAvailable } from './support/available.js';
import { boundedBy } from './support/bounds.js';

const devices: GPUDevice[] = [];
const engines: [string, Engine][] = [];

beforeAll(async () => {
  const adapter = (await navigator.gpu.requestAdapter())!;
  const subgroups: GPUFeatureName[] = adapter.features.has('subgroups') ? ['subgroups'] : []; // some variants need them
  const plain = await adapter.requestDevice({ requiredFeatures: subgroups });
  devices.push(plain);
  engines.push(['packed', await createEngine({ device: plain })]);
  if (!adapter.features.has('shader-f16')) return;
  const again = (await navigator.gpu.requestAdapter())!; // an adapter gives one device
  const native = await again.requestDevice({ requiredFeatures: ['shader-f16', ...subgroups] });
  devices.push(native);
  engines.push(['native', await createEngine({ device: native })]);
});
afterAll(() => {
  for (const [, engine] of engines) engine.dispose();
  for (const device of devices) device.destroy();
});

/** Runs a test body on every engine: packed halves everywhere, native ones where there are any. */
async function onEach(body: (engine: Engine) => Promise<void>): Promise<void> {
  expect(engines.length).toBeGreaterThanOrEqual(1);
  for (const [, engine] of engines) await body(engine);
}

/** As onEach, of many kernels: in Node, where they compile for seconds, on the last alone, which is native. The browser has the packed ones. */
async function onOne(body: (engine: Engine) => Promise<void>): Promise<void> {
  if (typeof window !== 'undefined') return onEach(body);
  await body(engines.at(-1)![1]);
}

const half = { dtype: 'float16' } as const;
const values = (count: number, seed: number) => randomValues(count, seed).map(roundToHalf);

describe('tensors of halves', () => {
  it('take half the bytes, and hold values rounded to nearest, ties to even', () =>
    onEach(async (engine) => {
      const given = [1, 2049, 2051, 65504, 65519, 65520, -1e6, 2 ** -24, 2 ** -25, 1 / 3, -0, 2 ** -14, 1e-6];
      using tensor = engine.tensor(given, [13], half);
      expect([tensor.dtype, tensor.byteLength]).toEqual(['float16', 26]);
      expect([...(await tensor.read())]).toEqual(given.map(roundToHalf));
    }));

  it('hold all 65,536 numbers', () =>
    onEach(async (engine) => {
      const all = Float32Array.from({ length: 65536 }, (_, bits) => halfValue(bits)).filter(
        (value) => !Number.isNaN(value),
      );
      using tensor = engine.tensor(all, [all.length], half);
      expect(await tensor.read()).toEqual(all);
    }));

  it('are rounded by kernels as by the CPU: every finite half comes back, and sums in between round to even', () =>
    onEach(async (engine) => {
      const all = Float32Array.from({ length: 0x7c00 }, (_, bits) => halfValue(bits));
      const doubled = all.map((value) => value / 2);
      using x = engine.tensor(all, [1, 1, all.length], half);
      using one = engine.tensor([1], [1, 1, 1]);
      using same = await engine.conv1d(x, one);
      expect(await same.read()).toEqual(all);
      using middle = engine.tensor([0.5], [1, 1, 1]);
      using halved = await engine.conv1d(x, middle);
      expect(await halved.read()).toEqual(doubled.map(roundToHalf));
    }));
});

describe('convolutions of halves', () => {
  const x = { data: values(2 * 6 * 9 * 11, 1), shape: [2, 6, 9, 11] };
  const w = { data: values(8 * 3 * 3 * 3, 2), shape: [8, 3, 3, 3] };
  const bias = randomValues(8, 3);

  /** Problems of which every algorithm supports one: grouped, depthwise, 1×1, a large filter. */
  const problems = [
    { shape: [8, 3, 3, 3], groups: 2, padding: 1 },
    { shape: [8, 6, 3, 3], groups: 1, padding: 1 },
    { shape: [6, 1, 3, 3], groups: 6, padding: 1 },
    { shape: [9, 6, 1, 1], groups: 1, padding: 0 },
    { shape: [5, 6, 7, 7], groups: 1, padding: 3 },
  ];

  const ways = ALGORITHMS.filter(({ name }) => !['separable', 'col2im-gemm'].includes(name)) // which refuse halves
    .flatMap((algorithm) => algorithm.variants.map((variant) => ({ algorithm, variant })))
    .filter(({ algorithm, variant }) => isAvailable(algorithm, variant));
  it.each(ways)('$algorithm.name $variant: residual, bias and activation', ({ algorithm, variant }) =>
    onOne(async (engine) => {
      let able = 0;
      for (const { shape, groups, padding } of problems) {
        const described = conv2dProblem({ inputShape: x.shape, filterShape: shape, groups, padding, ...half });
        if (algorithm.unsupported(described, variant) !== undefined) continue;
        able++;
        const filters = shape[0]!;
        const weights = {
          data: values(
            shape.reduce((a, b) => a * b),
            2,
          ),
          shape,
        };
        const r = { data: values(2 * filters * 9 * 11, 4), shape: [2, filters, 9, 11] };
        const options = { groups, padding, bias: randomValues(filters, 3), activation: 'silu' } as const;
        const expected = expectedConv2d(x, weights, { ...options, ...half, residual: r });
        using input = engine.tensor(x.data, x.shape, half);
        using filter = engine.tensor(weights.data, shape, half);
        using residual = engine.tensor(r.data, r.shape, half);
        using y = await engine.conv2d(input, filter, { ...options, residual, algorithm: algorithm.name, variant });
        expect(y.dtype).toBe('float16');
        const operands = { input: x.data, filter: weights.data, bias: options.bias, residual: r.data };
        const shapes = { inputShape: x.shape, filterShape: shape, biasShape: [filters], residualShape: r.shape };
        const problem = conv2dProblem({ ...shapes, groups, padding, activation: 'silu', ...half });
        const bounded = boundedBy(algorithm.name, variant, problem, expected, operands);
        expect(compare(await y.read(), bounded)).toMatchObject({ ok: true });
      }
      expect(able).toBeGreaterThanOrEqual(1);
    }),
  );

  it('take f32 filters and halves as bias, scale and slope', () =>
    onEach(async (engine) => {
      const [scale, slope] = [values(8, 5), values(8, 6)];
      const options = { groups: 2, activation: 'prelu' } as const;
      const rounded = { bias: bias.map(roundToHalf), scale, slope };
      const expected = expectedConv2d(x, w, { ...options, ...rounded, ...half, filterDtype: 'float32' });
      using input = engine.tensor(x.data, x.shape, half);
      using filter = engine.tensor(w.data, w.shape);
      const [b, s, a] = [bias, scale, slope].map((term) => engine.tensor(term, [8], half));
      using y = await engine.conv2d(input, filter, { ...options, bias: b!, scale: s!, slope: a! });
      expect(compare(await y.read(), expected)).toMatchObject({ ok: true });
    }));

  it('sum 4,608 products without losing them, and beyond 2,048 positions', () =>
    onEach(async (engine) => {
      const long = { data: values(512 * 3000, 7), shape: [1, 512, 3000] };
      const taps = { data: values(2 * 512 * 9, 8), shape: [2, 512, 9] };
      using input = engine.tensor(long.data, long.shape, half);
      using filter = engine.tensor(taps.data, taps.shape, half);
      using y = await engine.conv1d(input, filter);
      expect(y.shape).toEqual([1, 2, 2992]);
      expect(compare(await y.read(), expectedConv1d(long, taps, half))).toMatchObject({ ok: true });
    }));

  it('overflow to infinity beyond 65,504, where IEEE does, but not on the way', () =>
    onEach(async (engine) => {
      const data = [60000, 60000, -60000, 65504, 15, 16, -65504, -16];
      using input = engine.tensor(data, [1, 1, 8], half);
      using filter = engine.tensor([1, 1], [1, 1, 2], half);
      using sums = await engine.conv1d(input, filter, { strides: 2 });
      expect([...(await sums.read())]).toEqual([
        Number.POSITIVE_INFINITY,
        roundToHalf(5504),
        31,
        Number.NEGATIVE_INFINITY,
      ]);
      using three = engine.tensor([1, 1, 1], [1, 1, 3], half);
      using back = await engine.conv1d(input, three, { padding: 0, strides: 8 });
      expect([...(await back.read())]).toEqual([60000]); // 120,000 stood in the sum
    }));

  it('pool, activate and go through a sequence', () =>
    onEach(async (engine) => {
      using input = engine.tensor(x.data, x.shape, half);
      using filter = engine.tensor(w.data, w.shape, half);
      using sequence = await engine.sequence(
        [
          { operator: 'conv2d', filter, groups: 2 },
          { operator: 'activation', activation: 'tanh' },
          { operator: 'maxPool2d', windowDimensions: 2 },
        ],
        { inputShape: x.shape, ...half },
      );
      using convolved = await engine.conv2d(input, filter, { groups: 2 });
      using activated = await engine.activate(convolved, 'tanh');
      const { output, indices } = await engine.maxPool2d(activated, { windowDimensions: 2, returnIndices: true });
      using result = sequence.run(input);
      const [direct, through, places, plane] = await Promise.all([
        output.read(),
        result.read(),
        indices.read(),
        activated.read(),
      ]);
      expect(through).toEqual(direct);
      expect(places).toBeInstanceOf(Uint32Array);
      const picked = [...places].map((place, index) => plane[Math.floor(index / 12) * 63 + place]);
      expect(picked).toEqual([...direct]);
    }));
});

describe('refuses', () => {
  it('mixing stored types where they must be one', () =>
    onEach(async (engine) => {
      using input = engine.tensor([1, 2], [1, 1, 2], half);
      using filter = engine.tensor([1], [1, 1, 1]);
      using residual = engine.tensor([1, 2], [1, 1, 2]);
      await expect(engine.conv1d(input, filter, { residual })).rejects.toThrow(
        'conv1d: residual is stored as float32, but the output as float16, the type of the input. Give both the same dtype.',
      );
      using prepared = await engine.prepareConv1d({ inputShape: [1, 1, 2], filter });
      expect(() => prepared.run(input)).toThrow(
        'run: input is stored as float16, but float32 is expected. Upload it with that dtype.',
      );
      const { indices } = await engine.maxPool1d(input, { returnIndices: true });
      await expect(engine.conv1d(indices as never, filter)).rejects.toThrow(
        'conv1d: input is a tensor of uint32, but must be one of float32 or float16. Read it, and upload its values.',
      );
      expect(() => engine.tensor([1], [1], { dtype: 'flaot16' as never })).toThrow("Did you mean 'float16'?");
    }));
});
