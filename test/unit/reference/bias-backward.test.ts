// The reference gradient of a bias: numbers worked out by hand, its bound, and what is refused.
import { describe, expect, it } from 'vitest';
import { convBackwardBias, expectedConvBackwardBias } from 'webgpu-conv/reference';
import { counting, tensor } from './tensors.js';

describe('convBackwardBias', () => {
  it('sums each channel over images and positions, in either layout', () => {
    expect([...convBackwardBias(counting(2, 2, 2)).data]).toEqual([1 + 2 + 5 + 6, 3 + 4 + 7 + 8]);
    expect([...convBackwardBias(counting(2, 2, 2), { inputLayout: 'nwc' }).data]).toEqual([
      1 + 3 + 5 + 7,
      2 + 4 + 6 + 8,
    ]);
    expect(convBackwardBias(counting(1, 3, 1, 2, 2)).shape).toEqual([3]);
  });

  it('goes back through an activation first, and adds to a gradient', () => {
    const preActivation = tensor([-1, 1, 1, -1], 1, 2, 2);
    expect([...convBackwardBias(counting(1, 2, 2), { activation: 'relu', preActivation }).data]).toEqual([2, 3]);
    const prelu = { activation: 'prelu', slope: [10, 100], preActivation } as const;
    expect([...convBackwardBias(counting(1, 2, 2), prelu).data]).toEqual([12, 403]);
    const accumulate = tensor([1000, -1000], 2);
    expect([...convBackwardBias(counting(1, 2, 2), { ...prelu, accumulate }).data]).toEqual([1012, -597]);
  });

  it('has the bound of a sum', () => {
    const { data, bound } = expectedConvBackwardBias(tensor([1, -1, 2, -2], 1, 1, 4));
    expect(data[0]).toBe(0);
    expect(bound[0]).toBeCloseTo(6 * 6 * 2 ** -24, 12);
    const accumulate = tensor([4], 1);
    const added = expectedConvBackwardBias(tensor([1, -1, 2, -2], 1, 1, 4), { accumulate });
    expect([added.data[0], added.bound[0]]).toEqual([4, expect.closeTo(6 * 10 * 2 ** -24, 12)]);
  });

  it.each<[string, () => unknown, RegExp]>([
    [
      'an activation without what it follows from',
      () => convBackwardBias(counting(1, 1, 2), { activation: 'relu' }),
      /'relu', and 0 of output and preActivation/,
    ],
    [
      'an output that does not tell',
      () => convBackwardBias(counting(1, 1, 2), { activation: 'gelu', output: counting(1, 1, 2) }),
      /does not follow from its output/,
    ],
    [
      'an operand of another shape',
      () => convBackwardBias(counting(1, 1, 2), { activation: 'relu', output: counting(1, 2, 1) }),
      /output has shape \[1, 2, 1\]/,
    ],
    [
      'a gradient of another bias',
      () => convBackwardBias(counting(1, 1, 2), { accumulate: counting(2) }),
      /accumulate has shape \[2\]/,
    ],
    ['a tensor without rank', () => convBackwardBias(counting(1, 2)), /has 2 axes/],
    ['an unknown option', () => convBackwardBias(counting(1, 1, 2), { groups: 2 } as never), /unknown option 'groups'/],
  ])('refuses %s', (_, call, message) => expect(call).toThrow(message));
});
