// Derivatives of activations in float64: values worked out by hand, central differences, PyTorch's choice at kinks; what is refused.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Activation, activateBackward, expectedActivateBackward } from 'webgpu-conv/reference';
import { ACTIVATION_NAMES, outputTellsDerivative, parseActivation } from '../../../src/problem/index.js';
import { activateValue } from '../../../src/reference/activation.js';
import { activationDerivative } from '../../../src/reference/activation-derivative.js';
import { derivativeErrorBound } from '../../../src/reference/activation-derivative-error.js';
import { tensor } from './tensors.js';

const SLOPE = 0.3;
const ACTIVATIONS: readonly Activation[] = [
  ...ACTIVATION_NAMES,
  { name: 'leakyRelu', alpha: 0.25 },
  { name: 'elu', alpha: 2 },
  { name: 'hardSigmoid', alpha: -0.25, beta: 0.75 },
  { name: 'clamp', min: -1, max: 2.5 },
];
const specs = ACTIVATIONS.map((activation) => parseActivation('test', activation));

/** Derivatives on both sides of a place: far from each other only at a kink. */
function isKink(spec: (typeof specs)[number], z: number, reach: number): boolean {
  const [before, after] = [z - reach, z + reach].map((place) =>
    activationDerivative(spec, 'preActivation', place, SLOPE),
  );
  return Math.abs(before! - after!) > 1e-3;
}

const { E } = Math;
/** f′(−1), f′(½), f′(7), each as the definition reads; of the last of 'gelu', of 'geluTanh' and 'mish' by torch 1.13. */
const VALUES: readonly [Activation, readonly number[]][] = [
  ['none', [1, 1, 1]],
  ['relu', [0, 1, 1]],
  ['relu6', [0, 1, 0]],
  [{ name: 'leakyRelu', alpha: 0.25 }, [0.25, 1, 1]],
  [{ name: 'elu', alpha: 2 }, [2 / E, 1, 1]],
  ['prelu', [SLOPE, 1, 1]],
  ['sigmoid', [E / (1 + E) ** 2, E ** 0.5 / (1 + E ** 0.5) ** 2, E ** 7 / (1 + E ** 7) ** 2]],
  [{ name: 'hardSigmoid', alpha: 0.25 }, [0.25, 0.25, 0]],
  ['tanh', [0.41997434161, 0.78644773297, 3.32610934e-6]],
  ['gelu', [-0.08331547058, 0.867495124656, 1.0000000000627]],
  ['geluTanh', [-0.08296408384578, 0.86736990353463, 1.0]],
  ['mish', [0.0592167558774, 0.88642437535774, 1.0000215591609]],
  ['silu', [0.07232948812, 0.739961187303, 1.005460497067]],
  ['hardSwish', [1 / 6, 2 / 3, 1]],
  ['softplus', [1 / (1 + E), 1 / (1 + E ** -0.5), 1 / (1 + E ** -7)]],
  [{ name: 'clamp', min: 0, max: 3 }, [0, 1, 0]],
];

