// Two passes for filters that are products of a column and a row: within their own bound, with everything that such a convolution may have.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConvDescription, conv2dProblem, convTranspose2dProblem } from 'webgpu-conv';
import { compare } from 'webgpu-conv/reference';
import { foldTerms } from '../../src/algorithms/channel-terms.js';
import { planVariant } from '../../src/algorithms/design.js';
import { separable } from '../../src/algorithms/separable.js';
import { capabilitiesOf } from '../../src/gpu/capabilities.js';
import { GpuContext } from '../../src/gpu/context.js';
import {
  axisPitches,
  type ConvProblem,
  convFilterShape,
  convInputShape,
  convOutputShape,
  elementCount,
  isSeparableFilter,
  withSeparableFilter,
} from '../../src/problem/index.js';
import { expectedOfProblem } from '../../src/reference/error-bound.js';
import { Scratch } from '../../src/tuning/scratch.js';
import { randomValues } from '../support/random.js';
import { boundedBy } from './support/bounds.js';

let gpu: GpuContext; // unset where beforeAll fails
beforeAll(async () => {
  const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  gpu = new GpuContext(device, capabilitiesOf(device), 2 ** 26);
});
afterAll(() => gpu?.destroy(true));

/** Random filters that are products, in the problem's layout. */
function separableFilter(problem: ConvProblem, seed: number): Float32Array {
  const shape = convFilterShape(problem);
  const pitches = axisPitches(shape, problem.filterLayout);
  const [rows, columns] = problem.axes.map(({ filterSize }) => filterSize) as [number, number];
  const factors = randomValues(problem.outputChannels * (rows + columns), seed);
  const values = new Float32Array(elementCount(shape));
  for (let k = 0; k < problem.outputChannels; k++)
    for (let r = 0; r < rows; r++)
      for (let s = 0; s < columns; s++) {
        const [u, v] = [factors[k * (rows + columns) + r]!, factors[k * (rows + columns) + rows + s]!];
        values[k * pitches.o + r * pitches.h + s * pitches.w] = u * v;
      }
  return values;
}

/** Computes a problem, and says what is wrong with it. */
async function faultOf(described: ConvProblem, seed = 1): Promise<string | undefined> {
  const problem = withSeparableFilter(described);
  expect(separable.unsupported(problem)).toBeUndefined();
  const { hasBias, hasScale, hasResidual } = problem.epilogue;
  const operands = {
    input: randomValues(elementCount(convInputShape(problem)), seed),
    filter: separableFilter(problem, seed + 1),
    ...(hasBias ? { bias: randomValues(problem.outputChannels, seed + 2) } : {}),
    ...(hasScale ? { scale: randomValues(problem.outputChannels, seed + 3) } : {}),
    ...(hasResidual ? { residual: randomValues(elementCount(convOutputShape(problem)), seed + 4) } : {}),
  };
  expect(isSeparableFilter(problem, operands.filter)).toBe(true);
  const { bias, scale, residual } = operands;
  const limits = { workspaceLimitBytes: 2 ** 26, device: gpu.capabilities };
  const plan = await planVariant(gpu, separable, problem, separable.variants[0]!, limits);
  const scratch = new Scratch(gpu);
  try {
    const oldest = gpu.stream.current;
    const upload = (values: Float32Array) => scratch.upload(values, 'float32');
    const packedFilter = scratch.bytes(plan.packedFilterBytes);
    const output = scratch.space(convOutputShape(problem), 'float32');
    plan.pack(gpu.stream, upload(operands.filter), packedFilter);
    plan.run(gpu.stream, {
      input: upload(operands.input),
      packedFilter,
      terms: bias && scale ? upload(foldTerms(problem.outputChannels, { bias, scale })) : undefined,
      residual: residual && upload(residual),
      output,
      workspace: scratch.bytes(plan.workspaceBytes),
    });
    const actual = new Float32Array(await gpu.download(output.buffer, output.sizeBytes, oldest, 'test'));
    const expected = boundedBy('separable', plan.variant, problem, expectedOfProblem(problem, operands), operands);
    const { ok, worst, errorBoundUnits } = compare(actual, expected);
    return ok ? undefined : `at ${worst.coordinates}: ${worst.actual}, not ${worst.expected}: ${errorBoundUnits}`;
  } finally {
    scratch.release();
    plan.dispose();
  }
}

