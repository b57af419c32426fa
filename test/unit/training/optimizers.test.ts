// Optimisers as options: defaults, ranges, and the parameters of a step.
import { describe, expect, it } from 'vitest';
import { parseOptimizer } from '../../../src/training/optimizers.js';
import { refusalOf } from '../problem/refusals.js';

describe('parseOptimizer', () => {
  it('takes a name for the defaults', () => {
    const sgd = parseOptimizer('trainer', 'sgd');
    expect(sgd.learningRate).toBe(0.01);
    expect(sgd.values(7, 3, 0.5)).toEqual({ weights: 7, rate: 0.5, momentum: 0, decay: 0 });
    expect(sgd.values(7, 3, 0.5)).toEqual(parseOptimizer('trainer', { name: 'sgd' }).values(7, 3, 0.5));
    expect(parseOptimizer('trainer', 'adam').learningRate).toBe(0.001);
  });

  it('corrects the bias of Adam’s moments by the number of the step', () => {
    const adam = parseOptimizer('trainer', { name: 'adam', beta1: 0.5, beta2: 0.75, epsilon: 1, weightDecay: 0.25 });
    expect(adam.values(7, 2, 0.3)).toEqual({
      weights: 7,
      rate: 0.3 / 0.75,
      shrink: 0.3 * 0.25,
      mean_keep: 0.5,
      mean_add: 0.5,
      square_keep: 0.75,
      square_add: 0.25,
      square_unbias: 1 / Math.sqrt(1 - 0.5625),
      epsilon: 1,
    });
  });

  it.each<[unknown, RegExp]>([
    [undefined, /optimizer: options must be an object, got undefined/],
    ['adm', /the name of the optimizer is 'adm', but must be one of 'sgd', 'adam'\. Did you mean 'adam'\?/],
    [{ name: 'sgd', momentun: 1 }, /unknown option 'momentun'\. Did you mean 'momentum'\?/],
    [{ name: 'sgd', beta1: 0.9 }, /optimizer 'sgd': unknown option 'beta1'/],
    [{ name: 'sgd', momentum: 1 }, /momentum is 1, but must be a number of at least 0 and below 1/],
    [{ name: 'sgd', momentum: 1 - 2 ** -30 }, /momentum is 0\.99.*below 1/],
    [{ name: 'sgd', learningRate: -0.1 }, /learningRate is -0\.1, but must be a finite number of at least 0/],
    [{ name: 'sgd', learningRate: 1e39 }, /learningRate is 1e\+39/],
    [{ name: 'sgd', learningRate: '1' }, /learningRate is '1'/],
    [{ name: 'sgd', weightDecay: Number.NaN }, /weightDecay is NaN, but must be a finite number of at least 0/],
    [{ name: 'adam', epsilon: 0 }, /epsilon is 0, but must be a finite number above 0/],
    [{ name: 'adam', epsilon: 1e-40 }, /epsilon is 1e-40/],
    [{ name: 'adam', beta2: -1 }, /beta2 is -1/],
  ])('refuses %o', (option, message) => {
    expect(refusalOf(() => parseOptimizer('trainer', option))).toMatch(message);
    expect(refusalOf(() => parseOptimizer('trainer', option))).toMatch(/^trainer: /);
  });
});
