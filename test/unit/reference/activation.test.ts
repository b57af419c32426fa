// Activations in float64 against values worked out by hand or tabulated, and the bound of their error in f32 against the
// formulas of the kernels, evaluated with errors as large as WGSL allows.
import { describe, expect, it } from 'vitest';
import { type Activation, activate, expectedActivate, InvalidArgumentError } from 'webgpu-conv/reference';
import { ACTIVATION_NAMES, parseActivation } from '../../../src/problem/index.js';
import { activateValue } from '../../../src/reference/activation.js';
import { activationErrorBound } from '../../../src/reference/activation-error.js';
import { erf, erfc } from '../../../src/reference/erf.js';
import { seededRandom } from '../../support/random.js';
import { tensor } from './tensors.js';

describe('erf', () => {
  // M. Abramowitz, I. Stegun, Handbook of Mathematical Functions, table 7.1; further digits from a C library
  it.each([
    [0, 0],
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [2.4999, 0.9995928300996666],
    [2.5, 0.999593047982555],
    [3, 0.9999779095030014],
    [6, 1],
  ])('of %d is %d', (x, value) => {
    expect(Math.abs(erf(x) - value)).toBeLessThan(1e-15);
    expect(erf(-x)).toBe(-erf(x));
  });

  it.each([
    [-1, 1.8427007929497148],
    [2, 0.004677734981047266],
    [3, 2.209049699858544e-5],
    [5, 1.5374597944280347e-12],
  ])('has the complement erfc(%d) = %d', (x, value) => {
    expect(Math.abs(erfc(x) / value - 1)).toBeLessThan(1e-13);
  });

  it('keeps NaN, and has limits', () => {
    expect(erf(Number.NaN)).toBeNaN();
    expect([erf(Number.POSITIVE_INFINITY), erfc(Number.NEGATIVE_INFINITY), erfc(40)]).toEqual([1, 2, 0]);
  });
});

const { E } = Math;
/** f(−4), f(−1), f(0), f(½), f(7), each as the definition reads. */
const VALUES: readonly [Activation, readonly number[]][] = [
  ['none', [-4, -1, 0, 0.5, 7]],
  ['relu', [0, 0, 0, 0.5, 7]],
  ['relu6', [0, 0, 0, 0.5, 6]],
  [{ name: 'leakyRelu', alpha: 0.25 }, [-1, -0.25, 0, 0.5, 7]],
  ['elu', [E ** -4 - 1, 1 / E - 1, 0, 0.5, 7]],
  [{ name: 'elu', alpha: 2 }, [2 * E ** -4 - 2, 2 / E - 2, 0, 0.5, 7]],
  ['prelu', [-2, -0.5, 0, 0.5, 7]],
  ['sigmoid', [1 / (1 + E ** 4), 1 / (1 + E), 0.5, 1 / (1 + E ** -0.5), 1 / (1 + E ** -7)]],
  [{ name: 'hardSigmoid', alpha: 0.25 }, [0, 0.25, 0.5, 0.625, 1]],
  ['tanh', [-0.999329299739067, -0.7615941559557649, 0, 0.46211715726, 0.9999983369439447]],
  ['gelu', [-0.000126684967, -0.158655253931, 0, 0.345731230645, 6.999999999991]],
  ['geluTanh', [-0.0000702459482, -0.1588080093917, 0, 0.3457140098251, 7]],
  ['silu', [-4 / (1 + E ** 4), -1 / (1 + E), 0, 0.5 / (1 + E ** -0.5), 7 / (1 + E ** -7)]],
  ['hardSwish', [0, -1 / 3, 0, 1.75 / 6, 7]],
  ['mish', [-0.072591740792, -0.3034014613741, 0, 0.3752452113049, 6.9999883798097]],
  ['softplus', [Math.log1p(E ** -4), Math.log1p(1 / E), Math.LN2, Math.log(1 + E ** 0.5), 7 + Math.log1p(E ** -7)]],
  [{ name: 'clamp', min: -2, max: 0.25 }, [-2, -1, 0, 0.25, 0.25]],
];
const nameOf = (activation: Activation) => (typeof activation === 'string' ? activation : activation.name);

