// The gradient of a convolution's input against the reference: every algorithm of the table that supports the adjoint, every option, and
// what goes wrong.
import { describe, expect, it } from 'vitest';
import {
  type ConvBackwardInputOptions,
  type ConvProblem,
  createEngine,
  type Engine,
  type FilterLayout,
  type InputLayout,
  type Tensor,
} from 'webgpu-conv';
import { compare, type ExpectedResult, expectedConvBackwardInput, type ReferenceTensor } from 'webgpu-conv/reference';
import {
  convInputShape,
  convOutputShape,
  convProblem,
  elementCount,
  FILTER_LAYOUTS,
  INPUT_LAYOUTS,
  inputGradient,
  type Rank,
  shapeInLayout,
  sourceIndex,
} from '../../src/problem/index.js';
import { expectedOfProblem } from '../../src/reference/error-bound.js';
import { randomValues } from '../support/random.js';
import { type ForwardProblem, PADDED_PROBLEMS, PLAIN_PROBLEMS } from './support/backward-problems.js';
import { boundedBy } from './support/bounds.js';
import { supporting } from './support/differential.js';
import { useEngine } from './support/engine.js';

const engine = useEngine();

/** Options that engine and reference take alike; for the types' sake those of a convolution, which say that they may be a transposed one's. */
type Geometry = ForwardProblem['options'] & {
  readonly operator: 'conv';
  readonly inputLayout: InputLayout;
  readonly filterLayout: FilterLayout;
  readonly inputShape: readonly number[];
};

interface Case {
  readonly forward: ConvProblem;
  readonly gradient: { readonly data: Float32Array; readonly shape: readonly number[] };
  readonly filter: { readonly data: Float32Array; readonly shape: readonly number[] };
  readonly options: Geometry;
  readonly expected: ExpectedResult;
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
  const gradient = { data: randomValues(elementCount(shape), seed), shape };
  const weights = { data: randomValues(elementCount(filterShape), seed + 1), shape: filterShape };
  const all = { operator, ...geometry, inputShape } as Geometry;
  return {
    forward,
    gradient,
    filter: weights,
    options: all,
    expected: expectedConvBackwardInput(gradient, weights, all),
  };
}

/** What is expected of an algorithm: the bound of the adjoint's problem, where padding is folded that of all copies together. */
function boundOf({ forward, gradient, filter, expected }: Case, algorithm: string, variant: string): ExpectedResult {
  const { problem, fold } = inputGradient(forward, false);
  const operands = { input: gradient.data, filter: filter.data };
  const direct = fold ? expectedOfProblem(problem, operands) : expected;
  const own = boundedBy(algorithm, variant, problem, direct, operands);
  if (own === direct) return expected;
  if (!fold) return { ...own, shape: expected.shape };
  const [shape, padded] = [convInputShape(forward), convOutputShape(problem)];
  const bound = new Float64Array(elementCount(shape));
  const spatial = [...forward.inputLayout].map((letter) => 'dhw'.slice(3 - forward.rank).indexOf(letter));
  for (let index = 0, all = elementCount(padded); index < all; index++) {
    let [rest, flat, pitch] = [index, 0, 1];
    for (let axis = padded.length - 1; axis >= 0; axis--) {
      const at = rest % padded[axis]!;
      rest = Math.floor(rest / padded[axis]!);
      const folded = fold.axes[spatial[axis]!];
      flat += pitch * (folded ? sourceIndex(at - folded.before, folded.size, fold.mode) : at);
      pitch *= shape[axis]!;
    }
    bound[flat]! += own.bound[index]!;
  }
  return { ...expected, bound: bound.map((value, index) => value + expected.bound[index]!) };
}

async function outcome(given: Case, ways: readonly { algorithm?: string; variant?: string }[]): Promise<string[]> {
  using gradient = engine().tensor(given.gradient.data, given.gradient.shape);
  using filter = engine().tensor(given.filter.data, given.filter.shape);
  const results = await Promise.all(
    ways.map((way) => engine().convBackwardInput(gradient, filter, { ...given.options, ...way })),
  );
  const values = await Promise.all(results.map((result) => result.read()));
  for (const result of results) result.dispose();
  return values.flatMap((actual, index) => {
    const { algorithm, variant } = ways[index]!;
    const expected = algorithm === undefined ? given.expected : boundOf(given, algorithm, variant!);
    const { ok, worst, errorBoundUnits } = compare(actual, expected);
    const place = `${algorithm} ${variant}: at [${worst.coordinates.join(', ')}]`;
    return ok
      ? []
      : [`${place}: got ${worst.actual}, expected ${worst.expected}, ${errorBoundUnits.toFixed(3)} bounds off`];
  });
}

