// The gradient of a convolution's filter against the reference: every algorithm and variant of its table, every option, and what goes wrong.
import { describe, expect, it } from 'vitest';
import {
  type ConvBackwardFilterOptions,
  type ConvProblem,
  createEngine,
  type Engine,
  type FilterLayout,
  type GradientOptions,
  type InputLayout,
} from 'webgpu-conv';
import { compare, type ExpectedResult, expectedConvBackwardFilter, type ReferenceTensor } from 'webgpu-conv/reference';
import { FILTER_GRADIENT_ALGORITHMS } from '../../src/algorithms/filter-gradient/table.js';
import { lackOf } from '../../src/planner/support.js';
import {
  convOutputShape,
  convProblem,
  elementCount,
  FILTER_LAYOUTS,
  filterGradientProblem,
  INPUT_LAYOUTS,
  type Rank,
  shapeInLayout,
} from '../../src/problem/index.js';
import { randomValues } from '../support/random.js';
import { type ForwardProblem, PADDED_PROBLEMS, PLAIN_PROBLEMS } from './support/backward-problems.js';
import { useEngine } from './support/engine.js';

const engine = useEngine();

/** Options that engine and reference take alike; for the types' sake those of a convolution, which say that they may be a transposed one's. */
type Geometry = ForwardProblem['options'] & {
  readonly operator: 'conv';
  readonly inputLayout: InputLayout;
  readonly filterLayout: FilterLayout;
  readonly filterShape: readonly number[];
};

interface Case {
  readonly forward: ConvProblem;
  readonly input: { readonly data: Float32Array; readonly shape: readonly number[] };
  readonly gradient: { readonly data: Float32Array; readonly shape: readonly number[] };
  readonly options: Geometry;
}

/** Data of a problem; channels last where `last`, with one of the filter layouts. */
function makeCase({ operator, input, filter, options }: ForwardProblem, last: boolean, seed: number): Case {
  const rank = (input.length - 2) as Rank;
  const inputLayout = INPUT_LAYOUTS[rank][last ? 1 : 0];
  const filterLayout = FILTER_LAYOUTS[rank][last ? 2 + (seed % 4) : operator === 'conv' ? 0 : 1]!;
  const letters = ['d', 'h', 'w'].slice(3 - rank);
  const spatial = (shape: readonly number[]) => letters.map((letter, axis) => [letter, shape[axis + 2]!] as const);
  const [o, i] = operator === 'conv' ? filter : [filter[1], filter[0]];
  const inputShape = shapeInLayout(inputLayout, { n: input[0]!, c: input[1]!, ...Object.fromEntries(spatial(input)) });
  const filterShape = shapeInLayout(filterLayout, { o: o!, i: i!, ...Object.fromEntries(spatial(filter)) });
  const geometry = { ...options, inputLayout, filterLayout };
  const forward = convProblem(operator, rank, { ...geometry, inputShape, filterShape });
  const shape = convOutputShape(forward);
  return {
    forward,
    input: { data: randomValues(elementCount(inputShape), seed), shape: inputShape },
    gradient: { data: randomValues(elementCount(shape), seed + 1), shape },
    options: { operator, ...geometry, filterShape } as Geometry,
  };
}

/** Every variant of every algorithm that supports a problem here. */
function waysOf(on: Engine, forward: ConvProblem): { algorithm: string; variant: string }[] {
  const problem = filterGradientProblem(forward);
  return FILTER_GRADIENT_ALGORITHMS.flatMap((row) =>
    row.variants
      .filter((variant) => (row.unsupported(problem, variant) ?? lackOf(row, variant, on.info)) === undefined)
      .map((variant) => ({ algorithm: row.name, variant })),
  );
}

/** What a call takes besides the geometry. */
type More = GradientOptions;

