// Dispatches of more than 65,535 workgroups: each kernel that can get there with data that still fits.
import { describe, expect, it } from 'vitest';
import { compare, expectedConv2d } from 'webgpu-conv/reference';
import { randomValues } from '../support/random.js';
import { useEngine } from './support/engine.js';

const engine = useEngine();

describe('more than 65,535 workgroups', () => {
  it.each([
    // four positions an invocation, 64 invocations a workgroup
    { kernel: 'im2col', variant: 'register-4x16', rows: 4096, columns: 4100, positionsEach: 256 },
    {
      kernel: 'the GEMM with workgroup memory',
      variant: 'workgroup-64x64',
      rows: 2048,
      columns: 2049,
      positionsEach: 64,
    },
  ])('of $kernel: an image of $rows×$columns', async ({ variant, rows, columns, positionsEach }) => {
    const pixels = rows * columns;
    expect(pixels / positionsEach).toBeGreaterThan(65_535);
    const block = randomValues(4099, 1);
    const data = Float32Array.from({ length: pixels }, (_, index) => block[index % 4099]!);
    const x = engine().tensor(data, [1, 1, rows, columns]);
    const w = engine().tensor([0.75], [1, 1, 1, 1]);
    const y = await engine().conv2d(x, w, { bias: [0.5], variant });
    const values = await y.read();
    for (const tensor of [x, w, y]) tensor.dispose();
    // one product and a bias: exact but for two roundings, so no seven loops over millions of pixels are needed
    const expected = block.map((value) => 0.75 * value + 0.5);
    let wrong = 0;
    for (let index = 0; index < pixels; index++) {
      if (Math.abs(values[index]! - expected[index % 4099]!) > 2 ** -23) wrong++;
    }
    expect(wrong).toBe(0);
  });

  it('of the filter packing: 4,100 filters of 4,100 channels', async () => {
    const size = 4100;
    expect((size * size) / 4 / 64).toBeGreaterThan(65_535);
    const block = randomValues(4999, 2);
    const input = { data: randomValues(size, 3), shape: [1, size, 1, 1] };
    const filter = {
      data: Float32Array.from({ length: size * size }, (_, index) => block[index % 4999]!),
      shape: [size, size, 1, 1],
    };
    const x = engine().tensor(input.data, input.shape);
    const w = engine().tensor(filter.data, filter.shape);
    const y = await engine().conv2d(x, w, { variant: 'register-8x8' });
    const comparison = compare(await y.read(), expectedConv2d(input, filter));
    for (const tensor of [x, w, y]) tensor.dispose();
    expect(comparison).toMatchObject({ ok: true });
  });
});