/** One variant of each algorithm, by turns. */
function someOf(forward: ConvProblem, turn: number): { algorithm: string; variant: string }[] {
  const all = supporting(inputGradient(forward, false).problem).filter(({ variant }) => !variant.includes('subgroup'));
  const names = [...new Set(all.map(({ algorithm }) => algorithm))];
  return names.map((name) => {
    const own = all.filter(({ algorithm }) => algorithm === name);
    return own[turn % own.length]!;
  });
}

/** In Node on Dawn, where compilation takes the time, every fourth problem by one way. */
const COMPILES_SLOWLY = typeof window === 'undefined';

function problemsOf(problems: readonly ForwardProblem[]): readonly (readonly [string, ForwardProblem, number])[] {
  const all = problems.map((problem, index) => [problem.name, problem, index] as const);
  return all.filter(([, , index]) => !COMPILES_SLOWLY || index % 4 === 0);
}

/** Checks a problem in one of the layouts, by turns. */
async function check(problem: ForwardProblem, seed: number): Promise<void> {
  const turn = (COMPILES_SLOWLY ? seed / 4 : seed) % 2; // in Node seeds are multiples of four
  const given = makeCase(problem, turn === 1, 10 * seed + turn);
  const ways = someOf(given.forward, seed + turn);
  expect(await outcome(given, COMPILES_SLOWLY ? [ways[seed % ways.length]!] : ways)).toEqual([]);
}

describe('the gradient of the input', () => {
  it.each(problemsOf(PLAIN_PROBLEMS))('%s', (_, problem, index) => check(problem, index));
  it.each(problemsOf(PADDED_PROBLEMS))('of padding: %s', (_, problem, index) => check(problem, 100 + index));
});

const SMALL = PLAIN_PROBLEMS.find(({ name }) => name === 'stride 2')!;
const REFLECTED = PADDED_PROBLEMS.find(({ name }) => name === 'reflect')!;

/** A tensor of random values between −2 and 2, and the same for the reference. */
function randomTensor(on: Engine, shape: readonly number[], seed: number, dtype: 'float32' | 'float16' = 'float32') {
  const data = randomValues(elementCount(shape), seed).map((value) => 2 * value);
  return { tensor: on.tensor(data, shape, { dtype }), reference: { data, shape } satisfies ReferenceTensor };
}

describe('col2im-gemm', () => {
  const batch = {
    operator: 'conv',
    input: [5, 3, 12, 16],
    filter: [8, 3, 3, 3],
    options: { strides: 2, padding: 1 },
  } as const;
  const columnBytes = 4 * 27 * 48; // of an image

  it.each([
    ['register-16x8', false],
    ['workgroup-64x64', false],
    ['register-16x8', true],
    ['workgroup-64x64', true],
  ])('computes as many images at a time as the workspace takes: %s, channels last: %o', async (variant, last) => {
    const given = makeCase({ name: 'a batch', ...batch }, last, 41);
    const way = { algorithm: 'col2im-gemm', variant, workspaceLimitBytes: 2 * columnBytes + 100 };
    expect(await outcome(given, [way])).toEqual([]);
    using dy = engine().tensor(given.gradient.data, given.gradient.shape);
    using w = engine().tensor(given.filter.data, given.filter.shape);
    const less = { ...given.options, ...way, workspaceLimitBytes: columnBytes - 1 };
    await expect(engine().convBackwardInput(dy, w, less)).rejects.toThrow(
      `the columns of one image take ${columnBytes} bytes, but the workspace may hold ${columnBytes - 1}`,
    );
  });
});