/** What is wrong with the results of some ways, a line each. */
async function faults(
  { input, gradient, options }: Case,
  ways: readonly { algorithm?: string; variant?: string }[],
  expected: ExpectedResult,
  more: More = {},
): Promise<string[]> {
  using x = engine().tensor(input.data, input.shape);
  using dy = engine().tensor(gradient.data, gradient.shape);
  const all = { ...options, ...more } as ConvBackwardFilterOptions;
  const results = await Promise.all(ways.map((way) => engine().convBackwardFilter(x, dy, { ...all, ...way })));
  const values = await Promise.all(results.map((result) => result.read()));
  for (const result of results) result.dispose();
  return values.flatMap((actual, index) => {
    const { ok, worst, errorBoundUnits } = compare(actual, expected);
    const place = `${ways[index]!.algorithm} ${ways[index]!.variant}: at [${worst.coordinates.join(', ')}]`;
    return ok
      ? []
      : [`${place}: got ${worst.actual}, expected ${worst.expected}, ${errorBoundUnits.toFixed(3)} bounds off`];
  });
}

describe('the gradient of the filter', () => {
  it.each([...PLAIN_PROBLEMS, ...PADDED_PROBLEMS].map((problem, index) => [problem.name, problem, index] as const))(
    '%s',
    async (_, problem, index) => {
      for (const last of [false, true]) {
        const given = makeCase(problem, last, 10 * index + (last ? 1 : 0));
        const expected = expectedConvBackwardFilter(given.input, given.gradient, given.options);
        expect(await faults(given, [{}, ...waysOf(engine(), given.forward)], expected)).toEqual([]);
      }
    },
  );
});

const GROUPED = PLAIN_PROBLEMS.find(({ name }) => name === '3 groups of other sizes in and out')!;
const DEPTHWISE = PLAIN_PROBLEMS.find(({ name }) => name === 'depthwise')!;
const TRANSPOSED = PLAIN_PROBLEMS.find(({ name }) => name === 'transposed, stride 2')!;
const REFLECTED = PADDED_PROBLEMS.find(({ name }) => name === 'reflect')!;

/** A sum long enough for many parts, and bands. */
const LONG: ForwardProblem = {
  name: 'many positions',
  operator: 'conv',
  input: [2, 9, 50, 70],
  filter: [17, 9, 3, 3],
  options: { padding: 'same' },
};

/** A tensor of random values between −2 and 2, and the same for the reference. */
function randomTensor(on: Engine, shape: readonly number[], seed: number, dtype: 'float32' | 'float16' = 'float32') {
  const data = randomValues(elementCount(shape), seed).map((value) => 2 * value);
  return { tensor: on.tensor(data, shape, { dtype }), reference: { data, shape } satisfies ReferenceTensor };
}

describe('sums in parts', () => {
  it('are the same bit for bit in every run', async () => {
    for (const problem of [LONG, DEPTHWISE]) {
      const { forward, input, gradient, options } = makeCase(problem, false, 3);
      using x = engine().tensor(input.data, input.shape);
      using dy = engine().tensor(gradient.data, gradient.shape);
      for (const way of waysOf(engine(), forward)) {
        const results = await Promise.all(
          [1, 2, 3].map(() => engine().convBackwardFilter(x, dy, { ...options, ...way })),
        );
        const [first, ...others] = await Promise.all(results.map((result) => result.read()));
        for (const other of others) expect(other).toEqual(first);
        for (const result of results) result.dispose();
      }
    }
  });

  it('keep to the workspace: fewer parts, bands of positions, and none at all', async () => {
    const given = makeCase(LONG, true, 4);
    const { input, gradient, options } = given;
    const expected = expectedConvBackwardFilter(input, gradient, options);
    const way = { algorithm: 'im2col-gemm', variant: 'register-16x8' };
    const shapes = { ...options, inputShape: input.shape };
    using roomy = await engine().prepareConvBackwardFilter({ ...shapes, ...way });
    expect(roomy.bands).toBe(1);
    for (const workspaceLimitBytes of [1_000_000, 100_000]) {
      using small = await engine().prepareConvBackwardFilter({ ...shapes, ...way, workspaceLimitBytes });
      expect(small.bands).toBeGreaterThan(1);
      expect(small.workspaceBytes).toBeLessThanOrEqual(workspaceLimitBytes);
      expect(await faults(given, [way], expected, { workspaceLimitBytes })).toEqual([]);
    }
    using none = await engine().prepareConvBackwardFilter({ ...shapes, workspaceLimitBytes: 1 });
    expect([none.algorithm, none.workspaceBytes]).toEqual(['direct', 0]);
    expect(await faults(given, [{}], expected, { workspaceLimitBytes: 1 })).toEqual([]);
    await expect(
      engine().prepareConvBackwardFilter({ ...shapes, ...way, workspaceLimitBytes: 20_000 }),
    ).rejects.toMatchObject({ code: 'workspace-limit' });
  });
});

