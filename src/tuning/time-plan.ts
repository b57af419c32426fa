// How long a plan takes: with timestamp queries where the device has them, else by the clock, over as many runs as that needs.
import type { Plan, RunBuffers } from '../algorithms/algorithm.js';
import type { GpuContext } from '../gpu/context.js';

/** A measurement goes on until it has lasted this long, milliseconds: the clock of a browser may tick in tenths. */
const LONG_ENOUGH_MS = 5;
const MOST_RUNS = 32;
const ROUNDS = 3;

async function timeRuns(gpu: GpuContext, plan: Plan, buffers: RunBuffers, runs: number): Promise<number> {
  const record = () => {
    for (let run = 0; run < runs; run++) plan.run(gpu.stream, buffers);
  };
  if (gpu.capabilities.hasTimestamps && !gpu.measuring) {
    const { timing } = await gpu.measure(record);
    return timing.gpuMs / runs;
  }
  await gpu.idle();
  const start = performance.now();
  record();
  await gpu.idle();
  return (performance.now() - start) / runs;
}

/**
 * Milliseconds that a run of a plan takes, the best of several measurements.
 * @param enoughMs a plan that is slower than this at first sight is not measured again.
 */
export async function timePlan(
  gpu: GpuContext,
  plan: Plan,
  buffers: RunBuffers,
  enoughMs = Number.POSITIVE_INFINITY,
): Promise<number> {
  plan.run(gpu.stream, buffers); // drivers compile at the first dispatch
  await gpu.idle();
  let best = await timeRuns(gpu, plan, buffers, 1);
  if (best > enoughMs) return best;
  const runs = Math.max(1, Math.min(MOST_RUNS, Math.ceil(LONG_ENOUGH_MS / Math.max(best, 0.01))));
  for (let round = 0; round < ROUNDS; round++) best = Math.min(best, await timeRuns(gpu, plan, buffers, runs));
  return best;
}
