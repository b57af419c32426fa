import { describe, expect, it } from 'vitest';
import type { Capabilities } from '../../../src/gpu/capabilities.js';
import { choose as chooseFor, type Preference } from '../../../src/planner/choose.js';
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
    ['few filters, where no window can slide', problem(2, 1, { strides: 2 }), software, 'im2col-gemm', 'register-4x16'],
    ['depthwise, where no window can slide', problem(8, 8, { dilations: 2 }), hardware, 'im2col-gemm', 'register-4x16'],
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
});