describe('what a gradient takes besides', () => {
  it.each([
    ['of a convolution', GROUPED],
    ['of one that is depthwise', DEPTHWISE],
    ['of a transposed one', TRANSPOSED],
  ])('an existing gradient, that the result is added to: %s', async (_, problem) => {
    const given = makeCase(problem, true, 7);
    const existing = randomTensor(engine(), given.options.filterShape, 8);
    const expected = expectedConvBackwardFilter(given.input, given.gradient, {
      ...given.options,
      accumulate: existing.reference,
    });
    const ways = waysOf(engine(), given.forward);
    expect(await faults(given, ways, expected, { accumulate: existing.tensor })).toEqual([]);
    existing.tensor.dispose();
  });

  it.each([
    ['relu', 'output'],
    ['gelu', 'preActivation'],
    ['prelu', 'preActivation'],
  ] as const)('the activation %o, from its %s', async (activation, from) => {
    const given = makeCase(GROUPED, false, 11);
    const operand = randomTensor(engine(), given.gradient.shape, 12);
    const slope = activation === 'prelu' ? { slope: randomValues(given.forward.outputChannels, 13) } : {};
    const more = { activation, ...slope };
    const expected = expectedConvBackwardFilter(given.input, given.gradient, {
      ...given.options,
      ...more,
      [from]: operand.reference,
    });
    expect(await faults(given, [{}], expected, { ...more, [from]: operand.tensor })).toEqual([]);
    operand.tensor.dispose();
  });

  it.each([
    ['a convolution', GROUPED],
    ['one that is depthwise', DEPTHWISE],
    ['padding that is reflected', REFLECTED],
    ['a transposed one', TRANSPOSED],
  ] as const)('tensors of half precision: %s', async (_, problem) => {
    const { forward, input, gradient, options } = makeCase(problem, false, 17);
    const adapter = (await navigator.gpu.requestAdapter())!;
    const device = await adapter.requestDevice(); // without shader-f16: halves packed in pairs, as on every device
    const plain = await createEngine({ device });
    for (const on of [engine(), plain]) {
      const existing = randomTensor(on, options.filterShape, 18, 'float16');
      using x = on.tensor(input.data, input.shape, { dtype: 'float16' });
      using dy = on.tensor(gradient.data, gradient.shape, { dtype: 'float16' });
      const half = { ...options, dtype: 'float16', accumulate: existing.reference } as const;
      const expected = expectedConvBackwardFilter(input, gradient, half);
      for (const way of waysOf(on, forward)) {
        using result = await on.convBackwardFilter(x, dy, { ...options, ...way, accumulate: existing.tensor });
        expect([result.dtype, result.layout]).toEqual(['float16', options.filterLayout]);
        expect(compare(await result.read(), expected), way.algorithm).toMatchObject({ ok: true });
      }
      existing.tensor.dispose();
    }
    plain.dispose();
    device.destroy();
  });
});

