// Speed as ratios, measured in turn in one run: the least that the engine must gain over plain JavaScript on any adapter.
// Best of several rounds on both sides, because noise on a shared machine only ever adds time.
import { describe, expect, it } from 'vitest';
import { compare, conv2d, expectedConv2d } from 'webgpu-conv/reference';
import { randomValues } from '../support/random.js';
import { useEngine } from './support/engine.js';

const engine = useEngine();
const ROUNDS = 6;

describe('ResNet-50, 56×56, 64 to 64 channels, 3×3', () => {
  it('multiplies at least 4 times, and convolves at least 3 times as fast as plain JavaScript', async () => {
    const input = { data: randomValues(64 * 56 * 56, 1), shape: [1, 64, 56, 56] };
    const filter = { data: randomValues(64 * 64 * 9, 2), shape: [64, 64, 3, 3] };
    const x = engine().tensor(input.data, input.shape);
    const w = engine().tensor(filter.data, filter.shape);
    const conv = await engine().prepareConv2d({ inputShape: input.shape, filter: w, padding: 1 });
    const warm = conv.run(x);
    expect(compare(await warm.read(), expectedConv2d(input, filter, { padding: 1 }))).toMatchObject({ ok: true });

    const best = {
      multiply: Number.POSITIVE_INFINITY,
      whole: Number.POSITIVE_INFINITY,
      plain: Number.POSITIVE_INFINITY,
    };
    for (let round = 0; round < ROUNDS; round++) {
      const { result, gpuMs, passes, clock } = await engine().measure(() => conv.run(x));
      result.dispose();
      expect(clock).toBe('timestamp-query');
      const gemm = passes.filter(({ kernel }) => kernel.includes('gemm_')).reduce((sum, { ms }) => sum + ms, 0);
      const start = performance.now();
      conv2d(input, filter, { padding: 1 });
      best.plain = Math.min(best.plain, performance.now() - start);
      best.multiply = Math.min(best.multiply, gemm);
      best.whole = Math.min(best.whole, gpuMs);
    }
    const times = `multiply ${best.multiply} ms, whole ${best.whole} ms, plain JavaScript ${best.plain} ms`;
    expect(best.plain / best.multiply, times).toBeGreaterThanOrEqual(4);
    expect(best.plain / best.whole, times).toBeGreaterThanOrEqual(3);
    console.info(`${engine().info.name}: ${times}`);
  });
});