describe('activate', () => {
  it('knows every activation by a row of the table', () => {
    expect(new Set(VALUES.map(([activation]) => nameOf(activation)))).toEqual(new Set(ACTIVATION_NAMES));
  });

  it.each(VALUES)('%o', (activation, values) => {
    const slope = activation === 'prelu' ? { slope: [0.5] } : {};
    const { data } = activate(activation, tensor([-4, -1, 0, 0.5, 7], 5), slope);
    for (const [index, value] of values.entries()) expect(data[index]).toBeCloseTo(value, 9);
  });

  it('overflows nowhere', () => {
    for (const name of ACTIVATION_NAMES) {
      const { data } = activate(name, tensor([-3e38, 3e38], 2), name === 'prelu' ? { slope: [0.5] } : {});
      expect(data.every(Number.isFinite), name).toBe(true);
    }
  });

  it('takes slopes by channel, where the layout has them', () => {
    const input = tensor([-1, -1, -1, -1], 1, 2, 2);
    const slope = [2, 3];
    expect([...activate('prelu', input, { slope }).data]).toEqual([-2, -2, -3, -3]);
    expect([...activate('prelu', input, { slope, inputLayout: 'nwc' }).data]).toEqual([-2, -3, -2, -3]);
  });

  it('rounds its input to half precision where it is stored so', () => {
    expect([...activate('none', tensor([2049], 1), { dtype: 'float16' }).data]).toEqual([2048]);
    expect([...expectedActivate('none', tensor([2049], 1), { dtype: 'float16' }).bound]).toEqual([0]);
  });

  const input = tensor([1, 2, 3], 3);
  const cases: [string, () => unknown, string][] = [
    [
      'an unknown name',
      () => activate('swish' as never, input),
      "reference activate: activation is 'swish', but must be one of",
    ],
    [
      'prelu without slope',
      () => activate('prelu', input),
      "slope is undefined and the activation 'prelu'. Give a slope",
    ],
    ['a slope without prelu', () => activate('relu', input, { slope: [1] }), "slope is [1] and the activation 'relu'."],
    [
      'slopes without channels',
      () => activate('prelu', input, { slope: [1, 2] }),
      'slope has 2 values, but the input has no channels. Give one value.',
    ],
    [
      'slopes for other channels',
      () => activate('prelu', tensor([1, 2, 3], 1, 3, 1), { slope: [1, 2] }),
      'slope has 2 values, but the input has 3 channels (ncw). Give one value, or 3.',
    ],
    [
      'data that do not fill their shape',
      () => activate('relu', tensor([1], 3)),
      'input has 1 values, but shape [3] needs 3.',
    ],
    ['unknown options', () => activate('relu', input, { alpha: 1 } as object), "unknown option 'alpha'."],
  ];
  it.each(cases)('refuses %s', (_, call, message) => {
    expect(call).toThrow(InvalidArgumentError);
    expect(call).toThrow(message);
  });
});

const u = 2 ** -24;
const random = seededRandom(1);
/** −1 or 1, or anything between: errors at their largest are the likeliest to add up. */
const sign = () => (random() < 0.7 ? Math.sign(random() - 0.5) : 2 * random() - 1);
const f = Math.fround;
// each is rounded after the error, which is less by that much
const div = (a: number, b: number) => f((a / b) * (1 + sign() * 4 * u));
const exp = (x: number) => f(Math.exp(x) * (1 + sign() * (5 + 4 * Math.abs(x)) * u));
const log = (x: number) =>
  f(Math.log(x) + (x >= 0.5 && x <= 2 ? sign() * (2 ** -21 - u) : sign() * Math.log(x) * 5 * u));
const sigmoid = (x: number) => div(1, f(1 + exp(-Math.max(x, -87))));
const clamp = (x: number, low: number, high: number) => Math.min(Math.max(x, low), high);

