// Sums divided into parts: right, the same bit for bit in every run, and within the workspace.
import { describe, expect, it } from 'vitest';
import { compare, expectedConv2d } from 'webgpu-conv/reference';
import { randomValues } from '../support/random.js';
import { useEngine } from './support/engine.js';

const engine = useEngine();
const variant = 'workgroup-64x64-split';
/** 35 positions, 70 filters, 1,170 products: two tiles, so that software divides it as well. */
const input = { data: randomValues(130 * 35, 1), shape: [1, 130, 5, 7] };
const filter = { data: randomValues(70 * 130 * 9, 2), shape: [70, 130, 3, 3] };
const bias = randomValues(70, 3);
const PART_BYTES = 4 * 70 * 36;

async function prepare(workspaceLimitBytes: number, more: object = {}) {
  using w = engine().tensor(filter.data, filter.shape);
  return await engine().prepareConv2d({
    ...{ algorithm: 'implicit-gemm', variant, inputShape: input.shape, filter: w, padding: 1, bias },
    ...{ activation: 'relu', workspaceLimitBytes, ...more },
  });
}

describe(variant, () => {
  it('computes within the bound of a direct sum, in parts of the workspace', async () => {
    using conv = await prepare(2 ** 24);
    expect(conv.workspaceBytes).toBeGreaterThanOrEqual(2 * PART_BYTES);
    expect(conv.workspaceBytes % PART_BYTES).toBe(0);
    using x = engine().tensor(input.data, input.shape);
    using y = conv.run(x);
    const expected = expectedConv2d(input, filter, { padding: 1, bias, activation: 'relu' });
    expect(compare(await y.read(), expected)).toMatchObject({ ok: true });
  });

  it('gives the same bit for bit in every run', async () => {
    using conv = await prepare(2 ** 24);
    using x = engine().tensor(input.data, input.shape);
    const outputs = Array.from({ length: 5 }, () => conv.run(x));
    const [first, ...others] = await Promise.all(outputs.map((output) => output.read()));
    for (const other of others) expect(other).toEqual(first);
    for (const output of outputs) output.dispose();
  });

  it('takes fewer parts where the workspace is small, and none where it holds no two', async () => {
    using two = await prepare(3 * PART_BYTES - 1);
    expect(two.workspaceBytes).toBe(2 * PART_BYTES);
    using none = await prepare(PART_BYTES);
    expect(none.workspaceBytes).toBe(0);
    using x = engine().tensor(input.data, input.shape);
    using y = none.run(x);
    const expected = expectedConv2d(input, filter, { padding: 1, bias, activation: 'relu' });
    expect(compare(await y.read(), expected)).toMatchObject({ ok: true });
  });

  it('serves 1×1 filters as well', async () => {
    using x = engine().tensor(input.data, input.shape);
    using w = engine().tensor(filter.data, [9 * 70, 130, 1, 1]);
    using y = await engine().conv2d(x, w, { algorithm: 'pointwise', variant });
    const expected = expectedConv2d(input, { data: filter.data, shape: [9 * 70, 130, 1, 1] });
    expect(compare(await y.read(), expected)).toMatchObject({ ok: true });
  });
});
