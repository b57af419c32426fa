// The filter in the form that a run reads: what it may take.
import { UnsupportedProblemError } from '../errors.js';
import type { DeviceLimits } from '../gpu/capabilities.js';

/** Throws UnsupportedProblemError if the device cannot bind a packed filter of `bytes`. */
export function assertPackedFilterFits(bytes: number, { maxBindingBytes }: DeviceLimits): void {
  if (bytes <= maxBindingBytes) return;
  throw new UnsupportedProblemError(
    `conv2d: the packed filter takes ${bytes} bytes, but this device binds at most ${maxBindingBytes}. Split the filters.`,
  );
}
