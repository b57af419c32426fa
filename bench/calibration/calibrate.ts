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
import { countsOf, kernelName, rateName } from '../../src/planner/cost-model.js';
import type { KernelRate } from '../../src/planner/rates/rates.js';
import { lackOf } from '../../src/planner/support.js';
import { filterGradientProblem } from '../../src/problem/index.js';
import { Scratch } from '../../src/tuning/scratch.js';
import { type Compilation, compileTimes } from './compile-times.js';
import { deviation, fitRates, type Sample } from './fit.js';
import { calibrationProblems } from './problems.js';

const ROUNDS = 3;
const TEDIOUS_MS = 60; // of which one round is enough
const HOPELESS_MS = 1000; // of which even that is much
const PROCESSORS = globalThis.navigator?.hardwareConcurrency ?? 2; // Node 20 does not tell
const FEW_SAMPLES = 6;
const WORTH_MS = 100;
const WORKSPACE_BYTES = 2 ** 27;

/** What is known so far: the samples of dispatches by the names of their rates, and what a plan compiles by the names of files. */
interface Notes {
  readonly samples: Map<string, Sample[]>;
  readonly compilations: Map<string, Compilation>;
}

async function wallMs(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The dispatches of a run of any design. */
type Steps = readonly RunStepDesign<never>[];

/** Times of the dispatches of a run, by the names of their rates; the best of some rounds. */
async function timeRun(gpu: GpuContext, steps: Steps, record: () => void) {
  const run = () => gpu.measure(record);
  const firstMs = await wallMs(run);
  const best = new Map<string, number>();
  for (let round = 0; round < (firstMs > HOPELESS_MS ? 1 : ROUNDS); round++) {
    const start = performance.now();
    const { timing } = await run();
    const ms = performance.now() - start;
    const times = new Map<string, number>();
    for (const [index, step] of steps.entries()) {
      const name = rateName(step);
      times.set(name, (times.get(name) ?? 0) + timing.passes[index]!.ms);
    }
    for (const [kernel, ms] of times) best.set(kernel, Math.min(best.get(kernel) ?? Number.POSITIVE_INFINITY, ms));
    if (ms > TEDIOUS_MS) break;
  }
  return best;
}

/** How often each coefficient of a kernel counts in a run, dispatches first, in millions. */
function countsInRun(run: Steps, kernel: string): number[] {
  const steps = run.filter((step) => rateName(step) === kernel).map((step) => [1, ...countsOf(step, PROCESSORS)]);
  return steps[0]!.map((_, index) => steps.reduce((sum, counts) => sum + counts[index]! / 1e6, 0));
}

/** Whether a run tells anything new: not if it takes long and its kernels were measured often. */
function isWorthIt(run: Steps, { samples }: Notes): boolean {
  const kernels = [...new Set(run.map(rateName))];
  const known = kernels.map((kernel) => samples.get(kernel) ?? []);
  if (known.some(({ length }) => length < FEW_SAMPLES)) return true;
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
  { pack, run }: { readonly pack?: readonly Compilation[]; readonly run: Steps },
  { samples, compilations }: Notes,
  compile: (scratch: Scratch) => Promise<Trial>,
): Promise<void> {
  for (const step of [...(pack ?? []), ...run]) {
    if (!compilations.has(kernelName(step.kernel))) compilations.set(kernelName(step.kernel), step);
  }
  if (!isWorthIt(run, { samples, compilations })) return;
  const scratch = new Scratch(gpu);
  let trial: Trial | undefined;
  try {
    trial = await compile(scratch);
    const times = await timeRun(gpu, run, () => trial!.record());
    for (const [kernel, ms] of times) {
      const known = samples.get(kernel) ?? [];
      samples.set(kernel, known);
      // a clock that is too coarse, or runs backwards, says 0
      if (ms > 0) known.push({ counts: countsInRun(run, kernel), ms });
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
  notes: Notes,
): Promise<void> {
  const limits = { workspaceLimitBytes: WORKSPACE_BYTES, device: gpu.capabilities };
  await measureRun(gpu, algorithm.design(problem, variant, limits), notes, async (scratch) => {
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
  notes: Notes,
): Promise<void> {
  const problem = filterGradientProblem(forward);
  const { convolution } = problem;
  const limits = { workspaceLimitBytes: WORKSPACE_BYTES, device: gpu.capabilities };
  const design = algorithm.design(problem, variant, limits);
  await measureRun(gpu, design, notes, async (scratch) => {
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

/** What a map holds, by name. */
function sorted<Value>(map: ReadonlyMap<string, Value>): [string, Value][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
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

async function newContext(): Promise<GpuContext> {
  const adapter = (await navigator.gpu.requestAdapter())!;
  const device = await adapter.requestDevice({
    requiredFeatures: ['timestamp-query', 'subgroups'].filter((name) => adapter.features.has(name)) as GPUFeatureName[],
  });
  return new GpuContext(device, capabilitiesOf(device, adapter.info), 2 ** 28);
}

it('measures every kernel', { timeout: 30 * 60_000 }, async () => {
  const gpu = await newContext();
  expect(gpu.capabilities.hasTimestamps, 'the adapter tells the times of its dispatches').toBe(true);
  const notes: Notes = { samples: new Map(), compilations: new Map() };
  const problems = calibrationProblems();
  for (const [number, problem] of problems.entries()) {
    for (const algorithm of ALGORITHMS) {
      for (const variant of algorithm.variants) {
        if (lackOf(algorithm, variant, gpu.capabilities) !== undefined) continue;
        if (algorithm.unsupported(problem, variant) !== undefined) continue;
        await measureWay(gpu, problem, algorithm, variant, notes);
      }
    }
    for (const algorithm of FILTER_GRADIENT_ALGORITHMS) {
      for (const variant of algorithm.variants) {
        if (lackOf(algorithm, variant, gpu.capabilities) !== undefined) continue;
        if (algorithm.unsupported(filterGradientProblem(problem), variant) !== undefined) continue;
        await measureGradientWay(gpu, problem, algorithm, variant, notes);
      }
    }
    console.info(`${number + 1} of ${problems.length}, ${Math.round(performance.now() / 1000)} s`);
  }
  const kernels: Record<string, KernelRate & { samples: number; mean: number; worst: number }> = {};
  for (const [kernel, samples] of sorted(notes.samples)) {
    const rates = fitRates(samples); // counts in millions, times in milliseconds
    const [dispatchNs = 0, ...ns] = rates;
    kernels[kernel] = { dispatchNs, ns, samples: samples.length, ...deviation(samples, rates) };
  }
  const { vendor, architecture, description } = gpu.capabilities;
  gpu.destroy(true);
  const compilations = sorted(notes.compilations);
  const times = await compileTimes(
    compilations.map(([, compilation]) => compilation),
    newContext,
  );
  const compileMs = Object.fromEntries(compilations.map(([kernel], index) => [kernel, times[index]!]));
  const adapter = `${vendor} ${architecture} ${description}`;
  const found = { adapter, dispatchMs: await dispatchMs(), processors: PROCESSORS, kernels, compileMs };
  console.info(`RATES ${JSON.stringify(found)} END`);
});
