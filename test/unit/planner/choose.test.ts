import { describe, expect, it } from 'vitest';
import type { Capabilities } from '../../../src/gpu/capabilities.js';
import { type Choice, choose as chooseFor, type Preference, parseAccuracy } from '../../../src/planner/choose.js';
import { type ConvProblem, conv2dProblem } from '../../../src/problem/index.js';

const software = { isSoftware: true } as Capabilities;
const hardware = { isSoftware: false } as Capabilities;
const choose = (problem: ConvProblem, capabilities: Capabilities, preference: Preference = {}) =>
  chooseFor(problem, capabilities, preference, 'conv2d');
const problem = (filters: number, groups = 1, more: object = {}) =>
  conv2dProblem({ inputShape: [1, 8, 12, 12], filterShape: [filters, 8 / groups, 3, 3], groups, ...more });

describe('choose', () => {
  it.each([
    ['64 filters on a GPU', problem(64), hardware, 'im2col-gemm', 'workgroup-64x64'],
    ['64 filters on software', problem(64), software, 'im2col-gemm', 'register-8x8'],
    ['16 filters on a GPU', problem(16), hardware, 'im2col-gemm', 'register-8x8'],
    ['few filters', problem(2), hardware, 'direct', 'row-1x16'],
    ['depthwise', problem(8, 8), software, 'depthwise', 'block-4x8'],
    [
      'few filters, where no window can slide',
      problem(2, 1, { strides: 2 }),
      software,
      'implicit-gemm',
      'register-4x16',
    ],
    [
      'depthwise, where no window can slide',
      problem(8, 8, { dilations: 2 }),
      hardware,
      'implicit-gemm',
      'register-4x16',
    ],
  ])('for %s', (_, wanted, capabilities, algorithm, variant) => {
    const choice = choose(wanted, capabilities);
    expect([choice.algorithm.name, choice.variants[0]]).toEqual([algorithm, variant]);
    expect([...choice.variants].sort()).toEqual([...choice.algorithm.variants].sort());
  });

  it('obeys what is forced', () => {
    expect(choose(problem(64), software, { variant: 'workgroup-64x64' }).variants).toEqual(['workgroup-64x64']);
    expect(choose(problem(2), software, { algorithm: 'im2col-gemm' }).variants[0]).toBe('register-4x16');
  });

  it('refuses names that do not exist, with the nearest', () => {
    expect(() => choose(problem(64), software, { algorithm: 'im2col-gem' })).toThrow(
      /^conv2d: algorithm is 'im2col-gem', but must be one of '.*'\. Did you mean 'im2col-gemm'\?$/,
    );
    expect(() => choose(problem(64), software, { variant: 'register-8x9' })).toThrow("Did you mean 'register-8x8'?");
  });

  it('says why what is forced cannot be', () => {
    const strided = problem(2, 1, { strides: [1, 2] });
    expect(() => choose(strided, software, { algorithm: 'direct' })).toThrow(
      'conv2d: what was asked for does not support 12×12×8 → 10×5×2, 3×3, stride 1×2 (direct: the column stride is 2, and a window slides by 1). Leave algorithm and variant out to let the planner choose.',
    );
    expect(() => choose(strided, software, { variant: 'row-1x16' })).toThrow(
      expect.objectContaining({ code: 'unsupported-problem' }),
    );
  });

  it('leaves other rows for where the workspace is too small, the best first; none if the row was forced', () => {
    const names: string[] = [];
    for (let choice: Choice | undefined = choose(deep(56), software); choice; choice = choice.otherwise) {
      names.push(choice.algorithm.name);
    }
    expect(names).toEqual(['winograd', 'implicit-gemm', 'im2col-gemm']);
    expect(choose(deep(56), software, { algorithm: 'winograd' }).otherwise).toBeUndefined();
    expect(choose(deep(56), software, { variant: 'f2x2-register-16x8' }).otherwise).toBeUndefined();
  });
});

/** 64 channels and filters of 3×3 over a square image. */
function deep(size: number, more: object = {}): ConvProblem {
  return conv2dProblem({ inputShape: [1, 64, size, size], filterShape: [64, 64, 3, 3], padding: 1, ...more });
}

describe('the accuracy', () => {
  it.each([
    ['standard', hardware, 56, 'winograd', 'f2x2-workgroup-64x64'],
    ['standard', software, 56, 'winograd', 'f2x2-register-16x8'],
    ['standard', hardware, 7, 'winograd', 'f2x2-register-16x8'],
    ['fast', hardware, 56, 'winograd', 'f4x4-workgroup-64x64'],
    ['fast', software, 56, 'winograd', 'f4x4-register-16x8'],
    ['fast', software, 7, 'winograd', 'f2x2-register-16x8'],
    ['fast', software, 2, 'implicit-gemm', 'register-16x8'],
    ['strict', hardware, 56, 'implicit-gemm', 'workgroup-64x64'],
    ['strict', software, 56, 'implicit-gemm', 'register-16x8'],
  ] as const)("'%s' decides what is chosen: %o, size %i", (accuracy, capabilities, size, algorithm, variant) => {
    const choice = choose(deep(size), capabilities, { accuracy });
    expect([choice.algorithm.name, choice.variants[0]]).toEqual([algorithm, variant]);
  });

  it("is 'standard' by default", () => {
    expect(choose(deep(56), software)).toEqual(choose(deep(56), software, { accuracy: 'standard' }));
  });

  it('holds for what stands in for the best variant, too', () => {
    for (let choice: Choice | undefined = choose(deep(56), hardware); choice; choice = choice.otherwise) {
      const { algorithm, variants } = choice;
      for (const variant of variants) expect(algorithm.errorGrowth?.(deep(56), variant) ?? 1).toBeLessThanOrEqual(8);
    }
    const names = choose(deep(56), hardware, { accuracy: 'fast' }).variants;
    expect(names).toEqual(expect.arrayContaining(['f2x2-workgroup-64x64', 'f4x4-register-16x8']));
  });

  it('does not matter where algorithm or variant are forced', () => {
    const strict = { accuracy: 'strict' } as const;
    expect(choose(deep(56), software, { ...strict, algorithm: 'winograd' }).algorithm.name).toBe('winograd');
    expect(choose(deep(56), software, { ...strict, variant: 'f4x4-register-16x8' }).variants).toEqual([
      'f4x4-register-16x8',
    ]);
  });

  it('is one of three', () => {
    expect(parseAccuracy('conv2d', 'fast')).toBe('fast');
    expect(() => parseAccuracy('conv2d', 'standart')).toThrow(
      "conv2d: accuracy is 'standart', but must be one of 'strict', 'standard', 'fast'. Did you mean 'standard'?",
    );
  });
});
