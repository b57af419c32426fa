// The cache of plans, with pipelines that compile to nothing: what is compiled, kept, evicted and released.
import { describe, expect, it } from 'vitest';
import type { CompileProgress } from '../../../src/algorithms/design.js';
import type { GpuContext } from '../../../src/gpu/context.js';
import type { Kernel } from '../../../src/gpu/kernel.js';
import { machineOf } from '../../../src/planner/cost-model.js';
import { FirstCalls } from '../../../src/planner/first-calls.js';
import { PlanCache } from '../../../src/planner/plan-cache.js';
import { borrowConvPlan, type PlanRequest } from '../../../src/planner/plan-conv.js';
import { type ConvProblem, conv2dProblem } from '../../../src/problem/index.js';
import { Autotuner } from '../../../src/tuning/autotuner.js';
import { memoryStore } from '../../../src/tuning/tuning-store.js';
import { SWIFTSHADER } from '../../support/devices.js';

function fakeGpu() {
  const alive = new Set<object>();
  const gpu = {
    capabilities: SWIFTSHADER,
    pipelines: { get: async (kernel: Kernel) => ({ kernel }) },
    uploadUniforms: (blocks: readonly object[]) => {
      const pooled = {};
      alive.add(pooled);
      return { pooled, slices: blocks.map(() => ({})) };
    },
    release: (pooled: object) => {
      expect(alive.delete(pooled), 'released twice').toBe(true);
    },
  };
  return { gpu: gpu as unknown as GpuContext, alive };
}

const problem = (width: number) => conv2dProblem({ inputShape: [1, 1, 5, width + 20], filterShape: [8, 1, 3, 3] });
/** A cache, and a way to borrow a convolution's plan from it. */
function cacheOf(gpu: GpuContext) {
  const firstCalls = new FirstCalls(gpu.pipelines, machineOf(gpu.capabilities));
  const source = { gpu, plans: new PlanCache(), tuner: new Autotuner(gpu, memoryStore()), firstCalls };
  return { borrow: (wanted: ConvProblem, asked: PlanRequest) => borrowConvPlan(source, wanted, asked, 't') };
}

const request = { workspaceLimitBytes: 2 ** 20 };

describe('PlanCache', () => {
  it('plans a problem once, also when asked twice at once', async () => {
    const { gpu, alive } = fakeGpu();
    const cache = cacheOf(gpu);
    const [a, b] = await Promise.all([cache.borrow(problem(1), request), cache.borrow(problem(1), request)]);
    expect(a.plan).toBe(b.plan);
    expect(alive.size).toBe(1);
    expect((await cache.borrow(problem(1), { workspaceLimitBytes: 2 ** 21 })).plan).not.toBe(a.plan);
    expect((await cache.borrow(problem(1), { ...request, variant: 'register-4x16' })).plan).not.toBe(a.plan);
  });

  it('keeps plans of different accuracy apart', async () => {
    const cache = cacheOf(fakeGpu().gpu);
    const deep = conv2dProblem({ inputShape: [1, 32, 56, 56], filterShape: [32, 32, 3, 3] });
    const asked = { workspaceLimitBytes: 2 ** 27 };
    const [standard, strict, fast] = await Promise.all(
      (['standard', 'strict', 'fast'] as const).map((accuracy) => cache.borrow(deep, { ...asked, accuracy })),
    );
    expect(strict!.plan.errorGrowth).toBe(1);
    expect(standard!.plan.errorGrowth).toBeGreaterThan(1);
    expect(fast!.plan.errorGrowth).toBeGreaterThan(standard!.plan.errorGrowth);
    expect((await cache.borrow(deep, asked)).plan).toBe(standard!.plan); // the default
  });

  it('tells how many of its pipelines are compiled', async () => {
    const cache = cacheOf(fakeGpu().gpu);
    const progress: CompileProgress[] = [];
    const asked = { ...request, algorithm: 'im2col-gemm', onProgress: (now: CompileProgress) => progress.push(now) };
    await cache.borrow(problem(1), asked);
    expect(progress).toEqual([1, 2, 3].map((compiled) => ({ compiled, pipelines: 3 })));
    await cache.borrow(problem(1), asked);
    expect(progress.slice(3)).toEqual([{ compiled: 0, pipelines: 0 }]);
  });

  it('takes another algorithm where the workspace is too small for the best', async () => {
    const cache = cacheOf(fakeGpu().gpu);
    const deep = conv2dProblem({ inputShape: [1, 64, 16, 16], filterShape: [64, 64, 3, 3] });
    const { plan } = await cache.borrow(deep, { workspaceLimitBytes: 4 * 576 * 8 });
    expect(plan.algorithm).not.toBe('winograd');
    await expect(cache.borrow(deep, { workspaceLimitBytes: 4 * 576 * 8, algorithm: 'winograd' })).rejects.toThrow(
      'conv2d: one tile of 4 columns of the transformed input and the products takes 32768 bytes, but the workspace may hold 18432',
    );
  });

  it('evicts the longest unused beyond 128, and gives their parameters back', async () => {
    const { gpu, alive } = fakeGpu();
    const cache = cacheOf(gpu);
    const first = await cache.borrow(problem(0), request);
    first.release();
    for (let width = 1; width < 200; width++) {
      (await cache.borrow(problem(width), request)).release();
      (await cache.borrow(problem(0), request)).release(); // used all the time
    }
    await Promise.resolve();
    expect(alive.size).toBeLessThanOrEqual(129);
    expect(alive.size).toBeGreaterThan(100);
    expect((await cache.borrow(problem(0), request)).plan).toBe(first.plan);
    expect((await cache.borrow(problem(1), request)).plan).toBeDefined();
  });

  it('never evicts a plan on loan', async () => {
    const { gpu, alive } = fakeGpu();
    const cache = cacheOf(gpu);
    const loans = [];
    for (let width = 0; width < 200; width++) loans.push(await cache.borrow(problem(width), request));
    expect(alive.size).toBe(200);
    for (const loan of loans) {
      loan.release();
      loan.release(); // once counts
    }
    (await cache.borrow(problem(999), request)).release();
    await Promise.resolve();
    expect(alive.size).toBeLessThanOrEqual(129);
  });

  it('tries again after a plan that failed', async () => {
    const { gpu } = fakeGpu();
    let broken = true;
    const get = gpu.pipelines.get;
    Object.assign(gpu.pipelines, {
      get: (kernel: Kernel) => (broken ? Promise.reject(new Error('driver')) : get.call(gpu.pipelines, kernel)),
    });
    const cache = cacheOf(gpu);
    await expect(cache.borrow(problem(1), request)).rejects.toThrow('driver');
    broken = false;
    expect((await cache.borrow(problem(1), request)).plan.problem).toEqual(problem(1));
  });
});