describe('what a gradient takes besides', () => {
  it.each([
    ['nothing is padded', SMALL],
    ['padding is folded', REFLECTED],
  ])('an existing gradient, that the result is added to: %s', async (_, problem) => {
    const { gradient, filter, options } = makeCase(problem, true, 7);
    const existing = randomTensor(engine(), options.inputShape, 8);
    const [dy, w] = [gradient, filter].map(({ data, shape }) => engine().tensor(data, shape)) as [Tensor, Tensor];
    const sum = await engine().convBackwardInput(dy, w, { ...options, accumulate: existing.tensor });
    const expected = expectedConvBackwardInput(gradient, filter, { ...options, accumulate: existing.reference });
    expect(compare(await sum.read(), expected)).toMatchObject({ ok: true });
    expect(sum.layout).toBe('nhwc');
    for (const tensor of [sum, dy, w, existing.tensor]) tensor.dispose();
  });

  it.each([
    ['relu', 'output'],
    ['relu', 'preActivation'],
    ['sigmoid', 'output'],
    ['gelu', 'preActivation'],
    [{ name: 'leakyRelu', alpha: 0.2 }, 'output'],
    ['prelu', 'preActivation'],
  ] as const)('the activation %o, from its %s', async (activation, from) => {
    const { forward, gradient, filter, options } = makeCase(SMALL, false, 11);
    const operand = randomTensor(engine(), gradient.shape, 12);
    const slope = activation === 'prelu' ? { slope: randomValues(forward.outputChannels, 13) } : {};
    const [dy, w] = [gradient, filter].map(({ data, shape }) => engine().tensor(data, shape)) as [Tensor, Tensor];
    const all = { ...options, activation, ...slope };
    const result = await engine().convBackwardInput(dy, w, {
      ...all,
      [from]: operand.tensor,
    } as ConvBackwardInputOptions);
    const expected = expectedConvBackwardInput(gradient, filter, { ...all, [from]: operand.reference });
    expect(compare(await result.read(), expected)).toMatchObject({ ok: true });
    for (const tensor of [result, dy, w, operand.tensor]) tensor.dispose();
  });

  it.each([
    ['of half precision', SMALL, 'float16'],
    ['of half precision, padding folded', REFLECTED, 'float16'],
    ['of half precision under an f32 filter, padding folded', REFLECTED, 'float32'],
  ] as const)('tensors %s', async (_, problem, filterDtype) => {
    const { gradient, filter, options } = makeCase(problem, false, 17);
    const adapter = (await navigator.gpu.requestAdapter())!;
    const device = await adapter.requestDevice(); // without shader-f16: halves packed in pairs, as on every device
    const plain = await createEngine({ device });
    for (const on of [engine(), plain]) {
      const existing = randomTensor(on, options.inputShape, 18, 'float16');
      const dy = on.tensor(gradient.data, gradient.shape, { dtype: 'float16' });
      const w = on.tensor(filter.data, filter.shape, { dtype: filterDtype });
      const result = await on.convBackwardInput(dy, w, { ...options, accumulate: existing.tensor });
      const all = { ...options, dtype: 'float16', filterDtype, accumulate: existing.reference } as const;
      expect(result.dtype).toBe('float16');
      expect(compare(await result.read(), expectedConvBackwardInput(gradient, filter, all))).toMatchObject({
        ok: true,
      });
      for (const tensor of [result, dy, w, existing.tensor]) tensor.dispose();
    }
    plain.dispose();
    device.destroy();
  });
});

describe('a prepared gradient', () => {
  it.each([
    ['nothing is padded', SMALL],
    ['padding is folded', REFLECTED],
  ])(
    'runs with another filter each time, as a call does bit for bit, and holds memory flat: %s',
    async (_, problem) => {
      const { gradient, filter, options } = makeCase(problem, false, 23);
      const fresh = await createEngine();
      const dy = fresh.tensor(gradient.data, gradient.shape);
      const z = randomTensor(fresh, gradient.shape, 24);
      const existing = randomTensor(fresh, options.inputShape, 25);
      const activated = { ...options, activation: 'prelu', slope: [0.3] } as const;
      const held = fresh.memory().usedBytes;
      const prepared = await fresh.prepareConvBackwardInput({
        ...activated,
        filterShape: filter.shape,
        derivativeFrom: 'preActivation',
        accumulate: true,
        accuracy: 'strict',
      });
      expect([prepared.gradientShape, prepared.inputShape]).toEqual([gradient.shape, options.inputShape]);
      const used: number[] = [];
      for (const seed of [1, 2, 3]) {
        const weights = { data: randomValues(filter.data.length, seed), shape: filter.shape };
        const w = fresh.tensor(weights.data, weights.shape);
        const operands = { preActivation: z.tensor, accumulate: existing.tensor };
        const ran = prepared.run(dy, w, operands);
        const { algorithm, variant } = prepared;
        const called = await fresh.convBackwardInput(dy, w, { ...activated, ...operands, algorithm, variant });
        const references = { preActivation: z.reference, accumulate: existing.reference };
        const expected = expectedConvBackwardInput(gradient, weights, { ...activated, ...references });
        const values = await ran.read();
        expect(compare(values, expected)).toMatchObject({ ok: true });
        expect(values).toEqual(await called.read());
        for (const tensor of [ran, called, w]) tensor.dispose();
        used.push(fresh.memory().usedBytes);
      }
      expect(used[1]).toBe(used[0]);
      expect(used[2]).toBe(used[0]);
      const blocks = 256 * 8; // parameter blocks of cached plans stay
      for (const disposable of [prepared, prepared]) disposable.dispose();
      expect(fresh.memory().usedBytes).toBeLessThan(held + blocks + 1);
      fresh.dispose();
    },
  );

  it('refuses what it was not prepared for, and what is missing', async () => {
    const { gradient, filter, options } = makeCase(SMALL, false, 29);
    using dy = engine().tensor(gradient.data, gradient.shape);
    using w = engine().tensor(filter.data, filter.shape);
    const shapes = { ...options, filterShape: filter.shape };
    using plain = await engine().prepareConvBackwardInput(shapes);
    expect(() => plain.run(w, w)).toThrow(/^run: gradient has shape \[6, 5, 3, 3\], but \[1, 6, 7, 8\] was prepared/);
    expect(() => plain.run(dy, w, { output: dy })).toThrow(/prepared without an activation/);
    expect(() => plain.run(dy, w, { accumulate: dy })).toThrow(/prepared without. Prepare it with accumulate: true/);
    using full = await engine().prepareConvBackwardInput({
      ...shapes,
      activation: 'relu',
      derivativeFrom: 'output',
      accumulate: true,
    });
    expect(() => full.run(dy, w, { output: dy })).toThrow(/needs an existing gradient of shape \[1, 5, 14, 15\]/);
    expect(() => full.run(dy, w, { accumulate: dy })).toThrow(/output is undefined/);
    expect(() => full.run(dy, w, { output: dy, accumulate: dy })).toThrow(
      /accumulate is a tensor \[1, 6, 7, 8\] of float32/,
    );
    expect(() => full.run(dy, w, { preActivation: dy })).toThrow(/prepared with derivativeFrom: 'output'/);
    full.dispose();
    expect(() => full.run(dy, w)).toThrow(/disposed/);
  });
});