describe('activationDerivative', () => {
  it.each(VALUES)('of %o has the values known', (activation, expected) => {
    const spec = parseActivation('test', activation);
    for (const [index, z] of [-1, 0.5, 7].entries()) {
      expect(activationDerivative(spec, 'preActivation', z, SLOPE)).toBeCloseTo(expected[index]!, 9);
    }
  });

  it.each(specs)('of $name is the central difference', (spec) => {
    const step = 1e-5;
    fc.assert(
      fc.property(fc.double({ min: -12, max: 12, noNaN: true }), (z) => {
        fc.pre(!isKink(spec, z, 2 * step) && Math.abs(z) > 2 * step); // at 0 also f″ may jump
        const [before, after] = [z - step, z + step].map((place) => activateValue(spec, place, SLOPE));
        const difference = (after! - before!) / (2 * step);
        expect(Math.abs(activationDerivative(spec, 'preActivation', z, SLOPE) - difference)).toBeLessThan(1e-8);
      }),
    );
  });

  it.each(specs.filter(outputTellsDerivative))('of $name is the same from what the activation gave', (spec) => {
    fc.assert(
      fc.property(fc.double({ min: -12, max: 12, noNaN: true }), (z) => {
        const expected = activationDerivative(spec, 'preActivation', z, SLOPE);
        const y = activateValue(spec, z, SLOPE);
        expect(Math.abs(activationDerivative(spec, 'output', y, SLOPE) - expected)).toBeLessThan(1e-12);
      }),
    );
  });

  // torch 1.13: torch.autograd.grad of each function at the kink; 'clamp' is F.hardtanh
  it.each<[Activation, number, number]>([
    ['relu', 0, 0],
    ['relu6', 0, 0],
    ['relu6', 6, 0],
    [{ name: 'leakyRelu', alpha: 0.25 }, 0, 0.25],
    [{ name: 'elu', alpha: 2 }, 0, 2],
    ['prelu', 0, SLOPE],
    [{ name: 'hardSigmoid', alpha: 0.25, beta: 0.5 }, -2, 0],
    [{ name: 'hardSigmoid', alpha: 0.25, beta: 0.5 }, 2, 0],
    ['hardSwish', -3, -0.5],
    ['hardSwish', 3, 1.5],
    [{ name: 'clamp', min: -1, max: 1 }, -1, 0],
    [{ name: 'clamp', min: -1, max: 1 }, 1, 0],
  ])('of %o at its kink %d is %d', (activation, z, expected) => {
    const spec = parseActivation('test', activation);
    expect(activationDerivative(spec, 'preActivation', z, SLOPE)).toBe(expected);
    if (!outputTellsDerivative(spec)) return;
    expect(activationDerivative(spec, 'output', activateValue(spec, z, SLOPE), SLOPE)).toBe(expected);
  });

  it.each(specs)('of $name has a finite bound, small where it is small', (spec) => {
    for (const z of [-1e30, -200, -88, -2.9, -0.9, -1e-40, 0, 1e-40, 0.25, 1.1, 2.9, 5.9, 20, 88, 1e30]) {
      const derivative = activationDerivative(spec, 'preActivation', z, SLOPE);
      const bound = derivativeErrorBound(spec, 'preActivation', z, SLOPE);
      expect(Number.isFinite(derivative) && bound >= 0).toBe(true);
      if (Math.abs(z) > 1e-30 && z !== 0) expect(bound).toBeLessThan(1e-5 * Math.max(1, Math.abs(derivative)));
    }
    expect(derivativeErrorBound(spec, 'preActivation', Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('activateBackward', () => {
  const dy = tensor([1, 2, 3, 4], 1, 2, 2);
  const z = tensor([-1, 1, -2, 2], 1, 2, 2);

  it('multiplies the gradient with the derivative', () => {
    expect([...activateBackward(dy, 'relu', { input: z }).data]).toEqual([0, 2, 0, 4]);
    expect([...activateBackward(dy, 'sigmoid', { output: tensor([0.5, 1, 0.25, 0], 1, 2, 2) }).data]).toEqual([
      0.25,
      0,
      9 / 16,
      0,
    ]);
  });

  it('finds the slope of every channel', () => {
    expect([...activateBackward(dy, 'prelu', { input: z, slope: [10, 100] }).data]).toEqual([10, 2, 300, 4]);
    const options = { input: z, slope: [10, 100], inputLayout: 'nwc' } as const;
    expect([...activateBackward(dy, 'prelu', options).data]).toEqual([10, 2, 30, 4]);
  });

  it('rounds to half precision first', () => {
    const { data, bound } = expectedActivateBackward(tensor([1 + 2 ** -12], 1), 'relu', {
      input: tensor([1], 1),
      dtype: 'float16',
    });
    expect([data[0], bound[0]]).toEqual([1, 0]);
  });

  it.each<[string, () => unknown, RegExp]>([
    ['nothing to derive from', () => activateBackward(dy, 'relu', {}), /none is given. Give input, .*, or output/],
    ['too much', () => activateBackward(dy, 'relu', { input: z, output: z }), /both are given/],
    [
      'an output that does not tell',
      () => activateBackward(dy, 'silu', { output: z }),
      /'silu' does not follow from its output/,
    ],
    ['another shape', () => activateBackward(dy, 'relu', { input: tensor([1], 1) }), /input has shape \[1\]/],
    [
      'values that are missing',
      () => activateBackward(dy, 'relu', { input: tensor([1], 1, 2, 2) }),
      /input has 1 values/,
    ],
    ['no slope', () => activateBackward(dy, 'prelu', { input: z }), /slope is undefined/],
    [
      'an unknown option',
      () => activateBackward(dy, 'relu', { input: z, slopes: 1 } as never),
      /unknown option 'slopes'/,
    ],
  ])('refuses %s', (_, call, message) => expect(call).toThrow(message));
});
