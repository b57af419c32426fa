// Measures the rates of every kernel that a convolution may run, on the adapter at hand, and says them as one line of JSON. Run by
// `npm run calibrate`, which puts them where the planner's cost model finds them. Vitest carries it to a browser or to Dawn in Node.
import { expect, it } from 'vitest';
import { type ConvProblem, convFilterShape, convInputShape, convOutputShape, createEngine } from 'webgpu-conv';
import type { Algorithm } from '../../src/algorithms/algorithm.js';
import { planVariant, type RunStepDesign } from '../../src/algorithms/design.js';
import { compileFilterGradient, type FilterGradientAlgorithm } from '../../src/algorithms/filter-gradient/algorithm.js';
import { FILTER_GRADIENT_ALGORITHMS } from '../../src/algorithms/filter-gradient/table.js';
import { ALGORITHMS } from '../../src/algorithms/table.js';
import { capabilitiesOf } from '../../src/gpu/capabilities.js';
import { GpuContext } from '../../src/gpu/context.js';
import { countsOf, rateName } from '../../src/planner/cost-model.js';
import type { KernelRate } from '../../src/planner/rates/rates.js';
import { filterGradientProblem } from '../../src/problem/index.js';
import { Scratch } from '../../src/tuning/scratch.js';
import { deviation, fitRates, type Sample } from './fit.js';
import { calibrationProblems } from './problems.js';

const ROUNDS = 3;
const TEDIOUS_MS = 60; // of which one round is enough
const HOPELESS_MS = 1000; // of which even that is much
const PROCESSORS = globalThis.navigator?.hardwareConcurrency ?? 2; // Node 20 does not tell
const FEW_SAMPLES = 6;
const WORTH_MS = 100;
const WORKSPACE_BYTES = 2 ** 27;

/** What is known of a kernel so far. */
interface Notes {
  readonly samples: Sample[];
  compileMs: number;
}

async function wallMs(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The dispatches of a run of any design. */
type Steps = readonly RunStepDesign<never>[];

/** Times of the dispatches of a run, by the names of their rates; the best of some rounds. And how long the first run took longer. */
async function timeRun(gpu: GpuContext, steps: Steps, record: () => void) {
  const run = () => gpu.measure(record);
  const firstMs = await wallMs(run);
  const best = new Map<string, number>();
  let laterMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < (firstMs > HOPELESS_MS ? 1 : ROUNDS); round++) {
    const start = performance.now();
    const { timing } = await run();
    laterMs = Math.min(laterMs, performance.now() - start);
    const times = new Map<string, number>();
    for (const [index, step] of steps.entries()) {
      const name = rateName(step);
      times.set(name, (times.get(name) ?? 0) + timing.passes[index]!.ms);
    }
    for (const [kernel, ms] of times) best.set(kernel, Math.min(best.get(kernel) ?? Number.POSITIVE_INFINITY, ms));
    if (laterMs > TEDIOUS_MS) break;
  }
  return { times: best, slowStartMs: Math.max(0, firstMs - laterMs) };
}

/** How often each coefficient of a kernel counts in a run, dispatches first, in millions. */
function countsInRun(run: Steps, kernel: string): number[] {
  const steps = run.filter((step) => rateName(step) === kernel).map((step) => [1, ...countsOf(step, PROCESSORS)]);
  return steps[0]!.map((_, index) => steps.reduce((sum, counts) => sum + counts[index]! / 1e6, 0));
}

/** Whether a run tells anything new: not if it takes long and its kernels were measured often. */
function isWorthIt(run: Steps, notes: ReadonlyMap<string, Notes>): boolean {
  const kernels = [...new Set(run.map(rateName))];
  const known = kernels.map((kernel) => notes.get(kernel)?.samples ?? []);
  if (known.some((samples) => samples.length < FEW_SAMPLES)) return true;
  const ms = kernels.reduce((sum, kernel, index) => {
    const rates = fitRates(known[index]!);
    return sum + countsInRun(run, kernel).reduce((total, count, at) => total + count * rates[at]!, 0);
  }, 0);
  return ms <= WORTH_MS;
}

/** A compiled design with buffers for a run. */
interface Trial {
  record(): void;
  dispose(): void;
}

/** Measures a run of a design, if that tells anything new. */
async function measureRun(
  gpu: GpuContext,
  run: Steps,
  notes: Map<string, Notes>,
  compile: (scratch: Scratch) => Promise<Trial>,
): Promise<void> {
  if (!isWorthIt(run, notes)) return;
  const scratch = new Scratch(gpu);
  let trial: Trial | undefined;
  try {
    const pipelineMs = await wallMs(async () => {
      trial = await compile(scratch);
    });
    const { times, slowStartMs } = await timeRun(gpu, run, () => trial!.record());
    const unknown = [...times.keys()].filter((kernel) => !notes.has(kernel));
    for (const kernel of unknown) {
      notes.set(kernel, { samples: [], compileMs: (pipelineMs + slowStartMs) / unknown.length });
    }
    for (const [kernel, ms] of times) {
      // a clock that is too coarse, or runs backwards, says 0
      if (ms > 0) notes.get(kernel)!.samples.push({ counts: countsInRun(run, kernel), ms });
    }
  } finally {
    trial?.dispose();
    scratch.release();
  }
}