/** The formulas of shaders/shared/activation.wgsl in f32, with errors that WGSL allows. */
const KERNEL: Record<string, (x: number, alpha: number, beta: number) => number> = {
  none: (x) => x,
  relu: (x) => Math.max(x, 0),
  relu6: (x) => clamp(x, 0, 6),
  leakyRelu: (x, alpha) => (x < 0 ? f(alpha * x) : x),
  prelu: (x) => (x < 0 ? f(f(0.3) * x) : x),
  elu: (x, alpha) => (x < 0 ? f(alpha * f(exp(x) - 1)) : x),
  sigmoid,
  hardSigmoid: (x, alpha, beta) => clamp(f(f(alpha * x) + beta), 0, 1),
  tanh: (x) => {
    const t = exp(f(-2 * Math.abs(x)));
    return div(Math.sign(x) * f(1 - t), f(1 + t));
  },
  gelu: (x) => {
    const z = f(f(Math.SQRT1_2) * x); // the kernel's 0.70710678 is the same in f32
    const t = div(1, f(1 + f(f(0.3275911) * Math.abs(z))));
    let series = f(1.061405429);
    for (const a of [-1.453152027, 1.421413741, -0.284496736, 0.254829592]) series = f(f(a) + f(t * series));
    const erf32 = Math.sign(z) * f(1 - f(f(t * series) * exp(-f(z * z))));
    return f(f(0.5 * x) * f(1 + erf32));
  },
  geluTanh: (x) => {
    const cube = f(f(f(f(0.044715) * x) * x) * x);
    return f(x * sigmoid(2 * f(f(0.79788456) * f(x + cube))));
  },
  silu: (x) => f(x * sigmoid(x)),
  hardSwish: (x) => div(f(x * clamp(f(x + 3), 0, 6)), 6),
  mish: (x) => {
    if (x > 20) return x;
    const e = exp(x);
    const n = f(e * f(e + 2));
    return div(f(x * n), f(n + 2));
  },
  softplus: (x) => f(Math.max(x, 0) + log(f(1 + exp(-Math.abs(x))))),
  clamp,
};

describe('the bound of an activation', () => {
  const slope = 0.3;
  const specs = [
    ...ACTIVATION_NAMES.map((name) => parseActivation('t', name)),
    parseActivation('t', { name: 'leakyRelu', alpha: -2 }),
    parseActivation('t', { name: 'elu', alpha: -3 }),
    parseActivation('t', { name: 'hardSigmoid', alpha: -0.7, beta: 0.1 }),
    parseActivation('t', { name: 'clamp', min: -1, max: 0.5 }),
  ];

  it.each(specs)('$name ($alpha, $beta) holds for the formula of the kernel, and is used to a good part', (spec) => {
    let largest = 0;
    for (let trial = 0; trial < 30000; trial++) {
      const x = f((2 * random() - 1) * 10 ** (4 * random() - 2));
      const bound = trial % 2 === 0 ? 2 ** -126 : Math.abs(x) * 10 ** (-6 * random() - 1);
      const off = trial % 2 === 0 ? x : f(x + sign() * bound * 0.999);
      if (Math.abs(off - x) > bound) continue;
      const error = Math.abs(KERNEL[spec.name]!(off, spec.alpha, spec.beta) - activateValue(spec, x, slope));
      const units = error === 0 ? 0 : error / activationErrorBound(spec, x, bound, slope);
      if (units > 1) expect(`${spec.name}(${x}) is ${units} bounds off, coming in ${off - x} of ${bound} off`).toBe('');
      largest = Math.max(largest, units);
    }
    expect(largest).toBeGreaterThan(0.3);
  });

  it.each(specs)(
    '$name ($alpha, $beta) is small where nothing comes in: a few ULP of what it is evaluated from',
    (spec) => {
      for (const x of [-30, -3, -0.75, -0.01, 0.01, 0.75, 3, 30]) {
        const bound = activationErrorBound(spec, x, 0, slope);
        expect(bound, `${spec.name}(${x})`).toBeLessThan(40 * u * Math.max(1, Math.abs(x)));
      }
    },
  );

  it('follows the turning points: the least value of a GELU is nearer than the ends', () => {
    const gelu = parseActivation('t', 'gelu');
    const bound = activationErrorBound(gelu, -0.7, 0.1);
    const ends = [-0.8, -0.6].map((x) => Math.abs(activateValue(gelu, x) - activateValue(gelu, -0.7)));
    const least = activateValue(gelu, -0.7) - activateValue(gelu, -0.7517915);
    expect(bound).toBeGreaterThan(Math.max(...ends, least));
    expect(bound).toBeLessThan(Math.max(...ends, least) + 2e-6);
  });

  it('is what came in where nothing is done, nothing where the value is cut off, and unknown where it is infinite', () => {
    expect(activationErrorBound(parseActivation('t', 'none'), 5, 0.1)).toBe(0.1);
    expect(activationErrorBound(parseActivation('t', 'relu'), -5, 0.1)).toBe(0);
    expect(activationErrorBound(parseActivation('t', 'relu'), 0.05, 0.1)).toBeCloseTo(0.1, 15);
    expect(activationErrorBound(parseActivation('t', 'hardSigmoid'), 9, 0.1)).toBe(0);
    expect(activationErrorBound(parseActivation('t', 'sigmoid'), 0, Number.POSITIVE_INFINITY)).toBe(
      Number.POSITIVE_INFINITY,
    );
  });
});