describe('a call', () => {
  it('keeps what it was given, also where the gradients are yet to be loaded', async () => {
    const { gradient, filter, options, expected } = makeCase(SMALL, false, 31);
    const fresh = await createEngine();
    const dy = fresh.tensor(gradient.data, gradient.shape);
    const w = fresh.tensor(filter.data, filter.shape);
    const inputShape = [...options.inputShape];
    const pending = fresh.convBackwardInput(dy, w, { ...options, inputShape });
    for (const tensor of [dy, w]) tensor.dispose();
    inputShape.fill(1);
    using result = await pending;
    expect(compare(await result.read(), expected)).toMatchObject({ ok: true });
    fresh.dispose();
  });

  it('refuses before anything is allocated, and leaves nothing behind', async () => {
    const { gradient, filter, options } = makeCase(SMALL, false, 37);
    using dy = engine().tensor(gradient.data, gradient.shape);
    using w = engine().tensor(filter.data, filter.shape);
    const before = engine().memory();
    const refusals: [Record<string, unknown>, RegExp][] = [
      [{ scale: [1] }, /^convBackwardInput: scale of the forward epilogue has no gradient here/],
      [{ residual: dy }, /residual of the forward epilogue does not take part/],
      [{ bias: [1] }, /bias does not take part in a gradient/],
      [{ inputShape: [1, 5, 14, 18] }, /gradient has shape \[1, 6, 7, 8\], but the forward output has \[1, 6, 7, 9\]/],
      [{ inputShape: undefined }, /input shape \(nchw\) must be an array of sizes, got undefined/],
      [{ inputShap: [1] }, /unknown option 'inputShap'. Did you mean 'inputShape'/],
      [{ operator: 'conv2d' }, /operator is 'conv2d', but must be one of 'conv', 'convTranspose'/],
      [{ outputPadding: 1 }, /outputPadding belongs to a transposed convolution/],
      [{ output: dy }, /output belongs to an activation, but there is none/],
      [{ activation: 'relu' }, /derivative of the activation 'relu' is computed from a tensor/],
      [{ activation: 'relu', output: dy, preActivation: dy }, /output and preActivation are both given/],
      [{ activation: 'gelu', output: dy }, /derivative of the activation 'gelu' does not follow from its output/],
      [{ activation: 'prelu', preActivation: dy }, /needs a slope/],
      [{ activation: 'relu', output: w }, /output is a tensor \[6, 5, 3, 3\] of float32, but the gradient is/],
      [{ accumulate: dy }, /accumulate is a tensor \[1, 6, 7, 8\] of float32, but the result is \[1, 5, 14, 15\]/],
      [{ accumulate: true }, /accumulate must be a tensor, got true/],
      [{ derivativeFrom: 'output' }, /unknown option 'derivativeFrom'/],
      [{ algorithm: 'winograd' }, /what was asked for does not support/],
      [{ accuracy: 'best' }, /accuracy is 'best'/],
    ];
    for (const [more, message] of refusals) {
      await expect(engine().convBackwardInput(dy, w, { ...options, ...more } as never)).rejects.toThrow(message);
    }
    await expect(engine().convBackwardInput(undefined as never, w, options)).rejects.toThrow(
      /gradient must be a tensor/,
    );
    await expect(engine().convBackwardInput(dy, null as never, options)).rejects.toThrow(/filter must be a tensor/);
    await expect(engine().convBackwardInput(dy, w, undefined as never)).rejects.toThrow(/options must be an object/);
    expect(engine().memory()).toEqual(before);
  });
});
