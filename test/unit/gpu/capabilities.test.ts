import { describe, expect, it } from 'vitest';
import { adapterName, capabilitiesOf } from '../../../src/gpu/capabilities.js';

const device = {
  features: new Set(['timestamp-query', 'subgroups']),
  limits: {
    maxBufferSize: 2 ** 28,
    maxStorageBufferBindingSize: 2 ** 27,
    maxComputeWorkgroupStorageSize: 16384,
    maxComputeInvocationsPerWorkgroup: 256,
    maxComputeWorkgroupsPerDimension: 65535,
  },
} as unknown as GPUDevice;
const info = (more: object) =>
  ({ vendor: '', architecture: '', device: '', description: '', ...more }) as GPUAdapterInfo;

describe('capabilitiesOf', () => {
  it.each([
    [{ vendor: 'google', architecture: 'swiftshader' }, true],
    [{ vendor: 'mesa', description: 'llvmpipe: Mesa 25.0.7 (LLVM 15.0.6)' }, true],
    [{ vendor: 'microsoft', description: 'Microsoft Basic Render Driver' }, true],
    [{ vendor: 'nvidia', architecture: 'ampere', isFallbackAdapter: true }, true],
    [{ vendor: 'nvidia', architecture: 'ampere' }, false],
    [{ vendor: 'apple', architecture: 'metal-3' }, false],
    [{}, false],
  ])('knows whether %j is software: %s', (given, isSoftware) => {
    expect(capabilitiesOf(device, info(given)).isSoftware).toBe(isSoftware);
  });

  it('takes the smaller of buffer and binding limit, and lists features in order', () => {
    const { limits, features, hasTimestamps } = capabilitiesOf(device, info({}));
    expect(limits.maxBindingBytes).toBe(2 ** 27);
    expect(features).toEqual(['subgroups', 'timestamp-query']);
    expect(hasTimestamps).toBe(true);
  });

  it.each([
    ['what the adapter tells', device, { subgroupMinSize: 8 }, 8],
    ['the least that WebGPU has, of an adapter that does not tell', device, {}, 4],
    ['0 without the feature', { ...device, features: new Set() } as unknown as GPUDevice, { subgroupMinSize: 8 }, 0],
  ])('takes for the lanes of a subgroup %s', (_, given, told, lanes) => {
    expect(capabilitiesOf(given, info(told)).subgroupMinSize).toBe(lanes);
  });

  it('does without adapter information', () => {
    const capabilities = capabilitiesOf(device, undefined);
    expect(capabilities.isSoftware).toBe(false);
    expect(adapterName(capabilities)).toBe('unknown adapter');
  });

  it('names an adapter in a few words', () => {
    const swiftshader = capabilitiesOf(device, info({ vendor: 'google', architecture: 'swiftshader' }));
    expect(adapterName(swiftshader)).toBe('google swiftshader (software)');
  });
});
