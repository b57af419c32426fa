// Gradients of the reference poolings: numbers worked out by hand, central differences of the forward reference, and what is refused.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averagePoolBackward, expectedL2PoolBackward, l2PoolBackward, maxPoolBackward } from 'webgpu-conv/reference';
import { type AveragePoolOptions, poolOutputShape, poolProblem } from '../../../src/problem/index.js';
import { poolOfProblem } from '../../../src/reference/pool.js';
import { poolBackwardOperands, poolGradientsOf } from '../../../src/reference/pool-backward.js';
import { randomValues } from '../../support/random.js';
import { counting, tensor } from './tensors.js';

describe('maxPoolBackward', () => {
  it('adds every gradient where its maximum stood', () => {
    const indices = tensor([4, 4, 4, 8], 1, 1, 2, 2);
    const options = { windowDimensions: 2, strides: 1, inputShape: [1, 1, 3, 3] };
    expect([...maxPoolBackward(counting(1, 1, 2, 2), indices, options).data]).toEqual([0, 0, 0, 0, 6, 0, 0, 0, 4]);
  });

  it('finds planes whose channels lie innermost, and volumes', () => {
    const options = { windowDimensions: 2, inputShape: [1, 2, 2, 2], inputLayout: 'nhwc' } as const;
    const flat = maxPoolBackward(tensor([5, 6], 1, 1, 1, 2), tensor([1, 2], 1, 1, 1, 2), options);
    expect([...flat.data]).toEqual([0, 0, 5, 0, 0, 6, 0, 0]);
    const volume = { windowDimensions: 2, inputShape: [1, 1, 2, 2, 2] };
    const deep = maxPoolBackward(tensor([7], 1, 1, 1, 1, 1), tensor([5], 1, 1, 1, 1, 1), volume);
    expect([...deep.data]).toEqual([0, 0, 0, 0, 0, 7, 0, 0]);
  });
});

describe('averagePoolBackward', () => {
  it('divides as the mean did', () => {
    const inside = { windowDimensions: 3, strides: 2, padding: 1, inputShape: [1, 1, 3] };
    expect([...averagePoolBackward(tensor([6, 12], 1, 1, 2), inside).data]).toEqual([3, 9, 6]);
    const counted = { ...inside, countPadding: true };
    expect([...averagePoolBackward(tensor([6, 12], 1, 1, 2), counted).data]).toEqual([2, 6, 4]);
  });

  it('goes through padding that repeats the input', () => {
    const options = { windowDimensions: 3, strides: 2, padding: 1, inputShape: [1, 1, 3] };
    const dx = (paddingMode: 'reflect' | 'replicate' | 'circular') => [
      ...averagePoolBackward(tensor([3, 6], 1, 1, 2), { ...options, paddingMode }).data,
    ];
    expect(dx('reflect')).toEqual([1, 1 + 1 + 2 + 2, 2]);
    expect(dx('replicate')).toEqual([1 + 1, 1 + 2, 2 + 2]);
    expect(dx('circular')).toEqual([1 + 2, 1 + 2, 1 + 2]);
  });

  it('leaves a constant in the padding out, but counts it', () => {
    const options = { windowDimensions: 3, padding: [[1, 0]], paddingMode: 5, inputShape: [1, 1, 2] } as const;
    expect([...averagePoolBackward(tensor([6], 1, 1, 1), options).data]).toEqual([2, 2]);
  });
});

describe('l2PoolBackward', () => {
  it('is dy · x / root, and 0 where the root is', () => {
    const dx = l2PoolBackward(tensor([10, 1], 1, 1, 2), tensor([3, -4, 0, 0], 1, 1, 4), { windowDimensions: 2 });
    expect([...dx.data]).toEqual([6, -8, 0, 0]);
  });

  it('has a bound also where squares are flushed', () => {
    const input = tensor([1e-20, 1e-20, 3, 4], 1, 1, 4);
    const { data, bound } = expectedL2PoolBackward(tensor([1, 1], 1, 1, 2), input, { windowDimensions: 2 });
    expect(data[0]).toBeCloseTo(Math.SQRT1_2, 12);
    expect(bound[0]).toBeGreaterThan(data[0]!);
    expect(Number.isFinite(bound[0])).toBe(true);
  });
});

