// Winograd around the edges of its tiles, in bands, in groups, with everything that a convolution may have; within its own bound.
import { describe, expect, it } from 'vitest';
import {
  type ConvDescription,
  type ConvOptions,
  type ConvProblem,
  conv2dProblem,
  conv3dProblem,
  convTranspose2dProblem,
} from 'webgpu-conv';
import { compare } from 'webgpu-conv/reference';
import { winograd } from '../../src/algorithms/winograd.js';
import {
  convFilterShape,
  convInputShape,
  convOutputShape,
  elementCount,
  roundToHalf,
} from '../../src/problem/index.js';
import { expectedOfProblem } from '../../src/reference/error-bound.js';
import { randomValues } from '../support/random.js';
import { isAvailable } from './support/available.js';
import { boundedBy } from './support/bounds.js';
import { useEngine } from './support/engine.js';

const engine = useEngine();
const algorithm = 'winograd';
/** Each tile, and each product, where the device can compute it. */
const VARIANTS = ['f2x2-register-16x8', 'f4x4-workgroup-64x64', 'f2x2-subgroup-32x4', 'f4x4-subgroup-32x4'].filter(
  (variant) => isAvailable(winograd, variant),
);

/** Operands of a problem, its filter as large as a trained one's. */
function operandsOf(problem: ConvProblem, seed: number) {
  const { outputChannels, epilogue, dtype } = problem;
  const values = (count: number, number: number) => {
    const data = randomValues(count, seed + number);
    return dtype === 'float16' ? data.map(roundToHalf) : data;
  };
  const output = elementCount(convOutputShape(problem));
  return {
    input: values(elementCount(convInputShape(problem)), 0),
    filter: values(elementCount(convFilterShape(problem)), 1),
    ...(epilogue.hasBias ? { bias: randomValues(outputChannels, seed + 2) } : {}),
    ...(epilogue.hasScale ? { scale: randomValues(outputChannels, seed + 3) } : {}),
    ...(epilogue.hasResidual ? { residual: values(output, 4) } : {}),
  };
}

/** Computes a problem with a variant, and says what is wrong with it. */
async function faultOf(problem: ConvProblem, variant: string, seed = 1): Promise<string | undefined> {
  const operands = operandsOf(problem, seed);
  const { dtype, filterDtype, inputLayout, filterLayout, groups, flipFilter, axes, paddingContent, epilogue } = problem;
  using x = engine().tensor(operands.input, convInputShape(problem), { dtype });
  using w = engine().tensor(operands.filter, convFilterShape(problem), { dtype: filterDtype });
  using residual = operands.residual && engine().tensor(operands.residual, convOutputShape(problem), { dtype });
  const isTransposed = problem.operator === 'convTranspose';
  const padding = axes.map(({ padBegin, padEnd }) => [padBegin, padEnd] as const) as [
    [number, number],
    [number, number],
  ];
  const mode = paddingContent.mode === 'constant' ? paddingContent.value : paddingContent.mode;
  const options = {
    ...{ algorithm, variant, inputLayout, filterLayout, groups, flipFilter, padding },
    ...(isTransposed ? {} : { paddingMode: mode }),
    ...(operands.bias ? { bias: operands.bias } : {}),
    ...(operands.scale ? { scale: operands.scale } : {}),
    ...(residual ? { residual } : {}),
    activation: epilogue.activation.name as 'relu',
  } as Omit<ConvOptions<2>, 'paddingMode'>;
  using y = await (isTransposed ? engine().convTranspose2d(x, w, options) : engine().conv2d(x, w, options));
  const direct = expectedOfProblem(problem, operands);
  const { ok, worst, errorBoundUnits } = compare(
    await y.read(),
    boundedBy(algorithm, variant, problem, direct, operands),
  );
  return ok
    ? undefined
    : `${variant} at ${worst.coordinates}: ${worst.actual}, not ${worst.expected}: ${errorBoundUnits}`;
}

const square = (size: number, more: object = {}) =>
  conv2dProblem({ inputShape: [2, 3, size, size], filterShape: [5, 3, 3, 3], padding: 1, ...more });

