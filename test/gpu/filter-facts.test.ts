// What the engine finds out of a filter's values: a filter that is a product of a column and a row is applied in two passes, without being
// asked for, and any other is not.
import { describe, expect, it } from 'vitest';
import { conv2dProblem, withSeparableFilter } from 'webgpu-conv';
import { compare, expectedConv2d } from 'webgpu-conv/reference';
import { randomValues } from '../support/random.js';
import { useEngine } from './support/engine.js';

const engine = useEngine();
const SIZE = 200;
const TAPS = 21;
const picture = { data: randomValues(SIZE * SIZE, 1), shape: [1, 1, SIZE, SIZE] };
const shape = [1, 1, TAPS, TAPS];

/** A Gaussian, in f32, of which every weight was rounded for itself. */
const blur = Float32Array.from({ length: TAPS * TAPS }, (_, index) => {
  const [r, s] = [Math.floor(index / TAPS) - 10, (index % TAPS) - 10];
  return Math.exp(-(r * r + s * s) / 40);
});

describe('a filter', () => {
  it.each(['float32', 'float16'] as const)(
    'that is a product (stored as %s) is applied in two passes',
    async (dtype) => {
      const weights = dtype === 'float32' ? blur : new Float32Array(TAPS * TAPS).fill(0.25);
      using x = engine().tensor(picture.data, picture.shape);
      using w = engine().tensor(weights, shape, { dtype });
      using conv = await engine().prepareConv2d({ inputShape: picture.shape, filter: w, padding: 10 });
      expect(conv.algorithm).toBe('separable');
      expect(conv.errorGrowth).toBeLessThanOrEqual(1);
      using y = conv.run(x);
      const expected = expectedConv2d(picture, { data: weights, shape }, { padding: 10 });
      expect(compare(await y.read(), expected)).toMatchObject({ ok: true });
      using same = await engine().conv2d(x, w, { padding: 10 });
      expect(await same.read()).toEqual(await y.read());
    },
  );

  it('is read once, and not at all where it would not matter', async () => {
    using w = engine().tensor(blur, shape);
    const prepare = (more: object = {}) => engine().prepareConv2d({ inputShape: picture.shape, filter: w, ...more });
    const submissions = async (more?: object) => {
      await engine().finish();
      const before = engine().stats().submissions;
      using _ = await prepare(more);
      return engine().stats().submissions - before;
    };
    const packing = await submissions({ algorithm: 'direct' });
    expect(await submissions()).toBe(packing + 1);
    expect(await submissions()).toBe(packing);
    using other = engine().tensor(blur, shape);
    using small = await engine().prepareConv2d({ inputShape: [1, 1, 24, 24], filter: other, algorithm: 'direct' });
    expect(small.algorithm).toBe('direct');
  });

  it('that is none is not, and cannot be forced to', async () => {
    using x = engine().tensor(picture.data, picture.shape);
    using w = engine().tensor(randomValues(TAPS * TAPS, 2), shape);
    using conv = await engine().prepareConv2d({ inputShape: picture.shape, filter: w });
    expect(conv.algorithm).not.toBe('separable');
    await expect(engine().conv2d(x, w, { algorithm: 'separable' })).rejects.toThrow(
      'the filter is not known to be a product of a column and a row',
    );
  });

  it('of whom it is said is explained accordingly', async () => {
    const problem = conv2dProblem({ inputShape: picture.shape, filterShape: shape, padding: 10 });
    const chosen = async (asked: typeof problem) =>
      (await engine().explain(asked, { print: false })).rows.find((row) => row.chosen)!.algorithm;
    expect(await chosen(withSeparableFilter(problem))).toBe('separable');
    expect(await chosen(problem)).not.toBe('separable');
  });
});
