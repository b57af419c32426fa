// A cell of the benchmark: one engine in one of its variants, and what a session tells of it.
import type { EngineName } from './result.js';

export interface Cell {
  readonly engine: EngineName;
  readonly variant: string;
}

export const nameOf = ({ engine, variant }: Cell) => `${engine} ${variant}`;

/** What came of a check. */
export interface Check {
  readonly ms: number;
  /** Why the output is wrong. */
  readonly wrong: string | null;
}

/** What came of the first call. */
export interface FirstCall {
  readonly ms: number;
  readonly plan: string | null;
  /** By how much its errors may exceed those of direct sums, where that is derived. */
  readonly errorGrowth: number | null;
  readonly peakBytes: number | null;
}
