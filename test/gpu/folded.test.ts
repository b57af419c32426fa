// Dispatches of more than 65,535 workgroups: each kernel that can get there with data that still fits.
import { describe, expect, it } from 'vitest';
import { compare, expectedConv2d } from 'webgpu-conv/reference';
import { randomValues } from '../support/random.js';
import { useEngine } from './support/engine.js';

const engine = useEngine();

describe('more than 65,535 workgroups', () => {
  const nchw = ([rows, columns]: readonly number[]) => [1, 1, rows!, columns!];
  const nhwc = ([rows, columns]: readonly number[]) => [1, rows!, columns!, 1];
  // positions that a workgroup of 64 invocations covers: 4 each in im2col, a tile of 64 in the GEMM with workgroup memory,
  // and in `direct` up to 16 columns of a row each, of which an image of 2 columns leaves 2
  it.each([
    {
      kernel: 'im2col',
      algorithm: 'im2col-gemm',
      variant: 'register-4x16',
      size: [4096, 4100],
      positionsEach: 256,
      inputLayout: 'nchw',
    },
    {
      kernel: 'the workgroup GEMM',
      algorithm: 'im2col-gemm',
      variant: 'workgroup-64x64',
      size: [2048, 2049],
      positionsEach: 64,
      inputLayout: 'nhwc',
    },
    {
      kernel: 'direct',
      algorithm: 'direct',
      variant: 'row-1x16',
      size: [4_300_000, 2],
      positionsEach: 128,
      inputLayout: 'nchw',
    },
    {
      kernel: 'direct',
      algorithm: 'direct',
      variant: 'row-1x16',
      size: [4_300_000, 2],
      positionsEach: 128,
      inputLayout: 'nhwc',
    },
  ] as const)(
    'of $kernel, $inputLayout: an image of $size',
    async ({ algorithm, variant, size, positionsEach, inputLayout }) => {
      const pixels = size[0] * size[1];
      expect(pixels / positionsEach).toBeGreaterThan(65_535);
      const block = randomValues(4099, 1);
      const data = Float32Array.from({ length: pixels }, (_, index) => block[index % 4099]!);
      const x = engine().tensor(data, (inputLayout === 'nchw' ? nchw : nhwc)(size));
      const w = engine().tensor([0.75], [1, 1, 1, 1]);
      const y = await engine().conv2d(x, w, { bias: [0.5], algorithm, variant, inputLayout });
      const values = await y.read();
      for (const tensor of [x, w, y]) tensor.dispose();
      // the same values over and over, so no seven loops over millions of pixels are needed
      const shape = [1, 1, 1, 4099];
      const one = { data: [0.75], shape: [1, 1, 1, 1] };
      const expected = expectedConv2d({ data: block, shape }, one, { bias: [0.5] });
      let right = 0;
      for (let index = 0; index < pixels; index++) {
        const at = index % 4099;
        if (Math.abs(values[index]! - expected.data[at]!) <= expected.bound[at]!) right++;
      }
      expect(right).toBe(pixels);
    },
  );

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
    const y = await engine().conv2d(x, w, { algorithm: 'im2col-gemm', variant: 'register-8x8' });
    const comparison = compare(await y.read(), expectedConv2d(input, filter));
    for (const tensor of [x, w, y]) tensor.dispose();
    expect(comparison).toMatchObject({ ok: true });
  });
});