const OPTIONS: readonly AveragePoolOptions[] = [
  { windowDimensions: 2 },
  { windowDimensions: 3, strides: 2, padding: 1, countPadding: true },
  { windowDimensions: 3, strides: 2, rounding: 'ceil' },
  {
    windowDimensions: 2,
    strides: 1,
    dilations: 2,
    padding: [
      [1, 0],
      [-1, 1],
    ],
  },
  { windowDimensions: 3, strides: 1, padding: 2, paddingMode: 'symmetric' },
  { windowDimensions: 3, padding: 2, paddingMode: 'circular', inputLayout: 'nhwc' },
];

describe('every gradient of a pooling', () => {
  it.each(['max', 'average', 'l2'] as const)('is the central difference: %s', (kind) => {
    const step = 1e-5;
    fc.assert(
      fc.property(fc.constantFrom(...OPTIONS), fc.integer({ min: 1, max: 1e6 }), (given, seed) => {
        const { countPadding, ...common } = given;
        const options = kind === 'average' ? given : common;
        const inputShape = options.inputLayout === 'nhwc' ? [1, 4, 5, 2] : [1, 2, 4, 5];
        const problem = poolProblem(kind, 2, { ...options, inputShape });
        const shape = poolOutputShape(problem);
        const x = Float64Array.from(randomValues(40, seed));
        const count = shape.reduce((product, extent) => product * extent, 1);
        const gradient = { data: randomValues(count, seed + 1), shape };
        const loss = (input: Float64Array) =>
          poolOfProblem(problem, input).data.reduce((sum, y, index) => sum + y * gradient.data[index]!, 0);
        const others = {
          max: { indices: { data: poolOfProblem(problem, x).indices, shape } },
          average: {},
          l2: { input: { data: x, shape: inputShape } },
        }[kind];
        const { data } = poolGradientsOf(
          poolBackwardOperands(kind, gradient, others, kind === 'l2' ? options : { ...options, inputShape }),
        );
        const at = seed % 40;
        const moved = (by: number) => loss(x.map((value, index) => (index === at ? value + by : value)));
        expect(Math.abs((moved(step) - moved(-step)) / (2 * step) - data[at]!)).toBeLessThan(
          kind === 'max' ? 1e-6 : 1e-5,
        );
      }),
      { seed: 5, numRuns: 60 },
    );
  });

  it.each<[string, () => unknown, RegExp]>([
    [
      'another shape',
      () => averagePoolBackward(counting(1, 1, 3), { windowDimensions: 2, inputShape: [1, 1, 4] }),
      /gradient has shape \[1, 1, 3\]/,
    ],
    ['no input shape', () => averagePoolBackward(counting(1, 1, 2), { windowDimensions: 2 } as never), /input shape/],
    [
      'an index outside',
      () => maxPoolBackward(counting(1, 1, 2), tensor([0, 4], 1, 1, 2), { windowDimensions: 2, inputShape: [1, 1, 4] }),
      /index 1 is 4/,
    ],
    [
      'indices of another shape',
      () => maxPoolBackward(counting(1, 1, 2), tensor([0], 1, 1, 1), { windowDimensions: 2, inputShape: [1, 1, 4] }),
      /indices has shape/,
    ],
    [
      'a constant that has no index',
      () =>
        maxPoolBackward(counting(1, 1, 2), counting(1, 1, 2), {
          windowDimensions: 2,
          inputShape: [1, 1, 4],
          paddingMode: 1,
        }),
      /the constant 1/,
    ],
    [
      'an unknown option',
      () => l2PoolBackward(counting(1, 1, 2), counting(1, 1, 4), { windowDimensions: 2, countPadding: true } as never),
      /unknown option 'countPadding'/,
    ],
    [
      'a tensor without rank',
      () => averagePoolBackward(counting(1, 2), { inputShape: [1, 2] }),
      /must have 3, 4 or 5 axes/,
    ],
  ])('refuses %s', (_, call, message) => expect(call).toThrow(message));
});
