import { describe, expect, it } from 'vitest';
import {
  ACTIVATION_NAMES,
  type ConvDescription,
  conv2dProblem,
  describeActivation,
  hasChannelTerms,
  NO_ACTIVATION,
  parseActivation,
} from '../../../src/problem/index.js';
import { refusalOf } from './refusals.js';

describe('parseActivation', () => {
  it('takes every name, with default parameters in f32', () => {
    expect(ACTIVATION_NAMES).toHaveLength(16);
    for (const name of ACTIVATION_NAMES) expect(parseActivation('t', name).name).toBe(name);
    expect(parseActivation('t', 'leakyRelu').alpha).toBe(Math.fround(0.01));
    expect(parseActivation('t', 'elu')).toEqual({ name: 'elu', alpha: 1, beta: 0 });
    expect(parseActivation('t', 'hardSigmoid')).toEqual({ name: 'hardSigmoid', alpha: Math.fround(0.2), beta: 0.5 });
    expect(parseActivation('t', 'none')).toEqual(NO_ACTIVATION);
  });

  it('takes parameters, and leaves a side of clamp open', () => {
    expect(parseActivation('t', { name: 'clamp', max: 3 })).toEqual({ name: 'clamp', alpha: -Infinity, beta: 3 });
    expect(parseActivation('t', { name: 'leakyRelu', alpha: -2 }).alpha).toBe(-2);
  });

  it('describes itself', () => {
    expect(describeActivation(parseActivation('t', 'gelu'))).toBe('gelu');
    expect(describeActivation(parseActivation('t', { name: 'clamp', min: -1, max: 3 }))).toBe('clamp(-1, 3)');
  });

  const cases: [unknown, string][] = [
    ['reLU', "conv2d: activation is 'reLU', but must be one of 'none', 'relu', 'relu6'"],
    ['softPlus', "Did you mean 'softplus'?"],
    [
      3,
      "conv2d: activation is 3, but must be a name or an object with a name, such as { name: 'leakyRelu', alpha: 0.1 }.",
    ],
    [null, 'activation is null, but must be a name'],
    [{ alpha: 1 }, 'activation is an object, but must be a name or an object with a name'],
    [
      { name: 'leakyRelu', slope: 0.1 },
      "conv2d: activation 'leakyRelu': unknown option 'slope'. Options are name, alpha.",
    ],
    [
      { name: 'relu', alpha: 0.1 },
      "conv2d: the activation 'relu' has no parameters, but alpha was given. Leave it out.",
    ],
    [
      { name: 'elu', alpha: 1e39 },
      "conv2d: alpha of the activation 'elu' is 1e+39, but must be a number that is finite in f32.",
    ],
    [{ name: 'hardSigmoid', beta: '1' }, "beta of the activation 'hardSigmoid' is '1', but must be a number"],
    [{ name: 'clamp', min: Number.NaN }, "min of the activation 'clamp' is NaN"],
    [{ name: 'clamp', min: 2, max: 1 }, "conv2d: the activation 'clamp' has min 2 above max 1. Swap them."],
  ];
  it.each(cases)('refuses %o', (activation, message) =>
    expect(refusalOf(() => parseActivation('conv2d', activation))).toContain(message),
  );
});

describe('the operands of an epilogue', () => {
  const problem = (more: object) =>
    conv2dProblem({ inputShape: [1, 2, 5, 5], filterShape: [3, 2, 3, 3], ...more } as ConvDescription<2>);

  it('are known by their shapes', () => {
    const { epilogue } = problem({ biasShape: [3], shiftShape: [3], residualShape: [1, 3, 3, 3] });
    expect(epilogue).toMatchObject({ hasBias: true, hasScale: false, hasShift: true, hasResidual: true });
    expect(hasChannelTerms(epilogue)).toBe(true);
    expect(hasChannelTerms(problem({ residualShape: [1, 3, 3, 3] }).epilogue)).toBe(false);
    expect(problem({ activation: 'prelu', slopeShape: [1] }).epilogue.hasSlope).toBe(true);
    expect(problem({ activation: 'prelu', slopeShape: [3] }).epilogue.hasSlope).toBe(true);
  });

  const cases: [object, string][] = [
    [
      { biasShape: [2] },
      'conv2d: bias has shape [2], but the number of output channels is 3. Give a bias of shape [3].',
    ],
    [
      { scaleShape: [1] },
      'conv2d: scale has shape [1], but the number of output channels is 3. Give a scale of shape [3].',
    ],
    [{ shiftShape: [1, 3] }, 'conv2d: shift has shape [1, 3], but the number of output channels is 3.'],
    [{ activation: 'prelu', slopeShape: [2] }, 'Give a slope of shape [3] or [1].'],
    [
      { activation: 'prelu' },
      "conv2d: the activation 'prelu' needs a slope. Give slope: one value, or one for each of the 3 output channels.",
    ],
    [
      { activation: 'relu', slopeShape: [3] },
      "conv2d: a slope belongs to the activation 'prelu', but the activation is 'relu'. Leave the slope out, or set activation: 'prelu'.",
    ],
    [
      { residualShape: [1, 3, 5, 5] },
      'conv2d: residual has shape [1, 3, 5, 5], but is added to an output of shape [1, 3, 3, 3]. Give a residual of that shape.',
    ],
    [{ biasShape: [0] }, 'axis 0 of bias shape [0] is 0, but must be an integer of at least 1.'],
  ];
  it.each(cases)('refuse %o', (more, message) => expect(refusalOf(() => problem(more))).toContain(message));
});
