// Designs of filter gradients: how positions are divided, what the workspace holds, and what is left to dispatch.
import { describe, expect, it } from 'vitest';
import { divide } from '../../../src/algorithms/filter-gradient/sums.js';
import { FILTER_GRADIENT_ALGORITHMS } from '../../../src/algorithms/filter-gradient/table.js';
import { chooseFrom } from '../../../src/planner/choose.js';
import { type ConvDescription, conv2dProblem, filterGradientProblem } from '../../../src/problem/index.js';
import { GPU, SWIFTSHADER } from '../../support/devices.js';

const limitsOf = (workspaceLimitBytes: number, device = SWIFTSHADER) => ({ workspaceLimitBytes, device });

function designOf(name: string, description: ConvDescription<2>, workspaceLimitBytes = 2 ** 27, device = SWIFTSHADER) {
  const algorithm = FILTER_GRADIENT_ALGORITHMS.find((row) => row.name === name)!;
  const problem = filterGradientProblem(conv2dProblem(description));
  const variant = algorithm.variants.find((each) => each === 'register-16x8') ?? algorithm.variants[0]!;
  return algorithm.design(problem, variant, limitsOf(workspaceLimitBytes, device));
}

const namesOf = (design: ReturnType<typeof designOf>) =>
  design.run.map(({ kernel }) => kernel.name.replace('filter_gradient_', ''));

describe('divide', () => {
  it('leaves no part empty, and every step in one', () => {
    for (const steps of [1, 2, 7, 31, 64, 65, 1000]) {
      for (const mostParts of [1, 2, 5, 1000]) {
        for (const invocations of [1, 10, 5000]) {
          const { parts, each } = divide(steps, invocations, mostParts, limitsOf(1), 1);
          expect(parts).toBeLessThanOrEqual(mostParts);
          expect(parts * each).toBeGreaterThanOrEqual(steps);
          expect((parts - 1) * each).toBeLessThan(steps);
        }
      }
    }
  });

  it('makes more parts for a GPU than for software, and none where invocations are many', () => {
    const partsOn = (device: typeof GPU, invocations: number) =>
      divide(100_000, invocations, 10_000, limitsOf(1, device)).parts;
    expect(partsOn(GPU, 100)).toBeGreaterThan(partsOn(SWIFTSHADER, 100));
    expect(partsOn(GPU, 2 ** 16)).toBe(1);
  });
});

describe('a design', () => {
  const many: ConvDescription<2> = { inputShape: [2, 9, 50, 70], filterShape: [17, 9, 3, 3], padding: 1 };

  it('lays operands out, multiplies and adds the parts', () => {
    expect(namesOf(designOf('implicit-gemm', many))).toEqual(['matrix_f32', 'matrix_f32', 'gemm_f32_16x8', 'sum_f32']);
    const { matrixBytes, sumBytes } = designOf('implicit-gemm', many);
    // the gradient of 20 filters at 7,000 places, and 12 channels at 2 · 52 · 72, each up to a multiple of 256
    expect(matrixBytes).toBe(560_128 + 359_424);
    expect(sumBytes % (4 * 81 * 20)).toBe(0);
  });

  it('reads tensors of channels last in their place, and writes a whole sum into the result', () => {
    const description: ConvDescription<2> = {
      ...{ inputShape: [1, 5, 4, 512], filterShape: [1024, 512, 1, 1], inputLayout: 'nhwc' },
    };
    const design = designOf('implicit-gemm', description);
    expect(namesOf(design)).toEqual(['gemm_f32_16x8']);
    expect([design.matrixBytes, design.sumBytes]).toEqual([0, 0]);
  });

  it('keeps to the workspace in bands that add up', () => {
    const design = designOf('im2col-gemm', many, 200_000);
    expect(design.matrixBytes + design.sumBytes).toBeLessThanOrEqual(200_000);
    expect(design.bands).toBeGreaterThan(10);
    const products = design.run.filter(({ kernel }) => kernel.name.includes('gemm'));
    expect(products.map(({ values }) => values.adds)).toEqual([0, ...Array(design.bands - 1).fill(1)]);
    expect(products.reduce((sum, { values }) => sum + values.output_columns!, 0)).toBe(7000);
  });

  it('says how much it needs, where that is too much', () => {
    expect(() => designOf('im2col-gemm', many, 10_000)).toThrow(
      // sums, gradient, values
      expect.objectContaining({ code: 'workspace-limit', neededBytes: 6_480 + 5_120 + 21_504 }),
    );
  });

  it('cuts large windows of one channel into blocks of taps', () => {
    const design = designOf('depthwise', {
      ...{ inputShape: [1, 3, 64, 64], filterShape: [3, 1, 31, 9], groups: 3, padding: [15, 4] },
    });
    expect(design.run[0]!.overrides).toMatchObject({ TAP_ROWS: 5, TAP_COLUMNS: 5, SLIDES: 1 });
    expect(design.run[0]!.work.invocations % (3 * 8 * 7 * 2)).toBe(0); // filters, tiles of columns, blocks
  });
});

describe('the choice', () => {
  const bestOf = (description: ConvDescription<2>, workspaceLimitBytes = 2 ** 27, device = SWIFTSHADER) => {
    const problem = filterGradientProblem(conv2dProblem(description));
    const choice = { table: FILTER_GRADIENT_ALGORITHMS, problem, describe: () => '' };
    const [best] = chooseFrom(choice, {}, limitsOf(workspaceLimitBytes, device), 'convBackwardFilter');
    return best!.algorithm.name;
  };

  it.each([
    ['SwiftShader', SWIFTSHADER],
    ['a GPU', GPU],
  ])('on %s is a product for many channels, depthwise for one, and direct without workspace', (_, device) => {
    const square: ConvDescription<2> = { inputShape: [1, 64, 56, 56], filterShape: [64, 64, 3, 3], padding: 1 };
    expect(bestOf(square, 2 ** 27, device)).toBe('implicit-gemm');
    expect(bestOf(square, 1, device)).toBe('direct');
    const single = { inputShape: [1, 32, 112, 112], filterShape: [32, 1, 3, 3], groups: 32, padding: 1 };
    expect(bestOf(single, 2 ** 27, device)).toBe('depthwise');
  });
});
