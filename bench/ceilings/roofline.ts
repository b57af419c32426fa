// The roofline: what an adapter could do at most with a problem, from its two ceilings. S. Williams, A. Waterman, D. Patterson,
// Roofline: An Insightful Visual Performance Model for Multicore Architectures, 2009. Pure.
import type { Ceilings } from '../runner/result.js';

/** Work of a problem, whatever the algorithm. */
export interface Work {
  /** Floating-point operations of the direct method. */
  readonly flops: number;
  /** Bytes that must move at least. */
  readonly bytes: number;
}

/** GFLOP/s that are attainable: the arithmetic ceiling, or the bandwidth times the operations for each byte, whichever is less. */
export function attainableGflops({ flops, bytes }: Work, { fmaGflops, copyGBs }: Ceilings): number {
  return Math.min(fmaGflops, (copyGBs * flops) / bytes);
}

/** GFLOP/s of a call. */
export function gflopsOf({ flops }: Work, ms: number): number {
  return flops / ms / 1e6;
}

/**
 * Percent of the attainable. An algorithm that multiplies less than the direct method (Winograd, FFT) may exceed 100, and so may
 * one on a CPU beside the adapter, or a problem that lies in a cache.
 */
export function rooflinePercent(work: Work, ms: number, ceilings: Ceilings): number {
  return (100 * gflopsOf(work, ms)) / attainableGflops(work, ceilings);
}
