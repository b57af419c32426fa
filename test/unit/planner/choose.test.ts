import { describe, expect, it } from 'vitest';
import type { Capabilities } from '../../../src/gpu/capabilities.js';
import { assessAll, choose as chooseFor, type Preference, parseAccuracy } from '../../../src/planner/choose.js';
import { type ConvProblem, conv2dProblem } from '../../../src/problem/index.js';
import { GPU, LAVAPIPE, SWIFTSHADER } from '../../support/devices.js';

const MIB = 2 ** 20;
const choose = (
  problem: ConvProblem,
  device: Capabilities,
  preference: Preference = {},
  workspaceLimitBytes = 128 * MIB,
) => chooseFor(problem, preference, { workspaceLimitBytes, device }, 'conv2d');
const best = (...args: Parameters<typeof choose>) => {
  const { algorithm, variant } = choose(...args)[0]!;
  return `${algorithm.name} ${variant}`;
};

/** `channels` in and out of a square image, 3×3. */
function square(channels: number, size: number, more: object = {}): ConvProblem {
  const filterShape = [channels, channels, 3, 3];
  return conv2dProblem({ inputShape: [1, channels, size, size], filterShape, padding: 1, ...more });
}

const picture = conv2dProblem({ inputShape: [1, 1, 400, 600], filterShape: [1, 1, 7, 7], padding: 3 });
const depthwise = conv2dProblem({ inputShape: [1, 32, 56, 56], filterShape: [32, 1, 3, 3], groups: 32, padding: 1 });
const pointwise = conv2dProblem({ inputShape: [1, 64, 56, 56], filterShape: [256, 64, 1, 1] });
const strided = square(64, 56, { strides: 2 });

describe('choose', () => {
  it.each([
    ['many channels on software', square(64, 56), SWIFTSHADER, /^winograd f[24]x[24]-register/],
    ['many channels on a GPU', square(64, 56), GPU, /^winograd f[24]x[24]-workgroup/],
    ['many channels, where only direct sums will do', square(64, 56, { strides: 2 }), SWIFTSHADER, /register/],
    ['the same on a GPU', strided, GPU, /^implicit-gemm workgroup/],
    ['one tap on software', pointwise, SWIFTSHADER, /^(pointwise|im2col-gemm) register/],
    ['one tap on a GPU', pointwise, GPU, /^pointwise workgroup/],
    ['a filter for each channel on software', depthwise, SWIFTSHADER, /^depthwise/],
    ['a filter for each channel on a GPU', depthwise, GPU, /^(depthwise|direct)/],
    ['a picture on software', picture, SWIFTSHADER, /^(depthwise|direct)/],
  ])('%s', (_, problem, device, expected) => {
    expect(best(problem, device)).toMatch(expected);
  });

  it('gives every way that can be, the one predicted fastest first', () => {
    const ways = choose(square(64, 56), SWIFTSHADER);
    const times = ways.map(({ predictedMs }) => predictedMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.every((ms) => ms > 0 && Number.isFinite(ms))).toBe(true);
    expect(new Set(ways.map(({ algorithm }) => algorithm.name)).size).toBeGreaterThan(3);
  });

  it('takes no kernel that compiles for a second on a software adapter', () => {
    for (const problem of [square(64, 56), strided, pointwise, depthwise, picture]) {
      expect(best(problem, SWIFTSHADER)).not.toMatch(/workgroup/);
    }
  });

  it('obeys what is forced', () => {
    const named = (preference: Preference) => best(square(64, 56), SWIFTSHADER, preference);
    expect(named({ algorithm: 'im2col-gemm' })).toMatch(/^im2col-gemm register/);
    expect(named({ algorithm: 'im2col-gemm', variant: 'workgroup-64x64' })).toBe('im2col-gemm workgroup-64x64');
    expect(named({ variant: 'row-1x16' })).toBe('direct row-1x16');
  });

  it('takes the better of two algorithms that have a variant of the same name', () => {
    const ways = choose(square(64, 56), SWIFTSHADER, { variant: 'workgroup-64x64' });
    const names = ways.map(({ algorithm, variant }) => `${algorithm.name} ${variant}`);
    expect([...names].sort()).toEqual(['im2col-gemm workgroup-64x64', 'implicit-gemm workgroup-64x64']);
    expect(ways[0]!.predictedMs).toBeLessThanOrEqual(ways[1]!.predictedMs);
  });

  it('refuses names that do not exist, with the nearest', () => {
    expect(() => choose(picture, SWIFTSHADER, { algorithm: 'im2col-gem' })).toThrow(
      /^conv2d: algorithm is 'im2col-gem', but must be one of '.*'\. Did you mean 'im2col-gemm'\?$/,
    );
    expect(() => choose(picture, SWIFTSHADER, { variant: 'register-8x9' })).toThrow("Did you mean 'register-8x8'?");
  });

  it('takes variants that share loads in a subgroup where subgroups are large enough', () => {
    const lanes = (subgroupMinSize: number) => ({ ...LAVAPIPE, features: ['subgroups'], subgroupMinSize });
    const forced = { variant: 'f4x4-subgroup-32x4' };
    expect(best(square(128, 28), lanes(8))).toBe('winograd f4x4-subgroup-32x4');
    expect(best(square(128, 28), lanes(4))).not.toMatch(/subgroup-32x4/);
    expect(best(square(128, 28), lanes(32), forced)).toBe('winograd f4x4-subgroup-32x4');
    expect(() => choose(square(128, 28), lanes(4), forced)).toThrow(
      '8 lanes of a subgroup share their loads, and subgroups of this device may have 4',
    );
    expect(() => choose(square(128, 28), LAVAPIPE, forced)).toThrow('the device lacks the feature subgroups');
  });

  it('says why what is forced cannot be', () => {
    const wide = conv2dProblem({ inputShape: [1, 8, 12, 12], filterShape: [2, 8, 3, 3], strides: [1, 2] });
    expect(() => choose(wide, SWIFTSHADER, { algorithm: 'direct' })).toThrow(
      'conv2d: what was asked for does not support 12×12×8 → 10×5×2, 3×3, stride 1×2 (direct: the column stride is 2, and a window slides by 1). Leave algorithm and variant out to let the planner choose.',
    );
    expect(() => choose(wide, SWIFTSHADER, { variant: 'row-1x16' })).toThrow(
      expect.objectContaining({ code: 'unsupported-problem' }),
    );
  });

  it('keeps to the workspace: takes another way, and says how much is needed where there is none', () => {
    expect(best(square(64, 56), SWIFTSHADER, {}, 1)).toMatch(/^implicit-gemm/);
    expect(() => choose(square(64, 56), SWIFTSHADER, { algorithm: 'im2col-gemm' }, 1)).toThrow(
      expect.objectContaining({ code: 'workspace-limit' }),
    );
  });
});

