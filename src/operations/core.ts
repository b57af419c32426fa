// What every operation of an engine works with.
import { InvalidArgumentError, UnsupportedProblemError } from '../errors.js';
import type { GpuContext } from '../gpu/context.js';
import type { Accuracy } from '../planner/choose.js';
import type { FirstCalls } from '../planner/first-calls.js';
import type { PlanCache } from '../planner/plan-cache.js';
import { type DType, describe, type Shape, storedBytes } from '../problem/index.js';
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
  readonly firstCalls: FirstCalls;
}

/** The parts of each engine, for entry points of the package other than the engine's own: no property that a user sees. */
const cores = new WeakMap<object, EngineCore>();

/** Remembers the parts of an engine. */
export function keepCore(engine: object, core: EngineCore): void {
  cores.set(engine, core);
}

/** The parts of an engine. Throws InvalidArgumentError for anything that is none. */
export function coreOf(action: string, engine: unknown): EngineCore {
  const core = typeof engine === 'object' && engine !== null ? cores.get(engine) : undefined;
  if (core) return core;
  throw new InvalidArgumentError(
    `${action}: the engine must be one that createEngine made, got ${describe(engine)}. Import both from the same version of this package.`,
  );
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
