// From nothing to a GPUDevice with the largest limits and the useful features of its adapter, or the reason why not.
import { WebGPUUnavailableError } from '../errors.js';

/** Features that algorithms or measurements can use; each is asked for where the adapter has it. */
const USEFUL_FEATURES: readonly GPUFeatureName[] = ['timestamp-query', 'shader-f16', 'subgroups'];

/** Limits that are raised to what the adapter has. */
const RAISED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxStorageBuffersPerShaderStage',
] as const;

const scope = globalThis as { isSecureContext?: boolean; process?: { versions?: { node?: string } } };

function isNode(): boolean {
  return scope.process?.versions?.node !== undefined;
}

function whyNoAdapter(): string {
  return isNode()
    ? 'no driver that it can use. Install a recent Vulkan driver, or name its manifest in VK_DRIVER_FILES.'
    : 'no GPU, its driver is blocked, or hardware acceleration is off. Look at chrome://gpu, switch on hardware acceleration, or update the driver; on Linux Chrome may need --enable-unsafe-webgpu.';
}

function whyNoGpu(): string {
  if (isNode()) {
    return 'Node has no WebGPU of its own. Pass { gpu } from the npm package webgpu, or a { device }.';
  }
  if (scope.isSecureContext === false) {
    return 'this page is not a secure context, and WebGPU exists only in one. Serve it over https, or from localhost.';
  }
  return 'this browser has no WebGPU (navigator.gpu is missing). Use a current Chrome, Edge, Safari or Firefox.';
}

/**
 * Requests a device.
 * @throws WebGPUUnavailableError that says why there is none, and what to do.
 */
export async function requestDevice(
  gpu: GPU | undefined,
  powerPreference: GPUPowerPreference,
): Promise<{ device: GPUDevice; info: GPUAdapterInfo }> {
  const entry = gpu ?? (globalThis.navigator as Navigator | undefined)?.gpu;
  if (!entry) throw new WebGPUUnavailableError(`createEngine: ${whyNoGpu()}`);
  let adapter: GPUAdapter | null;
  try {
    adapter = await entry.requestAdapter({ powerPreference });
  } catch (cause) {
    throw new WebGPUUnavailableError(
      `createEngine: asking for an adapter failed (${(cause as Error).message}). Reload the page, or restart the browser.`,
      { cause },
    );
  }
  if (!adapter)
    throw new WebGPUUnavailableError(`createEngine: WebGPU is there, but it offers no adapter: ${whyNoAdapter()}`);
  const found = adapter;
  try {
    const device = await found.requestDevice({
      label: 'webgpu-conv',
      requiredFeatures: USEFUL_FEATURES.filter((feature) => found.features.has(feature)),
      requiredLimits: Object.fromEntries(RAISED_LIMITS.map((limit) => [limit, found.limits[limit]])),
    });
    return { device, info: found.info };
  } catch (cause) {
    throw new WebGPUUnavailableError(
      `createEngine: the adapter gave no device (${(cause as Error).message}). Close other pages that use the GPU, and reload.`,
      { cause },
    );
  }
}
