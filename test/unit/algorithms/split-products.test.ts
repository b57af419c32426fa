import { describe, expect, it } from 'vitest';
import { splitProducts, sumValues } from '../../../src/algorithms/split-products.js';
import { conv2dProblem, convTranspose2dProblem, gathersOf } from '../../../src/problem/index.js';

const AMPLE = 2 ** 30;
/** ResNet-50's last 3×3 layer: 49 positions, 4,608 products each. */
const deep = conv2dProblem({ inputShape: [1, 512, 7, 7], filterShape: [512, 512, 3, 3], padding: 1 });
const split = (problem: typeof deep, tiles: number, isSoftware: boolean, limitBytes: number) =>
  splitProducts(problem, gathersOf(problem)[0]!, tiles, isSoftware, limitBytes);
const PART_BYTES = 4 * 512 * 52; // positions are padded to whole vec4

describe('splitProducts', () => {
  it('divides long sums until the device is busy, or until parts have 128 products', () => {
    expect(split(deep, 8, false, AMPLE)).toEqual({ parts: 36, workspaceBytes: 36 * PART_BYTES });
    expect(split(deep, 100, false, AMPLE).parts).toBe(5);
    expect(split(deep, 8, true, AMPLE).parts).toBe(2);
  });

  it('leaves whole what has tiles enough, or few products', () => {
    expect(split(deep, 257, false, AMPLE)).toEqual({ parts: 1, workspaceBytes: 0 });
    const short = conv2dProblem({ inputShape: [1, 28, 7, 7], filterShape: [9, 28, 3, 3] }); // 252 products
    expect(split(short, 1, false, AMPLE).parts).toBe(1);
  });

  it('takes no more parts than there are steps of channels, whatever their products', () => {
    const wide = conv2dProblem({ inputShape: [1, 1, 20, 20], filterShape: [1, 1, 20, 20] }); // 400 steps of one product
    expect(split(wide, 1, false, AMPLE).parts).toBe(3);
    const long = conv2dProblem({ inputShape: [1, 4096, 1, 1], filterShape: [1, 4096, 1, 1] });
    expect(split(long, 1, false, AMPLE).parts).toBe(32);
  });

  it('takes fewer parts where the workspace is small, and none where it holds less than two', () => {
    expect(split(deep, 8, false, 5 * PART_BYTES)).toEqual({ parts: 5, workspaceBytes: 5 * PART_BYTES });
    expect(split(deep, 8, false, 2 * PART_BYTES - 1)).toEqual({ parts: 1, workspaceBytes: 0 });
  });

  it('divides each gather of a transposed convolution, but not one without taps', () => {
    const given = { inputShape: [1, 512, 7, 7], filterShape: [512, 64, 1, 1], strides: 2 };
    const gathers = gathersOf(convTranspose2dProblem(given));
    const parts = gathers.map((gather) => splitProducts(convTranspose2dProblem(given), gather, 1, false, AMPLE).parts);
    expect(parts).toEqual([4, 1, 1, 1]);
  });
});

describe('sumValues', () => {
  it('has an invocation for four positions of each filter', () => {
    expect(sumValues(deep, gathersOf(deep)[0]!, 36)).toMatchObject({
      ...{ invocations: 512 * 13, position_quads: 13, positions: 49, parts: 36 },
    });
  });
});
