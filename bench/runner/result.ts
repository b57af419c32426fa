// What the benchmark gives. Types and names only, for pages, scripts and tests alike.

/** The engines, in the order of their rows. */
export const ENGINES = [
  'webgpu-conv',
  'tfjs-webgpu',
  'ort-webgpu',
  'ort-webgpu-nchw',
  'jax-webgpu',
  'tfjs-wasm',
  'reference',
] as const;

export type EngineName = (typeof ENGINES)[number];

/** Those that run on the same GPU as this engine, and so are its peers. The others are context. */
export const WEBGPU_PEERS: readonly EngineName[] = ['tfjs-webgpu', 'ort-webgpu', 'ort-webgpu-nchw', 'jax-webgpu'];

/** The row of this engine that counts: what the planner chose. */
export const PLANNED = 'planned';

/** The same with channels last. */
export const PLANNED_NHWC = 'planned nhwc';

/** How variants of this engine begin that compute, beside a gradient, the convolution itself; the algorithm follows. */
export const FORWARD = 'forward ';

/** One engine on one shape. Numbers are null where there is no result. Times are milliseconds of a call. */
export interface BenchmarkRow {
  /** Id of the shape. */
  readonly shape: string;
  readonly engine: EngineName;
  /**
   * Of webgpu-conv 'planned', 'planned nhwc' or the algorithm that was forced, beside a gradient also 'forward' and an algorithm; of others
   * how they were set up.
   */
  readonly variant: string;
  /** Median, best and worst of the samples: operands on the device, everything compiled, until the output is there. */
  readonly ms: number | null;
  readonly msMin: number | null;
  readonly msMax: number | null;
  /** Operations of the direct method over `ms`, whatever the algorithm. */
  readonly gflops: number | null;
  /** The first call for this shape, with planning, compilation and packing. */
  readonly firstMs: number | null;
  /** Upload of the first operand (of the input's gradient: the output's), the call, read-back of the result. */
  readonly endToEndMs: number | null;
  /** Most GPU memory that the engine held; null where it does not tell. */
  readonly peakBytes: number | null;
  /** True if the output is right. */
  readonly ok: boolean;
  /** `gflops` in percent of what the adapter could do at most with the direct method's operations. */
  readonly rooflinePercent: number | null;
  /** What webgpu-conv chose, as 'algorithm/variant'. */
  readonly plan?: string;
  /** By how much errors may exceed those of direct sums (webgpu-conv). The planner takes up to 8 by default. */
  readonly errorGrowth?: number;
  /** Why there is no result, or what is wrong with it. */
  readonly error?: string;
  /** The time limit, where the engine did not answer within it. */
  readonly limitMs?: number;
}

/** What the adapter can do, measured. */
export interface Ceilings {
  /** Fused multiply-adds in f32, counted as two operations each. */
  readonly fmaGflops: number;
  /** Bytes read and written by a copy. */
  readonly copyGBs: number;
}

/** The JSON file. */
export interface BenchmarkResult {
  /** Of the package. */
  readonly version: string;
  /** ISO 8601, UTC. */
  readonly date: string;
  /** The adapter's name. */
  readonly adapter: string;
  readonly ceilings: Ceilings;
  readonly rows: readonly BenchmarkRow[];
}