const picture = (rows: number, columns: number, more: object = {}) =>
  conv2dProblem({
    inputShape: [2, 3, 20, 26],
    filterShape: [3, 1, rows, columns],
    groups: 3,
    ...more,
  } as ConvDescription<2>);

describe('separable', () => {
  it.each([
    [1, 1],
    [3, 3],
    [1, 7],
    [7, 1],
    [5, 8],
    [17, 15],
  ])('computes %i×%i taps', async (rows, columns) => {
    expect(await faultOf(picture(rows, columns, { padding: 'same' }))).toBeUndefined();
    expect(await faultOf(picture(rows, columns))).toBeUndefined();
  });

  it.each(['reflect', 'symmetric', 'replicate', 'circular'])('pads with %s', async (paddingMode) => {
    const padding = [
      [4, 1],
      [0, 6],
    ];
    expect(await faultOf(picture(5, 6, { paddingMode, padding }))).toBeUndefined();
  });

  it.each([
    ['strides', { strides: [2, 3], padding: 3 }],
    [
      'crops',
      {
        padding: [
          [-3, 2],
          [1, -2],
        ],
      },
    ],
    ['an output past the end', { strides: 4, rounding: 'ceil', padding: 1 }],
    ['a flipped filter', { flipFilter: true }],
    ['several filters a channel', { filterShape: [12, 1, 5, 4] }],
    [
      'channels last',
      { inputShape: [2, 20, 17, 3], filterShape: [5, 4, 1, 6], inputLayout: 'nhwc', filterLayout: 'hwio' },
    ],
    ['an epilogue', { biasShape: [3], scaleShape: [3], residualShape: [2, 3, 16, 23], activation: 'relu' }],
  ])('computes %s', async (_, more) => {
    expect(await faultOf(picture(5, 4, more))).toBeUndefined();
  });

  it('packs one filter after the other with the same plan', async () => {
    for (const seed of [1, 20, 300]) expect(await faultOf(picture(9, 9), seed)).toBeUndefined();
  });

  it('gives back what it took', async () => {
    const before = gpu.pool.report().usedBytes;
    await faultOf(picture(7, 7));
    expect(gpu.pool.report().usedBytes).toBe(before);
  });

  it.each([
    [picture(5, 5), 'the filter is not known to be a product of a column and a row'],
    [
      conv2dProblem({ inputShape: [1, 2, 9, 9], filterShape: [1, 2, 5, 5] }),
      'a filter sums 2 channels, and its passes take one',
    ],
    [
      withSeparableFilter(picture(5, 5, { paddingMode: 3, padding: 1 })),
      'the padding is 3, which the first pass would change',
    ],
    [
      withSeparableFilter(picture(5, 5, { dtype: 'float16' })),
      'values are stored in float16, and between its passes they must be in float32',
    ],
    [
      convTranspose2dProblem({ inputShape: [1, 1, 9, 9], filterShape: [1, 1, 5, 5] }),
      'its passes are convolutions, and the problem is a transposed one',
    ],
    [withSeparableFilter(picture(5, 5, { dilations: [1, 2] })), /column dilation/],
  ])('says why it cannot compute %#', (problem, reason) => {
    expect(separable.unsupported(problem)).toMatch(reason);
  });

  it('says how much workspace it needs', () => {
    const limits = { workspaceLimitBytes: 1000, device: gpu.capabilities };
    const design = () => separable.design(withSeparableFilter(picture(5, 5)), separable.variants[0]!, limits);
    expect(design).toThrow(
      'conv2d: the image between the passes along rows and columns takes 10560 bytes, but the workspace may hold 1000',
    );
  });

  it('is no less accurate than direct sums from 5×5 taps on', () => {
    const growth = (taps: number) => separable.errorGrowth!(picture(taps, taps), separable.variants[0]!);
    expect([3, 4, 5, 15].map((taps) => Math.round(100 * growth(taps)) / 100)).toEqual([1.82, 1.22, 0.89, 0.19]);
  });
});
