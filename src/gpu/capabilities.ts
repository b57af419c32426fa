// What the planner and the algorithms may know of a device: limits, features, and whether it is software.

/** The limits that matter to a convolution. Bytes, invocations and workgroups as WebGPU defines them. */
export interface DeviceLimits {
  readonly maxBufferBytes: number;
  readonly maxBindingBytes: number;
  readonly maxWorkgroupMemoryBytes: number;
  readonly maxInvocationsPerWorkgroup: number;
  readonly maxWorkgroupsPerDimension: number;
}

/** Description of an adapter and its device. */
export interface Capabilities {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** True if the adapter runs on the CPU (SwiftShader, lavapipe, WARP): right, but slow. */
  readonly isSoftware: boolean;
  /** True if GPU times can be measured with timestamp queries. */
  readonly hasTimestamps: boolean;
  /** Names of the features that the device was created with, sorted. */
  readonly features: readonly string[];
  /** Lanes that a subgroup has at least; 0 without the feature `subgroups`. */
  readonly subgroupMinSize: number;
  readonly limits: DeviceLimits;
}

/** No subgroup has fewer lanes (WebGPU, GPUAdapterInfo). */
const LEAST_LANES = 4;

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|\bwarp\b|software/i;

/** Reads the capabilities off a device. `info` is the adapter's, where the device itself has none. */
export function capabilitiesOf(device: GPUDevice, info: GPUAdapterInfo | undefined = device.adapterInfo): Capabilities {
  const { vendor = '', architecture = '', device: name = '', description = '' } = info ?? {};
  return Object.freeze({
    vendor,
    architecture,
    device: name,
    description,
    isSoftware: info?.isFallbackAdapter === true || SOFTWARE.test(`${architecture} ${name} ${description}`),
    hasTimestamps: device.features.has('timestamp-query'),
    features: Object.freeze([...device.features].sort()),
    subgroupMinSize: device.features.has('subgroups') ? (info?.subgroupMinSize ?? LEAST_LANES) : 0,
    limits: Object.freeze({
      maxBufferBytes: device.limits.maxBufferSize,
      maxBindingBytes: Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize),
      maxWorkgroupMemoryBytes: device.limits.maxComputeWorkgroupStorageSize,
      maxInvocationsPerWorkgroup: device.limits.maxComputeInvocationsPerWorkgroup,
      maxWorkgroupsPerDimension: device.limits.maxComputeWorkgroupsPerDimension,
    }),
  });
}

/** An adapter in a few words: `google swiftshader (software)`. */
export function adapterName({ vendor, architecture, device, description, isSoftware }: Capabilities): string {
  const words = [vendor, architecture, description || device].filter((word) => word !== '');
  return `${words.join(' ') || 'unknown adapter'}${isSoftware ? ' (software)' : ''}`;
}
