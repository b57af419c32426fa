// fft around the edges of its tiles, in bands, in groups, with everything that a convolution may have; within its own bound.
import { describe, expect, it } from 'vitest';
import {
  type ConvDescription,
  type ConvOptions,
  type ConvProblem,
  conv2dProblem,
  convTranspose2dProblem,
} from 'webgpu-conv';
import { compare } from 'webgpu-conv/reference';
import { fft } from '../../src/algorithms/fft.js';
import {
  convFilterShape,
  convInputShape,
  convOutputShape,
  elementCount,
  roundToHalf,
} from '../../src/problem/index.js';
import { expectedOfProblem } from '../../src/reference/error-bound.js';
import { randomValues } from '../support/random.js';
import { boundedBy } from './support/bounds.js';
import { useEngine } from './support/engine.js';

const engine = useEngine();
const algorithm = 'fft';
const variant = fft.variants[0]!;
/** Bytes of the spectrum of a tile: 33 columns of 64 complex numbers. */
const SPECTRUM_BYTES = 33 * 64 * 8;

/** Operands of a problem. */
function operandsOf(problem: ConvProblem) {
  const { outputChannels, epilogue, dtype, filterDtype } = problem;
  const values = (count: number, seed: number, stored: ConvProblem['dtype']) => {
    const data = randomValues(count, seed);
    return stored === 'float16' ? data.map(roundToHalf) : data;
  };
  return {
    input: values(elementCount(convInputShape(problem)), 1, dtype),
    filter: values(elementCount(convFilterShape(problem)), 2, filterDtype),
    ...(epilogue.hasBias ? { bias: randomValues(outputChannels, 3) } : {}),
    ...(epilogue.hasScale ? { scale: randomValues(outputChannels, 4) } : {}),
    ...(epilogue.hasResidual ? { residual: values(elementCount(convOutputShape(problem)), 5, dtype) } : {}),
  };
}

/** Computes a problem, and says what is wrong with it. */
async function faultOf(problem: ConvProblem): Promise<string | undefined> {
  const operands = operandsOf(problem);
  const { dtype, filterDtype, inputLayout, filterLayout, groups, flipFilter, axes, paddingContent, epilogue } = problem;
  using x = engine().tensor(operands.input, convInputShape(problem), { dtype });
  using w = engine().tensor(operands.filter, convFilterShape(problem), { dtype: filterDtype });
  using residual = operands.residual && engine().tensor(operands.residual, convOutputShape(problem), { dtype });
  const isTransposed = problem.operator === 'convTranspose';
  const mode = paddingContent.mode === 'constant' ? paddingContent.value : paddingContent.mode;
  const options = {
    ...{ algorithm, inputLayout, filterLayout, groups, flipFilter },
    padding: axes.map(({ padBegin, padEnd }) => [padBegin, padEnd]),
    dilations: axes.map(({ dilation }) => dilation),
    ...(isTransposed ? {} : { paddingMode: mode }),
    ...(operands.bias ? { bias: operands.bias } : {}),
    ...(operands.scale ? { scale: operands.scale } : {}),
    ...(residual ? { residual } : {}),
    activation: epilogue.activation.name,
  } as unknown as Omit<ConvOptions<2>, 'paddingMode'>;
  using y = await (isTransposed ? engine().convTranspose2d(x, w, options) : engine().conv2d(x, w, options));
  const direct = expectedOfProblem(problem, operands);
  const expected = boundedBy(algorithm, variant, problem, direct, operands);
  const { ok, worst, errorBoundUnits } = compare(await y.read(), expected);
  return ok ? undefined : `at ${worst.coordinates}: ${worst.actual}, not ${worst.expected}: ${errorBoundUnits}`;
}

const problemOf = (inputShape: number[], filterShape: number[], more: object = {}) =>
  conv2dProblem({ inputShape, filterShape, ...more } as ConvDescription<2>);

