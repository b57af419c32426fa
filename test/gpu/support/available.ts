// Which variants the adapter of this run can compute: what a device lacks for one is refused, which choose.test.ts sees to.
import { capabilitiesOf } from '../../../src/gpu/capabilities.js';
import { requestDevice } from '../../../src/gpu/device.js';
import { lackOf } from '../../../src/planner/support.js';

const { device, info } = await requestDevice(undefined, 'high-performance');
const capabilities = capabilitiesOf(device, info);
device.destroy();

/** Whether the device has what a variant needs. */
export function isAvailable(algorithm: Parameters<typeof lackOf>[0], variant: string): boolean {
  return lackOf(algorithm, variant, capabilities) === undefined;
}
