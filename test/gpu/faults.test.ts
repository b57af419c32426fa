// Errors that WebGPU reports late must reach whoever waits for results, typed, and leave the engine usable.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KernelError } from 'webgpu-conv';
import { capabilitiesOf } from '../../src/gpu/capabilities.js';
import { GpuContext } from '../../src/gpu/context.js';
import type { Kernel } from '../../src/gpu/kernel.js';

let gpu: GpuContext; // unset where beforeAll fails
beforeAll(async () => {
  const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  gpu = new GpuContext(device, capabilitiesOf(device), 2 ** 20);
});
afterAll(() => gpu?.destroy(true));

const kernel = (body: string): Kernel => ({
  name: 'fill_f32',
  code: `struct Params { value: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
@compute @workgroup_size(1) fn main() { ${body} }`,
  overrides: {},
  constants: {},
  bindings: [
    { name: 'params', type: 'uniform' },
    { name: 'y', type: 'storage' },
  ],
  uniform: { sizeBytes: 16, fields: { value: { offsetBytes: 0, type: 'u32' } } },
  workgroupSize: [1, 1, 1],
});
const fill = kernel('y[0] = params.value;');

describe('a kernel that does not compile', () => {
  it('rejects with the compiler’s words, each time it is asked for', async () => {
    const broken = kernel('y[0] = params.vlaue;');
    for (let attempt = 0; attempt < 2; attempt++) {
      const error = await gpu.pipelines.get(broken).catch((caught) => caught);
      expect(error).toBeInstanceOf(KernelError);
      expect(error).toMatchObject({ code: 'kernel-failed' });
      expect(error.message).toMatch(/^compile fill_f32: /);
      expect(error.message).toContain('vlaue');
    }
  });

  it('leaves the others alone', async () => {
    expect((await gpu.pipelines.get(fill)).kernel.name).toBe('fill_f32');
  });
});

describe('a command that the device refuses', () => {
  it('makes every read of what its submission computed fail, each time, and no other', async () => {
    const compiled = await gpu.pipelines.get(fill);
    const { slices } = gpu.uploadUniforms([{ kernel: fill, values: { value: 7 } }]);
    const target = gpu.acquire(256);
    const slice = { buffer: target.buffer, offsetBytes: 0, sizeBytes: 256 };
    const record = (output: typeof slice) => {
      const submission = gpu.stream.current;
      gpu.stream.dispatch({ compiled, slices: [slices[0]!, output], workgroups: 1 });
      return () => gpu.download(target.buffer, 4, submission, 'read');
    };
    const innocent = record(slice);
    const guilty = record({ ...slice, offsetBytes: 8 }); // not aligned
    const together = await Promise.allSettled([innocent(), guilty()]);
    const later = await Promise.allSettled([innocent(), guilty()]);
    for (const outcome of [...together, ...later]) {
      const { reason } = outcome as PromiseRejectedResult;
      expect(reason).toBeInstanceOf(KernelError);
      expect(reason.message).toMatch(/^submit: the device refused it: /);
    }
    expect(new Uint32Array(await record(slice)())[0]).toBe(7);
    await expect(gpu.finish('finish')).rejects.toBeInstanceOf(KernelError); // once, for whoever reads nothing
    await gpu.finish('finish');
  });
});
