// The error bounds of gradients, worked out at single values, and held against sums in f32.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compare,
  convBackwardInput,
  expectedConvBackwardFilter,
  expectedConvBackwardInput,
} from 'webgpu-conv/reference';
import {
  callGradientReference,
  type GradientCase,
  gradientCases,
  gradientOperandsOf,
  plainGradient,
} from '../../support/arbitrary-gradient.js';
import { tensor } from './tensors.js';

const row = (values: readonly number[]) => tensor(values, 1, 1, values.length);

/** In float32 throughout: half precision would round the operands. */
const inFloat32 = (given: GradientCase): GradientCase => ({ ...given, dtype: 'float32', filterDtype: 'float32' });

describe('expectedConvBackwardInput and expectedConvBackwardFilter', () => {
  const u = 2 ** -24;

  it('bound the error by (D + 2) · 2^-24 · Σ|dy|·|w|, with the products of that value alone', () => {
    const { data, bound } = expectedConvBackwardInput(row([1, -2, 3]), row([1, 10, -100]), { inputShape: [1, 1, 5] });
    expect([...data]).toEqual([1, 8, -117, 230, -300]);
    for (const [index, [count, size]] of [
      [1, 1],
      [2, 12],
      [3, 123],
      [2, 230],
      [1, 300],
    ].entries())
      expect(bound[index]).toBeCloseTo((count! + 2) * u * size!, 18);
    const filter = expectedConvBackwardFilter(row([1, 2]), row([1, -1]), {
      padding: 1,
      filterShape: [1, 1, 3],
    } as never);
    expect([...filter.data]).toEqual([-1, -1, 2]);
  });

  it('count what is added, what the derivative is off, and a constant in the padding', () => {
    const accumulate = row([0, 5]);
    const one = (options: object) =>
      expectedConvBackwardInput(row([2, 1]), row([1]), { inputShape: [1, 1, 2], ...options });
    expect(one({ accumulate }).bound[1]).toBeCloseTo((1 + 2) * u * 6, 18);
    const plain = one({}).bound[0]!;
    const sigmoid = one({ activation: 'sigmoid', preActivation: row([1, 1]) });
    expect(sigmoid.bound[0]).toBeGreaterThan((plain * sigmoid.data[0]!) / 2 + 2 * u);
    const padded = (paddingMode: number) =>
      expectedConvBackwardFilter(row([1]), row([1, 1]), { padding: [[1, 0]], paddingMode, filterShape: [1, 1, 1] });
    expect(padded(-3).data[0]).toBe(-2);
    expect(padded(-3).bound[0]).toBeCloseTo(4 * u * 4, 18);
    expect(padded(0).bound[0]).toBeCloseTo(3 * u, 18);
  });

  it('hold for sums in f32 in another order, and are used to a good part', () => {
    const f = Math.fround;
    let largest = 0;
    const cases = gradientCases(['conv'], [1]).map((given) =>
      inFloat32({ ...plainGradient(given), of: 'filter', groups: 1, gain: 0 }),
    );
    fc.assert(
      fc.property(cases, ({ options: _, ...given }) => {
        const size = [given.size[0]! + given.window[0]!];
        const operands = gradientOperandsOf({ ...given, size, options: {}, inputLayout: 'ncw', filterLayout: 'oiw' });
        const { input, gradient, problem } = operands;
        const [W, S, Q] = [problem.axes[0]!.inputSize, problem.axes[0]!.filterSize, problem.axes[0]!.outputSize];
        const { batch: N, inputChannels: C, outputChannels: K } = problem;
        const expected = callGradientReference(operands, {
          input: expectedConvBackwardInput,
          filter: expectedConvBackwardFilter,
        });
        const actual = expected.data.map((_value, index) => {
          const [k, c, s] = [Math.floor(index / (C * S)), Math.floor(index / S) % C, index % S];
          let sum = 0;
          for (let q = Q - 1; q >= 0; q--)
            for (let n = 0; n < N; n++)
              sum = f(sum + f(gradient.data[(n * K + k) * Q + q]! * input.data[(n * C + c) * W + q + s]!));
          return sum;
        });
        const comparison = compare(actual, expected);
        expect(comparison.ok).toBe(true);
        largest = Math.max(largest, comparison.errorBoundUnits);
      }),
      { numRuns: 40, seed: 7 },
    );
    expect(largest).toBeGreaterThan(0.1);
  });

  it('are those of halves where they are stored so, between activation and sum as well', () => {
    const options = {
      activation: 'sigmoid',
      preActivation: row([0.3]),
      inputShape: [1, 1, 1],
      dtype: 'float16',
    } as const;
    const expected = expectedConvBackwardInput(row([1]), row([1]), options);
    const exact = convBackwardInput(row([1]), row([1]), options);
    expect(compare(exact.data, expected).errorBoundUnits).toBe(0); // one product with 1: dz itself, rounded
  });
});