/** Measures a way of convolving. */
async function measureWay(
  gpu: GpuContext,
  problem: ConvProblem,
  algorithm: Algorithm,
  variant: string,
  notes: Map<string, Notes>,
): Promise<void> {
  const limits = { workspaceLimitBytes: WORKSPACE_BYTES, device: gpu.capabilities };
  const { run } = algorithm.design(problem, variant, limits);
  await measureRun(gpu, run, notes, async (scratch) => {
    const plan = await planVariant(gpu, algorithm, problem, variant, limits);
    const packedFilter = scratch.bytes(plan.packedFilterBytes);
    plan.pack(gpu.stream, scratch.tensor(convFilterShape(problem), problem.filterDtype), packedFilter);
    const buffers = {
      input: scratch.tensor(convInputShape(problem), problem.dtype),
      packedFilter,
      terms: undefined,
      residual: undefined,
      output: scratch.space(convOutputShape(problem), problem.dtype),
      workspace: plan.workspaceBytes > 0 ? scratch.bytes(plan.workspaceBytes) : undefined,
    };
    return { record: () => plan.run(gpu.stream, buffers), dispose: () => plan.dispose() };
  });
}

/** Measures a way of computing the gradient of a convolution's filter. */
async function measureGradientWay(
  gpu: GpuContext,
  forward: ConvProblem,
  algorithm: FilterGradientAlgorithm,
  variant: string,
  notes: Map<string, Notes>,
): Promise<void> {
  const problem = filterGradientProblem(forward);
  const { convolution } = problem;
  const limits = { workspaceLimitBytes: WORKSPACE_BYTES, device: gpu.capabilities };
  const design = algorithm.design(problem, variant, limits);
  await measureRun(gpu, design.run, notes, async (scratch) => {
    const plan = await compileFilterGradient(gpu, design, { problem, algorithm: algorithm.name, variant });
    const space = (bytes: number) => (bytes > 0 ? scratch.bytes(bytes) : undefined);
    const buffers = {
      input: scratch.tensor(convInputShape(convolution), convolution.dtype),
      gradient: scratch.tensor(convOutputShape(convolution), convolution.dtype),
      earlier: undefined,
      output: scratch.space(convFilterShape(convolution), convolution.dtype),
      matrices: space(plan.matrixBytes),
      sums: space(plan.sumBytes),
    };
    return { record: () => plan.record(gpu.stream, buffers), dispose: () => plan.dispose() };
  });
}

/** Fewest milliseconds a dispatch that does next to nothing adds to a run, by the clock. */
async function dispatchMs(): Promise<number> {
  using engine = await createEngine();
  using input = engine.tensor(new Float32Array(4), [1, 1, 2, 2]);
  using filter = engine.tensor(new Float32Array(1), [1, 1, 1, 1]);
  const conv = await engine.prepareConv2d({ inputShape: [1, 1, 2, 2], filter, algorithm: 'direct' });
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 10; round++) {
    const ms = await wallMs(async () => {
      for (let call = 0; call < 64; call++) conv.run(input).dispose();
      await engine.finish();
    });
    best = Math.min(best, ms / 64);
  }
  return best;
}

it('measures every kernel', { timeout: 30 * 60_000 }, async () => {
  const adapter = (await navigator.gpu.requestAdapter())!;
  const device = await adapter.requestDevice({
    requiredFeatures: ['timestamp-query', 'subgroups'].filter((name) => adapter.features.has(name)) as GPUFeatureName[],
  });
  const gpu = new GpuContext(device, capabilitiesOf(device, adapter.info), 2 ** 28);
  expect(gpu.capabilities.hasTimestamps, 'the adapter tells the times of its dispatches').toBe(true);
  const notes = new Map<string, Notes>();
  const problems = calibrationProblems();
  const isMissing = (feature: string) => !gpu.capabilities.features.includes(feature);
  for (const [number, problem] of problems.entries()) {
    for (const algorithm of ALGORITHMS) {
      for (const variant of algorithm.variants) {
        if (algorithm.features?.(variant).some(isMissing)) continue;
        if (algorithm.unsupported(problem, variant) !== undefined) continue;
        await measureWay(gpu, problem, algorithm, variant, notes);
      }
    }
    for (const algorithm of FILTER_GRADIENT_ALGORITHMS) {
      for (const variant of algorithm.variants) {
        if (algorithm.features?.(variant).some(isMissing)) continue;
        if (algorithm.unsupported(filterGradientProblem(problem), variant) !== undefined) continue;
        await measureGradientWay(gpu, problem, algorithm, variant, notes);
      }
    }
    console.info(`${number + 1} of ${problems.length}, ${Math.round(performance.now() / 1000)} s`);
  }
  const kernels: Record<string, KernelRate & { samples: number; mean: number; worst: number }> = {};
  for (const [kernel, { samples, compileMs }] of [...notes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const rates = fitRates(samples); // counts in millions, times in milliseconds
    const [dispatchNs = 0, ...ns] = rates;
    kernels[kernel] = { compileMs, dispatchNs, ns, samples: samples.length, ...deviation(samples, rates) };
  }
  const { vendor, architecture, description } = gpu.capabilities;
  gpu.destroy(true);
  const adapterName = `${vendor} ${architecture} ${description}`;
  console.info(
    `RATES ${JSON.stringify({ adapter: adapterName, dispatchMs: await dispatchMs(), processors: PROCESSORS, kernels })} END`,
  );
});
