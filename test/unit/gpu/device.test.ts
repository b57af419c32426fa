// Why there is no WebGPU, in words: the world as createEngine may find it.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createEngine, InvalidArgumentError, WebGPUUnavailableError } from 'webgpu-conv';

afterEach(() => vi.unstubAllGlobals());

const gpuWith = (adapter: unknown) => ({ requestAdapter: async () => adapter }) as unknown as GPU;

async function reason(options: object = {}): Promise<string> {
  const error = await createEngine(options).then(
    () => undefined,
    (caught) => caught,
  );
  expect(error).toBeInstanceOf(WebGPUUnavailableError);
  expect(error).toMatchObject({ code: 'webgpu-unavailable', name: 'WebGPUUnavailableError' });
  return error.message;
}

describe('createEngine without WebGPU', () => {
  it('in Node', async () => {
    expect(await reason()).toBe(
      'createEngine: Node has no WebGPU of its own. Pass { gpu } from the npm package webgpu, or a { device }.',
    );
  });

  it('in an insecure context', async () => {
    vi.stubGlobal('process', undefined);
    vi.stubGlobal('isSecureContext', false);
    expect(await reason()).toContain(
      'this page is not a secure context, and WebGPU exists only in one. Serve it over https',
    );
  });

  it('in an old browser', async () => {
    vi.stubGlobal('process', undefined);
    vi.stubGlobal('isSecureContext', true);
    expect(await reason()).toContain('this browser has no WebGPU (navigator.gpu is missing). Use a current Chrome');
  });

  it('without an adapter, in a browser and in Node', async () => {
    expect(await reason({ gpu: gpuWith(null) })).toBe(
      'createEngine: WebGPU is there, but it offers no adapter: no driver that it can use. Install a recent Vulkan driver, or name its manifest in VK_DRIVER_FILES.',
    );
    vi.stubGlobal('process', undefined);
    expect(await reason({ gpu: gpuWith(null) })).toContain('it offers no adapter: no GPU, its driver is blocked');
  });

  it('where asking fails', async () => {
    const gpu = { requestAdapter: () => Promise.reject(new Error('GPU process crashed')) };
    expect(await reason({ gpu })).toContain('asking for an adapter failed (GPU process crashed). Reload the page');
  });

  it('where the adapter gives no device', async () => {
    const adapter = {
      features: new Set(),
      limits: {},
      info: {},
      requestDevice: () => Promise.reject(new Error('too many devices')),
    };
    expect(await reason({ gpu: gpuWith(adapter) })).toContain(
      'the adapter gave no device (too many devices). Close other',
    );
  });
});

describe('createEngine asks the adapter', () => {
  it('for its largest limits and the useful features it has, and no others', async () => {
    let asked: GPUDeviceDescriptor = {};
    const adapter = {
      features: new Set(['shader-f16', 'depth-clip-control']),
      limits: { maxBufferSize: 1234, maxStorageBufferBindingSize: 567, maxComputeWorkgroupStorageSize: 89 },
      info: {},
      requestDevice: (descriptor: GPUDeviceDescriptor) => {
        asked = descriptor;
        return Promise.reject(new Error('enough'));
      },
    };
    await reason({ gpu: gpuWith(adapter) });
    expect(asked.requiredFeatures).toEqual(['shader-f16']);
    expect(asked.requiredLimits).toMatchObject({ maxBufferSize: 1234, maxStorageBufferBindingSize: 567 });
  });
});

describe('createEngine refuses', () => {
  it.each([
    [{ gpu: {} }, 'createEngine: gpu must be like navigator.gpu, got an object.'],
    [{ gpu: null }, 'createEngine: gpu must be like navigator.gpu, got null.'],
    [{ devcie: 1 }, "createEngine: unknown option 'devcie'. Did you mean 'device'?"],
    [{ device: {} }, 'createEngine: device must be a GPUDevice, got an object.'],
    [
      { powerPreference: 'max' },
      "createEngine: powerPreference is 'max', but must be one of 'low-power', 'high-performance'.",
    ],
    [{ workspaceLimitBytes: 0 }, 'createEngine: workspaceLimitBytes is 0, but must be an integer of at least 1.'],
    [{ poolLimitBytes: -1 }, 'createEngine: poolLimitBytes is -1, but must be an integer of at least 0.'],
  ])('%j', async (options, message) => {
    await expect(createEngine(options as object)).rejects.toThrow(message);
    await expect(createEngine(options as object)).rejects.toBeInstanceOf(InvalidArgumentError);
  });
});