describe('fft', () => {
  it.each([
    ['one output', [1, 1, 7, 7], [1, 1, 7, 7], {}],
    ['one tile but for a row and a column', [1, 1, 63, 63], [1, 1, 7, 7], {}],
    ['just one tile', [1, 1, 64, 64], [1, 1, 7, 7], {}],
    ['one row and one column more than a tile', [1, 1, 65, 65], [1, 1, 7, 7], {}],
    ['tiles of images in a batch', [3, 1, 70, 20], [1, 1, 8, 9], {}],
    ['an odd number of rows in a tile', [1, 1, 67, 10], [1, 1, 6, 6], {}],
    ['the largest filter', [1, 1, 66, 70], [1, 1, 32, 32], { padding: 3 }],
    ['a wide filter', [1, 1, 12, 80], [1, 1, 1, 32], {}],
    ['a tall filter', [1, 1, 80, 12], [1, 1, 32, 1], {}],
    ['a filter that a dilation spreads over a tile', [1, 2, 40, 90], [1, 2, 6, 6], { dilations: [6, 5], padding: 5 }],
    ['cropping', [1, 1, 40, 90], [2, 1, 7, 7], { padding: [-2, -11], groups: 1 }],
    ['3 channels, each with a filter', [2, 3, 30, 66], [3, 1, 7, 8], { groups: 3 }],
    ['3 channels, each with two filters', [2, 3, 30, 66], [6, 1, 7, 8], { groups: 3 }],
    ['groups', [1, 10, 20, 20], [18, 5, 6, 6], { groups: 2 }],
    ['5 channels to 3 filters, 5 tiles', [5, 5, 10, 10], [3, 5, 6, 6], {}],
    ['a flipped filter', [2, 3, 12, 14], [4, 3, 6, 7], { flipFilter: true }],
    ['channels last', [2, 17, 16, 5], [6, 7, 5, 4], { inputLayout: 'nhwc', filterLayout: 'hwio', padding: 1 }],
  ])('computes %s', async (_, inputShape, filterShape, more) => {
    expect(await faultOf(problemOf(inputShape, filterShape, more))).toBeUndefined();
  });

  it.each(['reflect', 'symmetric', 'replicate', 'circular', 100])('pads with %s', async (paddingMode) => {
    expect(await faultOf(problemOf([1, 2, 9, 61], [2, 2, 7, 6], { paddingMode, padding: 6 }))).toBeUndefined();
  });

  it('adds bias, scale and residual, and activates', async () => {
    const terms = { biasShape: [4], scaleShape: [4], residualShape: [2, 4, 9, 10], activation: 'silu' } as const;
    const given = (more: object) => problemOf([2, 3, 14, 16], [4, 3, 6, 7], { ...terms, ...more });
    expect(await faultOf(given({}))).toBeUndefined();
    expect(await faultOf(given({ dtype: 'float16' }))).toBeUndefined();
    expect(await faultOf(given({ dtype: 'float16', filterDtype: 'float32' }))).toBeUndefined();
    expect(await faultOf(given({ filterDtype: 'float16' }))).toBeUndefined();
  });

  it('transposes, with strides of 1', async () => {
    const given = { inputShape: [2, 6, 17, 60], filterShape: [6, 2, 7, 6], padding: 1, groups: 2 };
    expect(await faultOf(convTranspose2dProblem(given))).toBeUndefined();
    expect(await faultOf(convTranspose2dProblem({ ...given, flipFilter: true, dilations: 3 }))).toBeUndefined();
  });

  it('gives bit for bit in bands what it gives in one', async () => {
    const inputShape = [2, 5, 90, 70];
    using x = engine().tensor(randomValues(elementCount(inputShape), 1), inputShape);
    using w = engine().tensor(randomValues(6 * 5 * 49, 2), [6, 5, 7, 7]);
    const prepare = (tiles: number) =>
      engine().prepareConv2d({
        ...{ algorithm, inputShape, filter: w, padding: 3 },
        workspaceLimitBytes: tiles * (5 + 6) * SPECTRUM_BYTES,
      });
    using whole = await prepare(8);
    using banded = await prepare(3);
    using smallest = await prepare(1);
    expect(banded.bands).toBe(3);
    expect(smallest.bands).toBe(8);
    expect(smallest.workspaceBytes).toBe(11 * SPECTRUM_BYTES);
    const outputs = [whole, banded, smallest].map((conv) => conv.run(x));
    const [a, b, c] = await Promise.all(outputs.map((output) => output.read()));
    expect(b).toEqual(a);
    expect(c).toEqual(a);
    for (const output of outputs) output.dispose();
  });

  it('is refused a workspace that holds no tile', async () => {
    using w = engine().tensor(new Float32Array(6 * 5 * 49), [6, 5, 7, 7]);
    const prepared = engine().prepareConv2d({
      ...{ algorithm, inputShape: [1, 5, 9, 9], filter: w, workspaceLimitBytes: 1000 },
    });
    await expect(prepared).rejects.toThrow(
      /the spectra of one tile take 185856 bytes, but the workspace may hold 1000/,
    );
  });

  it.each([
    ['rank 1', { rank: 1 as const, axes: [] }, /it transforms planes, and the problem has rank 1/],
    ['strides', problemOf([1, 1, 20, 20], [1, 1, 7, 7], { strides: [1, 2] }), /a stride is 2/],
    ['33 columns', problemOf([1, 1, 40, 40], [1, 1, 3, 33]), /the filter spans 3×33 inputs.*room for 32×32/],
    ['a dilation', problemOf([1, 1, 40, 40], [1, 1, 7, 7], { dilations: 6 }), /the filter spans 37×37 inputs/],
    ['few taps', problemOf([1, 1, 20, 20], [1, 1, 5, 6]), /the filter has 30 taps, and transforms pay from 32 on/],
    ['many filters', problemOf([1, 128, 20, 20], [64, 128, 7, 7]), /spectra take 138412032 bytes/],
  ])('says why it does not take %s', (_, problem, reason) => {
    expect(fft.unsupported(problem as ConvProblem)).toMatch(reason);
  });
});
