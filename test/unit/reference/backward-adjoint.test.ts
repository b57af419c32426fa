// The gradients of convolutions held against the forward operators that they belong to: as adjoints and as derivatives.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  conv1d,
  conv2d,
  conv3d,
  convBackwardFilter,
  convBackwardInput,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  type ReferenceResult,
  type ReferenceTensor,
} from 'webgpu-conv/reference';
import {
  callGradientReference,
  type GradientCase,
  type GradientOperands,
  gradientCases,
  gradientOperandsOf,
  plainGradient,
  writtenGradientOptions,
} from '../../support/arbitrary-gradient.js';

const REFERENCE = { input: convBackwardInput, filter: convBackwardFilter };
const FORWARD = {
  conv: [conv1d, conv2d, conv3d],
  convTranspose: [convTranspose1d, convTranspose2d, convTranspose3d],
} as const;

/** The forward operator of a case in float64, with or without its activation. */
function forward(operands: GradientOperands, input: ReferenceTensor, filter: ReferenceTensor, isActivated: boolean) {
  const {
    operator: _,
    inputShape: __,
    filterShape: ___,
    slope,
    activation,
    ...options
  } = writtenGradientOptions(operands);
  const { problem } = operands;
  const compute = FORWARD[problem.operator][problem.rank - 1] as (...all: unknown[]) => ReferenceResult;
  const ending = isActivated ? { activation, ...(slope ? { slope } : {}) } : {};
  return compute(input, filter, { ...options, ...ending });
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, index) => sum + value * b[index]!, 0);
const norm = (a: ArrayLike<number>) => Math.sqrt(dot(a, a));

/** In float32 throughout: half precision would round the operands. */
const inFloat32 = (given: GradientCase): GradientCase => ({ ...given, dtype: 'float32', filterDtype: 'float32' });

describe('the gradients as adjoints, on random problems of every option', () => {
  const cases = gradientCases().map((given) => inFloat32(plainGradient(given)));

  it('⟨conv x, y⟩ = ⟨x, backwardInput y⟩ = ⟨w, backwardFilter(x, y)⟩', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const [of, other] = (['input', 'filter'] as const).map((each) =>
          gradientOperandsOf({ ...given, of: each }),
        ) as [GradientOperands, GradientOperands];
        const { input, filter, gradient } = of;
        const zeros = { ...input, data: input.data.map(() => 0) };
        const y = forward(of, input, filter, false).data;
        const constant = forward(of, zeros, filter, false).data; // what padding with a constant adds
        const scale = norm(gradient.data) * (norm(y) + norm(constant)) + norm(input.data) * norm(filter.data) + 1e-30;
        const [all, linear] = [dot(y, gradient.data), dot(y, gradient.data) - dot(constant, gradient.data)];
        const dx = callGradientReference(of, REFERENCE);
        const dw = callGradientReference(other, REFERENCE);
        expect(Math.abs(dot(input.data, dx.data) - linear) / scale).toBeLessThan(1e-11);
        expect(Math.abs(dot(filter.data, dw.data) - all) / scale).toBeLessThan(1e-11);
      }),
      { numRuns: 150, seed: 5 },
    );
  });
});

describe('the gradients as derivatives', () => {
  /** Activations with kinks have no derivative there; between them they are tested like the others. */
  const isNearKink = (z: ArrayLike<number>) =>
    Array.from(z).some((value) => [0, 6, 3, -3].some((kink) => Math.abs(value - kink) < 1e-3));

  it('are central differences of the forward reference in float64, at random points', () => {
    const smooth = [
      'none',
      'elu',
      'relu',
      'sigmoid',
      'tanh',
      'gelu',
      'geluTanh',
      'silu',
      'hardSwish',
      'mish',
      'softplus',
      'prelu',
    ] as const;
    let tried = 0;
    fc.assert(
      fc.property(gradientCases(), fc.constantFrom(...smooth), fc.nat(), (drawn, activation, place) => {
        const terms = activation === 'prelu' ? (['slope'] as const) : [];
        const given = { ...inFloat32(drawn), activation, terms, accumulates: false, gain: 0 };
        const operands = gradientOperandsOf(given);
        const { input, filter, gradient } = operands;
        const z = forward(operands, input, filter, false);
        const isKinked = ['elu', 'relu', 'hardSwish', 'prelu'].includes(activation);
        fc.pre(!(isKinked && isNearKink(z.data)));
        const derivative =
          activation === 'none'
            ? {}
            : { preActivation: { ...z, data: z.data as unknown as Float32Array<ArrayBuffer> } };
        const computed = callGradientReference({ ...operands, derivative }, REFERENCE);
        const index = place % computed.data.length;
        const step = 1e-4;
        const [plus, minus] = [step, -step].map((by) => {
          const moved = (values: ReferenceTensor): ReferenceTensor => {
            const data = Float64Array.from(values.data);
            data[index]! += by;
            return { ...values, data };
          };
          const [x, w] = given.of === 'input' ? [moved(input), filter] : [input, moved(filter)];
          return dot(forward(operands, x, w, true).data, gradient.data);
        }) as [number, number];
        const difference = (plus - minus) / (2 * step);
        const size = 1 + norm(gradient.data) * (1 + norm(given.of === 'input' ? filter.data : input.data));
        expect(Math.abs(computed.data[index]! - difference) / size).toBeLessThan(1e-6);
        tried++;
      }),
      { numRuns: 200, seed: 6 },
    );
    expect(tried).toBeGreaterThan(150);
  });
});
