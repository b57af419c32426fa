// Capabilities of adapters as tests without one want them.
import type { Capabilities } from '../../src/gpu/capabilities.js';

const limits = {
  maxBufferBytes: 2 ** 28,
  maxBindingBytes: 2 ** 27,
  maxWorkgroupMemoryBytes: 16384,
  maxInvocationsPerWorkgroup: 256,
  maxWorkgroupsPerDimension: 65535,
};

function adapter(
  name: string,
  isSoftware: boolean,
  features: readonly string[] = [],
  subgroupMinSize = 0,
): Capabilities {
  const words = { vendor: '', architecture: name, device: '', description: '' };
  return { ...words, isSoftware, hasTimestamps: true, features, subgroupMinSize, limits };
}

export const SWIFTSHADER = adapter('swiftshader', true);
export const LAVAPIPE = adapter('llvmpipe', true);
/** With the limits that every WebGPU has. */
export const GPU = adapter('imagined', false);
/** With all features that a kernel may use. */
export const RICH_GPU = adapter('imagined', false, ['shader-f16', 'subgroups'], 32);
