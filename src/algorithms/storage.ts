// How the tensors of a problem lie in storage on a device.
import type { Capabilities } from '../gpu/capabilities.js';
import type { Storage } from '../gpu/kernel.js';
import type { FloatDType } from '../problem/index.js';

/** Storage of a type of values: half precision is native where the device has it, else packed in pairs. */
export function storageOf(dtype: FloatDType, { features }: Pick<Capabilities, 'features'>): Storage {
  if (dtype === 'float32') return 'float32';
  return features.includes('shader-f16') ? 'float16' : 'packed16';
}