describe('a prepared gradient', () => {
  it('runs as a call does bit for bit, and holds memory flat', async () => {
    const { input, gradient, options } = makeCase(LONG, false, 23);
    const fresh = await createEngine();
    const x = fresh.tensor(input.data, input.shape);
    const z = randomTensor(fresh, gradient.shape, 24);
    const existing = randomTensor(fresh, options.filterShape, 25);
    const activated = { ...options, activation: 'prelu', slope: [0.3] } as const;
    const prepared = await fresh.prepareConvBackwardFilter({
      ...activated,
      inputShape: input.shape,
      derivativeFrom: 'preActivation',
      accumulate: true,
    });
    expect([prepared.gradientShape, prepared.filterShape]).toEqual([gradient.shape, options.filterShape]);
    const used: number[] = [];
    for (const seed of [1, 2, 3]) {
      const { tensor: dy, reference } = randomTensor(fresh, gradient.shape, seed);
      const operands = { preActivation: z.tensor, accumulate: existing.tensor };
      const ran = prepared.run(x, dy, operands);
      const called = await fresh.convBackwardFilter(x, dy, { ...activated, ...operands });
      const references = { preActivation: z.reference, accumulate: existing.reference };
      const values = await ran.read();
      const expected = expectedConvBackwardFilter(input, reference, { ...activated, ...references });
      expect(compare(values, expected)).toMatchObject({ ok: true });
      expect(values).toEqual(await called.read());
      for (const tensor of [ran, called, dy]) tensor.dispose();
      used.push(fresh.memory().usedBytes);
    }
    expect(used[1]).toBe(used[0]);
    expect(used[2]).toBe(used[0]);
    for (const disposable of [prepared, prepared]) disposable.dispose();
    fresh.dispose();
  });

  it('refuses what it was not prepared for, and what is missing', async () => {
    const { input, gradient, options } = makeCase(GROUPED, false, 29);
    using x = engine().tensor(input.data, input.shape);
    using dy = engine().tensor(gradient.data, gradient.shape);
    const shapes = { ...options, inputShape: input.shape };
    using plain = await engine().prepareConvBackwardFilter(shapes);
    expect(() => plain.run(x, x)).toThrow(/^run: gradient has shape \[2, 9, 8, 21\], but \[2, 6, 8, 21\] was prepared/);
    expect(() => plain.run(dy, dy)).toThrow(/^run: input has shape \[2, 6, 8, 21\], but \[2, 9, 8, 21\] was prepared/);
    expect(() => plain.run(x, dy, { accumulate: x })).toThrow(/prepared without. Prepare it with accumulate: true/);
    using full = await engine().prepareConvBackwardFilter({ ...shapes, accumulate: true });
    expect(() => full.run(x, dy)).toThrow(/needs an existing gradient of shape \[6, 3, 3, 5\]/);
    full.dispose();
    expect(() => full.run(x, dy)).toThrow(/disposed/);
  });
});

describe('a call', () => {
  it('keeps what it was given', async () => {
    const { input, gradient, options } = makeCase(GROUPED, false, 31);
    const fresh = await createEngine();
    const x = fresh.tensor(input.data, input.shape);
    const dy = fresh.tensor(gradient.data, gradient.shape);
    const pending = fresh.convBackwardFilter(x, dy, options);
    for (const tensor of [x, dy]) tensor.dispose();
    using result = await pending;
    const expected = expectedConvBackwardFilter(input, gradient, options);
    expect(compare(await result.read(), expected)).toMatchObject({ ok: true });
    fresh.dispose();
  });

  it('refuses before anything is allocated, and leaves nothing behind', async () => {
    const { input, gradient, options } = makeCase(GROUPED, false, 37);
    using x = engine().tensor(input.data, input.shape);
    using dy = engine().tensor(gradient.data, gradient.shape);
    using half = engine().tensor(input.data, input.shape, { dtype: 'float16' });
    const before = engine().memory();
    const refusals: [Record<string, unknown>, RegExp][] = [
      [{ scale: [1] }, /^convBackwardFilter: scale of the forward epilogue has no gradient here/],
      [{ filterShape: undefined }, /filter shape \(oihw\) must be an array of sizes, got undefined/],
      [{ inputShape: input.shape }, /unknown option 'inputShape'/],
      [{ filterShape: [6, 3, 3, 4], padding: 0 }, /gradient has shape \[2, 6, 8, 21\], but the forward output has/],
      [{ accumulate: dy }, /accumulate is a tensor \[2, 6, 8, 21\] of float32, but the result is \[6, 3, 3, 5\]/],
      [{ algorithm: 'winograd' }, /algorithm is 'winograd', but must be one of 'depthwise', 'direct'/],
      [{ algorithm: 'depthwise' }, /does not support the gradient of the filter .* filters have 3 channels/],
      [{ workspaceLimitBytes: 1, algorithm: 'im2col-gemm' }, /the workspace may hold 1/],
    ];
    for (const [more, message] of refusals) {
      await expect(engine().convBackwardFilter(x, dy, { ...options, ...more } as never)).rejects.toThrow(message);
    }
    await expect(engine().convBackwardFilter(half, dy, options)).rejects.toThrow(/input is stored as float16/);
    await expect(engine().convBackwardFilter(undefined as never, dy, options)).rejects.toThrow(
      /input must be a tensor/,
    );
    expect(engine().memory()).toEqual(before);
  });
});
