import { describe, expect, it } from 'vitest';
import type { Capabilities } from '../../../src/gpu/capabilities.js';
import { choose } from '../../../src/planner/choose.js';
import { conv2dProblem } from '../../../src/problem/index.js';

const software = { isSoftware: true } as Capabilities;
const hardware = { isSoftware: false } as Capabilities;
const problem = (filters: number, groups = 1) =>
  conv2dProblem({ inputShape: [1, 8, 9, 9], filterShape: [filters, 8 / groups, 3, 3], groups });

describe('choose', () => {
  it.each([
    [64, hardware, 'workgroup-64x64'],
    [64, software, 'register-8x8'],
    [16, hardware, 'register-8x8'],
    [2, hardware, 'register-4x16'],
    [2, software, 'register-4x16'],
  ])('for %i filters on %j picks %s', (filters, capabilities, variant) => {
    const choice = choose(problem(filters), capabilities);
    expect(choice.algorithm.name).toBe('im2col-gemm');
    expect(choice.variant).toBe(variant);
  });

  it('obeys what is forced', () => {
    expect(choose(problem(64), software, { variant: 'workgroup-64x64' }).variant).toBe('workgroup-64x64');
    expect(choose(problem(64), software, { algorithm: 'im2col-gemm' }).variant).toBe('register-8x8');
  });

  it('refuses names that do not exist, with the nearest', () => {
    expect(() => choose(problem(64), software, { algorithm: 'im2col' })).toThrow(
      "conv2d: algorithm is 'im2col', but must be one of 'im2col-gemm'.",
    );
    expect(() => choose(problem(64), software, { variant: 'register-8x9' })).toThrow("Did you mean 'register-8x8'?");
  });

  it('says why no algorithm supports a problem', () => {
    expect(() => choose(problem(8, 2), software)).toThrow(
      'conv2d: no algorithm supports 9×9×8 → 7×7×8, 3×3, 2 groups (im2col-gemm: groups is 2, and only 1 is implemented yet). webgpu-conv/reference computes it on the CPU.',
    );
    expect(() => choose(problem(8, 2), software)).toThrow(expect.objectContaining({ code: 'unsupported-problem' }));
  });
});