describe.each(VARIANTS)('%s', (variant) => {
  it('computes outputs of 1 to 9 rows and columns', async () => {
    for (let rows = 1; rows <= 9; rows++)
      for (const columns of [1, 2, 3, 4, 5, 6, 7, 8, 9].filter((size) => size === rows || (size + rows) % 4 === 0)) {
        const problem = conv2dProblem({
          inputShape: [1, 2, rows + 2, columns],
          filterShape: [3, 2, 3, 3],
          padding: [0, 1],
        });
        expect(await faultOf(problem, variant), `${rows}×${columns}`).toBeUndefined();
      }
  });

  it.each(['reflect', 'symmetric', 'replicate', 'circular', 1000])('pads with %s', async (paddingMode) => {
    for (const size of [5, 8])
      expect(await faultOf(square(size, { paddingMode, padding: 2 }), variant)).toBeUndefined();
  });

  it('crops', async () => {
    const padding = [
      [-2, 3],
      [1, -1],
    ];
    expect(await faultOf(square(9, { padding }), variant)).toBeUndefined();
  });

  it.each([
    ['groups', [1, 24, 7, 9], [36, 8, 3, 3], { groups: 3 }],
    ['each channel a group', [1, 5, 6, 6], [5, 1, 3, 3], { groups: 5 }],
    ['17 channels to 18 filters, around the steps of the product', [1, 17, 10, 12], [18, 17, 3, 3], {}],
    ['64 channels to 65 filters', [1, 64, 12, 12], [65, 64, 3, 3], { padding: 1 }],
    ['a flipped filter', [2, 4, 7, 7], [6, 4, 3, 3], { flipFilter: true }],
    ['channels last', [2, 7, 6, 5], [3, 3, 5, 4], { inputLayout: 'nhwc', filterLayout: 'hwio', padding: 1 }],
  ])('computes %s', async (_, inputShape, filterShape, more) => {
    expect(
      await faultOf(conv2dProblem({ inputShape, filterShape, ...more } as ConvDescription<2>), variant),
    ).toBeUndefined();
  });

  it('adds bias, scale and residual, and activates', async () => {
    const terms = { biasShape: [5], scaleShape: [5], residualShape: [2, 5, 7, 7], activation: 'silu' } as const;
    expect(await faultOf(square(7, terms), variant)).toBeUndefined();
    expect(await faultOf(square(7, { ...terms, dtype: 'float16' }), variant)).toBeUndefined();
    expect(await faultOf(square(8, { dtype: 'float16', filterDtype: 'float32' }), variant)).toBeUndefined();
  });

  it.each([
    ['a row of taps', [1, 3]],
    ['a column of taps', [3, 1]],
  ])('transforms one axis for %s', async (_, taps) => {
    for (const size of [1, 2, 4, 5, 9]) {
      const given = { inputShape: [2, 6, size + 2, size + 1], filterShape: [5, 6, ...taps], padding: 1 };
      expect(await faultOf(conv2dProblem(given), variant), `${size}`).toBeUndefined();
    }
    const given = { inputShape: [2, 11, 7, 16], filterShape: [8, ...taps, 5], groups: 2, padding: [0, 2] };
    const layouts = { inputLayout: 'nhwc', filterLayout: 'ohwi' } as const;
    const more = { inputShape: [2, 11, 7, 10], flipFilter: true, paddingMode: 'reflect', activation: 'gelu' } as const;
    const terms = { biasShape: [8], residualShape: [2, taps[0] === 1 ? 11 : 9, taps[0] === 1 ? 9 : 11, 8] };
    const padded = { ...given, ...more, ...layouts, ...terms } as unknown as ConvDescription<2>;
    expect(await faultOf(conv2dProblem(padded), variant)).toBeUndefined();
    const transposed = { inputShape: [2, 6, 7, 8], filterShape: [6, 2, ...taps], groups: 2 };
    expect(await faultOf(convTranspose2dProblem(transposed), variant)).toBeUndefined();
  });

  it('transposes, with strides of 1', async () => {
    const given = { inputShape: [2, 6, 7, 8], filterShape: [6, 2, 3, 3], padding: 1, groups: 2 };
    expect(await faultOf(convTranspose2dProblem(given), variant)).toBeUndefined();
    expect(await faultOf(convTranspose2dProblem({ ...given, flipFilter: true, padding: 0 }), variant)).toBeUndefined();
  });

  it('gives bit for bit in bands what it gives in one', async () => {
    const inputShape = [2, 5, 33, 35];
    using x = engine().tensor(randomValues(elementCount(inputShape), 1), inputShape);
    using w = engine().tensor(randomValues(6 * 5 * 9, 2), [6, 5, 3, 3]);
    const prepare = (workspaceLimitBytes: number) =>
      engine().prepareConv2d({ algorithm, variant, inputShape, filter: w, padding: 1, workspaceLimitBytes });
    const least = 4 * 4 * 36 * (5 + 6);
    using whole = await prepare(2 ** 24);
    using banded = await prepare(3 * least);
    using smallest = await prepare(least);
    expect(banded.bands).toBeGreaterThan(whole.bands);
    expect(banded.workspaceBytes).toBeLessThanOrEqual(3 * least);
    const outputs = [whole, banded, smallest].map((conv) => conv.run(x));
    const [a, b, c] = await Promise.all(outputs.map((output) => output.read()));
    expect(b).toEqual(a);
    expect(c).toEqual(a);
    for (const output of outputs) output.dispose();
  });

  it('is refused a workspace that holds no tile', async () => {
    using w = engine().tensor(new Float32Array(6 * 5 * 9), [6, 5, 3, 3]);
    const prepared = engine().prepareConv2d({
      ...{ algorithm, variant, inputShape: [1, 5, 9, 9], filter: w, workspaceLimitBytes: 1000 },
    });
    await expect(prepared).rejects.toThrow(
      /one tile of 4 columns of the transformed input and the products takes \d+ bytes/,
    );
  });
});

