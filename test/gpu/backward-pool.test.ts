// Gradients of poolings on the GPU against the reference, within derived bounds.
import { describe, expect, it } from 'vitest';
import type { AveragePoolOptions, FloatDType, MaxPoolOptions, MaxPoolResult, Tensor } from 'webgpu-conv';
import {
  compare,
  expectedAveragePoolBackward,
  expectedL2PoolBackward,
  expectedMaxPoolBackward,
} from 'webgpu-conv/reference';
import { type PoolKind, poolOutputShape, poolProblem, type Rank } from '../../src/problem/index.js';
import { randomValues } from '../support/random.js';
import { useEngine } from './support/engine.js';

const engine = useEngine();

interface Case {
  readonly inputShape: readonly number[];
  readonly options: Omit<AveragePoolOptions, 'inputLayout'> & { readonly inputLayout?: 'nhwc' | 'nwc' | 'ndhwc' };
  readonly dtype?: FloatDType;
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Indices come from a pooling alone. */
function maxPool(rank: Rank, input: Tensor, options: AveragePoolOptions): Promise<MaxPoolResult> {
  const given = { ...options, returnIndices: true } as const;
  if (rank === 1) return engine().maxPool1d(input, given as MaxPoolOptions<1> & { returnIndices: true });
  if (rank === 2) return engine().maxPool2d(input, given as MaxPoolOptions<2> & { returnIndices: true });
  return engine().maxPool3d(input, given as MaxPoolOptions<3> & { returnIndices: true });
}

/** Computes a gradient by the engine and by the reference, of random gradients and inputs. */
async function differ(kind: PoolKind, { inputShape, options: given, dtype = 'float32' }: Case) {
  const { countPadding, ...common } = given;
  const options = (kind === 'average' ? given : common) as AveragePoolOptions;
  const rank = (inputShape.length - 2) as Rank;
  const problem = poolProblem(kind, rank, { ...options, inputShape, dtype });
  const shape = poolOutputShape(problem);
  const input = { data: randomValues(size(inputShape), 1), shape: inputShape };
  const gradient = { data: randomValues(size(shape), 2), shape };
  const shaped = { ...options, inputShape };
  const stored = { ...options, dtype };
  const upload = { dtype, ...(given.inputLayout && { layout: given.inputLayout }) };
  const held: Tensor<'float32' | 'float16' | 'uint32'>[] = [];
  const keep = <T extends Tensor<'float32' | 'float16' | 'uint32'>>(tensor: T): T => {
    held.push(tensor);
    return tensor;
  };
  const dy = keep(engine().tensor(gradient.data, shape, upload));
  const x = keep(engine().tensor(input.data, inputShape, upload));
  let result: Tensor;
  let expected: ReturnType<typeof expectedMaxPoolBackward>;
  if (kind === 'max') {
    const { output, indices } = await maxPool(rank, x, options);
    keep(output);
    result = keep(await engine().maxPoolBackward(dy, keep(indices), shaped));
    const places = { data: await indices.read(), shape };
    expected = expectedMaxPoolBackward(gradient, places, { ...stored, inputShape });
  } else if (kind === 'average') {
    result = keep(await engine().averagePoolBackward(dy, shaped));
    expected = expectedAveragePoolBackward(gradient, { ...stored, inputShape });
  } else {
    result = keep(await engine().l2PoolBackward(dy, x, options));
    expected = expectedL2PoolBackward(gradient, input, stored);
  }
  const actual = await result.read();
  expect([result.shape, result.dtype]).toEqual([inputShape, dtype]);
  for (const tensor of held) tensor.dispose();
  return compare(actual, expected);
}

const CASES: readonly (readonly [string, Case])[] = [
  ['windows side by side', { inputShape: [2, 3, 8, 12], options: { windowDimensions: 2 } }],
  ['windows that overlap', { inputShape: [1, 2, 9, 11], options: { windowDimensions: 3, strides: 2 } }],
  [
    'windows that overlap by all but one',
    { inputShape: [1, 2, 7, 10], options: { windowDimensions: [3, 5], strides: 1 } },
  ],
  ['gaps between windows', { inputShape: [1, 2, 11, 13], options: { windowDimensions: 2, strides: [5, 3] } }],
  ['the whole image', { inputShape: [2, 3, 5, 7], options: {} }],
  ['padding', { inputShape: [1, 2, 7, 9], options: { windowDimensions: 3, strides: 2, padding: 1 } }],
  [
    'padding that counts',
    { inputShape: [1, 2, 7, 9], options: { windowDimensions: 3, strides: 2, padding: 1, countPadding: true } },
  ],
  [
    'a last window past the end',
    { inputShape: [1, 2, 8, 9], options: { windowDimensions: 3, strides: 2, rounding: 'ceil' } },
  ],
  [
    'a last window past padding that counts',
    {
      inputShape: [1, 2, 8, 10],
      options: { windowDimensions: 3, strides: 2, padding: 1, rounding: 'ceil', countPadding: true },
    },
  ],
  [
    'a cropped input',
    {
      inputShape: [1, 2, 9, 9],
      options: {
        windowDimensions: 2,
        padding: [
          [-1, -2],
          [-3, 1],
        ],
      },
    },
  ],
  [
    'dilation',
    { inputShape: [1, 2, 11, 12], options: { windowDimensions: 3, strides: 2, dilations: [2, 3], padding: 1 } },
  ],
  [
    'channels last',
    { inputShape: [2, 9, 10, 5], options: { windowDimensions: 3, strides: 2, padding: 1, inputLayout: 'nhwc' } },
  ],
  ['a sequence', { inputShape: [2, 3, 17], options: { windowDimensions: 4, strides: 3, padding: [[2, 1]] } }],
  [
    'a sequence, channels last',
    { inputShape: [2, 17, 3], options: { windowDimensions: 4, strides: 3, inputLayout: 'nwc' } },
  ],
  [
    'a volume',
    { inputShape: [1, 2, 5, 6, 7], options: { windowDimensions: [2, 3, 2], strides: [1, 2, 3], padding: 1 } },
  ],
  ['a volume, channels last', { inputShape: [1, 5, 6, 7, 2], options: { windowDimensions: 2, inputLayout: 'ndhwc' } }],
  ['one element', { inputShape: [1, 1, 1, 1], options: {} }],
  ['halves', { inputShape: [1, 3, 7, 9], options: { windowDimensions: 3, strides: 2, padding: 1 }, dtype: 'float16' }],
  [
    'halves, channels last',
    { inputShape: [1, 7, 9, 3], options: { windowDimensions: 2, strides: 2, inputLayout: 'nhwc' }, dtype: 'float16' },
  ],
];

/** Padding that holds values of the input: windows hold some of them more than once. */
const REPEATING: readonly (readonly [string, Case])[] = [
  [
    'reflect',
    { inputShape: [1, 2, 6, 7], options: { windowDimensions: 4, strides: 2, padding: 2, paddingMode: 'reflect' } },
  ],
  [
    'symmetric',
    {
      inputShape: [1, 2, 3, 9],
      options: { windowDimensions: [9, 5], strides: [2, 1], padding: [5, 3], paddingMode: 'symmetric' },
    },
  ],
  [
    'replicate',
    {
      inputShape: [1, 7, 9, 2],
      options: { windowDimensions: 5, strides: 3, padding: 3, paddingMode: 'replicate', inputLayout: 'nhwc' },
    },
  ],
  [
    'circular',
    {
      inputShape: [1, 2, 4, 9],
      options: { windowDimensions: [7, 3], strides: 2, dilations: [2, 1], padding: [6, 2], paddingMode: 'circular' },
    },
  ],
  [
    'circular past its end',
    {
      inputShape: [2, 1, 10],
      options: { windowDimensions: 4, strides: 3, padding: 1, rounding: 'ceil', paddingMode: 'circular' },
    },
  ],
];

/** In Node, where the software driver compiles for seconds what the browser's compiles in tenths, every fourth: the browser has them all. */
function someInNode<T>(cases: readonly T[]): readonly T[] {
  return cases.filter((_, index) => typeof window !== 'undefined' || index % 4 === 0);
}

describe.each(['max', 'average', 'l2'] as const)('%sPoolBackward', (kind) => {
  it.each(someInNode(CASES))('is right for %s', async (_, given) => {
    expect(await differ(kind, given)).toMatchObject({ ok: true });
  });

  it.each(someInNode(REPEATING))("is the adjoint of padding that is '%s'", async (_, given) => {
    expect(await differ(kind, given)).toMatchObject({ ok: true });
  });
});

describe('gradients of poolings', () => {
  it.each(['average', 'l2'] as const)('leave a constant in the padding out, but count it: %s', async (kind) => {
    const options = { windowDimensions: 3, strides: 2, padding: 1, paddingMode: 0.5 };
    expect(await differ(kind, { inputShape: [1, 2, 7, 8], options })).toMatchObject({ ok: true });
  });

  it('take the indices that the pooling returned, and its layout', async () => {
    const shape = [1, 5, 6, 3];
    const data = randomValues(90, 3);
    using x = engine().tensor(data, shape, { layout: 'nhwc' });
    const { output, indices } = await engine().maxPool2d(x, { windowDimensions: 2, returnIndices: true });
    using dx = await engine().maxPoolBackward(output, indices, { windowDimensions: 2, inputShape: shape });
    const places = await indices.read();
    const problem = { windowDimensions: 2, inputShape: shape, inputLayout: 'nhwc' } as const;
    const expected = expectedMaxPoolBackward(
      { data: await output.read(), shape: output.shape },
      { data: places, shape: output.shape },
      problem,
    );
    expect(dx.layout).toBe('nhwc');
    expect(compare(await dx.read(), expected)).toMatchObject({ ok: true });
    output.dispose();
    indices.dispose();
  });

  it('are 0 where a root is 0', async () => {
    using gradient = engine().tensor([1, 2], [1, 1, 2]);
    using input = engine().tensor([0, 0, 3, 4], [1, 1, 4]);
    using dx = await engine().l2PoolBackward(gradient, input, { windowDimensions: 2 });
    expect([...(await dx.read())]).toEqual([0, 0, expect.closeTo(1.2, 6), expect.closeTo(1.6, 6)]);
  });

  it('refuse what does not fit, and keep nothing', async () => {
    using gradient = engine().tensor(randomValues(6, 4), [1, 1, 2, 3]);
    using half = engine().tensor(randomValues(24, 4), [1, 1, 4, 6], { dtype: 'float16' });
    using image = engine().tensor(randomValues(24, 4), [1, 1, 4, 6]);
    const { output, indices } = await maxPool(2, image, { windowDimensions: 2 });
    const { output: lower, indices: fewer } = await maxPool(2, image, { windowDimensions: [2, 3] });
    const before = engine().memory();
    const options = { windowDimensions: 2, inputShape: [1, 1, 4, 6] };
    const max = (places: unknown, given: object = options) =>
      engine().maxPoolBackward(gradient, places as Tensor<'uint32'>, given as typeof options);
    await expect(max(fewer)).rejects.toThrow('indices are a tensor [1, 1, 2, 2]');
    await expect(max(gradient)).rejects.toThrow('of float32, but must be one of uint32');
    await expect(max(indices, { ...options, inputShape: [1, 1, 4, 8] })).rejects.toThrow(
      "pooling's output has [1, 1, 2, 4]",
    );
    await expect(max(indices, { ...options, paddingMode: 1 })).rejects.toThrow('the constant 1 in the padding');
    await expect(max(indices, { windowDimensions: 2 })).rejects.toThrow('input shape');
    await expect(max(indices, { ...options, countPadding: true })).rejects.toMatchObject({ code: 'unknown-option' });
    const average = (given: object) => engine().averagePoolBackward(gradient, given as typeof options);
    await expect(average({ ...options, windowDimension: 2 })).rejects.toThrow("Did you mean 'windowDimensions'?");
    await expect(engine().l2PoolBackward(gradient, half, { windowDimensions: 2 })).rejects.toThrow('stored as float16');
    expect(engine().memory()).toEqual(before);
    for (const tensor of [output, indices, lower, fewer]) tensor.dispose();
  });

  it('hold no memory afterwards', async () => {
    using gradient = engine().tensor(randomValues(6, 5), [1, 1, 2, 3]);
    using input = engine().tensor(randomValues(24, 6), [1, 1, 4, 6]);
    const run = async () => (await engine().l2PoolBackward(gradient, input, { windowDimensions: 2 })).dispose();
    await run();
    await engine().finish();
    const before = engine().memory();
    await run();
    await engine().finish();
    expect(engine().memory()).toEqual(before);
  });
});
