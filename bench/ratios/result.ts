// What the measurement of ratios gives. Types only, for the page and the scripts alike.

/** A time in milliseconds and the GFLOP/s it stands for, median and best. */
export interface Rate {
  readonly medianMs: number;
  readonly bestMs: number;
  /** Of the direct method's operations, at the median. */
  readonly gflops: number;
}

/** One variant of im2col-gemm. `multiply` and `im2col` are absent where the device has no timestamps. */
export interface VariantRow {
  readonly variant: string;
  readonly multiply?: Rate;
  readonly im2col?: Rate;
  readonly whole: Rate;
  /** Plain JavaScript's time over the variant's, medians. */
  readonly multiplyRatio?: number;
  readonly wholeRatio: number;
  readonly errorBoundUnits: number;
  readonly ok: boolean;
}

/** The JSON file. */
export interface RatiosResult {
  /** Of the package. */
  readonly version: string;
  /** ISO 8601, UTC. */
  readonly date: string;
  /** The adapter's name. */
  readonly adapter: string;
  readonly clock: 'timestamp-query' | 'wall-clock';
  /** The problem in a line, and its floating-point operations. */
  readonly problem: string;
  readonly flops: number;
  readonly rounds: number;
  /** The reference, plain JavaScript in the same page. */
  readonly javascript: Rate;
  readonly variants: readonly VariantRow[];
}

export interface RatiosRequest {
  readonly rounds: number;
}

/** A complete run. */
export interface RatiosRun {
  readonly result: RatiosResult;
  readonly table: string;
}