describe('F(2×2, 3×3)', () => {
  it('is exact where all sums are short integers', async () => {
    const integers = (count: number, seed: number) => randomValues(count, seed).map((value) => Math.round(4 * value));
    const problem = square(11);
    const operands = { input: integers(2 * 3 * 121, 1), filter: integers(5 * 3 * 9, 2) };
    using x = engine().tensor(operands.input, convInputShape(problem));
    using w = engine().tensor(operands.filter, convFilterShape(problem));
    using y = await engine().conv2d(x, w, { padding: 1, algorithm, variant: 'f2x2-register-16x8' });
    expect([...(await y.read())].map((value) => value + 0)).toEqual(
      [...expectedOfProblem(problem, operands).data].map((value) => value + 0),
    );
  });
});

describe('the algorithm', () => {
  it.each([
    [
      conv2dProblem({ inputShape: [1, 1, 9, 9], filterShape: [1, 1, 3, 5] }),
      'the filter has 3×5 taps, and it is made for 3×3, 1×3 and 3×1',
    ],
    [
      conv3dProblem({ inputShape: [1, 1, 9, 9, 9], filterShape: [1, 1, 3, 1, 1] }),
      'it transforms planes and lines, and the problem has rank 3',
    ],
    [square(9, { strides: [1, 2] }), 'a stride is 2, and tiles of neighbouring outputs have 1'],
    [square(9, { dilations: 3 }), 'a dilation is 3, and tiles of neighbouring inputs have 1'],
  ])('says why it cannot compute %#', (problem, reason) => expect(winograd.unsupported(problem)).toBe(reason));

  it('is a candidate, or not, as the call says', async () => {
    const problem = conv2dProblem({ inputShape: [1, 48, 58, 58], filterShape: [48, 48, 3, 3] });
    const row = async (accuracy: 'strict' | 'standard' | 'fast') => {
      const { rows } = await engine().explain(problem, { accuracy, print: false });
      return rows.find(({ algorithm }) => algorithm === 'winograd')!;
    };
    expect((await row('strict')).variant).toBeUndefined();
    expect((await row('standard')).variant).toMatch(/^f2x2/); // of 48 channels f4x4 has a growth above 8
    expect((await row('fast')).errorGrowth).toBeGreaterThanOrEqual((await row('standard')).errorGrowth!);
    using w = engine().tensor(new Float32Array(48 * 48 * 9), [48, 48, 3, 3]);
    const prepare = (options: object) => engine().prepareConv2d({ inputShape: [1, 48, 58, 58], filter: w, ...options });
    using strict = await prepare({ accuracy: 'strict' });
    expect(strict.errorGrowth).toBe(1);
    using standard = await prepare({});
    expect(standard.errorGrowth).toBeLessThanOrEqual(8);
    await expect(prepare({ accuracy: 'exact' })).rejects.toThrow(
      "prepareConv2d: accuracy is 'exact', but must be one of 'strict', 'standard', 'fast'.",
    );
  });
});

describe('an engine', () => {
  const strict = useEngine({ accuracy: 'strict' });
  it('has an accuracy for all its calls', async () => {
    const problem = conv2dProblem({ inputShape: [1, 48, 58, 58], filterShape: [48, 48, 3, 3] });
    const variant = async (options: object) => {
      const { rows } = await strict().explain(problem, { ...options, print: false });
      return rows.find(({ algorithm }) => algorithm === 'winograd')!.variant;
    };
    expect(await variant({})).toBeUndefined();
    expect(await variant({ accuracy: 'standard' })).toMatch(/^f2x2/);
    using w = strict().tensor(new Float32Array(48 * 48 * 9), [48, 48, 3, 3]);
    using conv = await strict().prepareConv2d({ inputShape: [1, 48, 58, 58], filter: w });
    expect(conv.errorGrowth).toBe(1);
  });
});