describe('the accuracy', () => {
  it.each([
    ['standard', 8],
    ['strict', 1],
  ] as const)("'%s' admits an error growth of %i", (accuracy, mostGrowth) => {
    for (const size of [7, 14, 56]) {
      for (const { errorGrowth } of choose(square(16, size), GPU, { accuracy })) {
        expect(errorGrowth).toBeLessThanOrEqual(mostGrowth);
      }
    }
  });

  it("'fast' admits whatever there is, and says by how much errors may grow", () => {
    const growths = choose(square(16, 56), GPU, { accuracy: 'fast' }).map(({ errorGrowth }) => errorGrowth);
    expect(Math.max(...growths)).toBeGreaterThan(8);
    const { refusals } = assessAll(square(16, 56), 'strict', { workspaceLimitBytes: MIB, device: GPU });
    const reasons = refusals.filter(({ algorithm }) => algorithm.name === 'winograd').map(({ reason }) => reason);
    expect(reasons).toContainEqual(expect.stringMatching(/^errors may grow [\d.]+ times, and 1 is allowed$/));
  });

  it("is 'standard' by default, and does not matter where algorithm or variant are forced", () => {
    expect(best(square(64, 56), SWIFTSHADER)).toBe(best(square(64, 56), SWIFTSHADER, { accuracy: 'standard' }));
    expect(best(square(64, 56), SWIFTSHADER, { accuracy: 'strict', algorithm: 'winograd' })).toMatch(/^winograd/);
  });

  it('is one of three', () => {
    expect(parseAccuracy('conv2d', 'fast')).toBe('fast');
    expect(() => parseAccuracy('conv2d', 'standart')).toThrow(
      "conv2d: accuracy is 'standart', but must be one of 'strict', 'standard', 'fast'. Did you mean 'standard'?",
    );
  });
});
