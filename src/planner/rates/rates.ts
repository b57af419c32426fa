// What is known of adapters: rates, for the cost model.

/** A kernel on a software adapter. */
export interface KernelRate {
  /** Nanoseconds that a dispatch takes whatever it does. */
  readonly dispatchNs: number;
  /** Nanoseconds that an invocation takes besides its loops, then for a round of each of its loops (Work.loops). */
  readonly ns: readonly number[];
}

/** A software adapter, measured kernel by kernel. */
export interface MeasuredRates {
  readonly kind: 'measured';
  /** What recording and submitting a dispatch adds, milliseconds. */
  readonly dispatchMs: number;
  /** Processors that it was measured on: with fewer workgroups than that, some have nothing to do. */
  readonly processors: number;
  /** By the name of the kernel's file, and its mode. */
  readonly kernels: Readonly<Record<string, KernelRate>>;
  /** Time to compile a kernel, milliseconds, by the name of its file. */
  readonly compileMs: Readonly<Record<string, number>>;
}

/** GPUs, roughly. */
export interface HardwareRates {
  readonly kind: 'hardware';
  /** What a dispatch takes whatever it does, milliseconds. */
  readonly dispatchMs: number;
  readonly multiplyAddsPerMs: number;
  readonly bytesPerMs: number;
  /** So many invocations fill the device. */
  readonly invocations: number;
  /** Which share of the arithmetic a kernel reaches at best, by the name of its file; 1 for those that move bytes. */
  readonly share: Readonly<Record<string, number>>;
}
