// What every operation of an engine works with.
import { UnsupportedProblemError } from '../errors.js';
import type { GpuContext } from '../gpu/context.js';
import type { Accuracy } from '../planner/choose.js';
import type { PlanCache } from '../planner/plan-cache.js';
import { type DType, type Shape, storedBytes } from '../problem/index.js';
import type { Autotuner } from '../tuning/autotuner.js';

/** The parts of an engine. */
export interface EngineCore {
  readonly gpu: GpuContext;
  readonly plans: PlanCache;
  /** Default of the option. */
  readonly workspaceLimitBytes: number;
  /** Default of the option. */
  readonly accuracy: Accuracy;
  /** Default of the option. */
  readonly autotune: boolean;
  readonly tuner: Autotuner;
}

/** Throws UnsupportedProblemError if the device cannot bind a tensor. */
export function assertBindable(gpu: GpuContext, action: string, what: string, shape: Shape, dtype: DType): void {
  const { maxBindingBytes } = gpu.capabilities.limits;
  const bytes = storedBytes(shape, dtype);
  if (bytes <= maxBindingBytes) return;
  throw new UnsupportedProblemError(
    `${action}: ${what} takes ${bytes} bytes, but this device binds at most ${maxBindingBytes}. Split the batch, or request a device with a larger maxStorageBufferBindingSize.`,
  );
}
