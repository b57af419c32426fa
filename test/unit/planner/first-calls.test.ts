// Which way the calls of a problem take that nobody prepared.
import { describe, expect, it } from 'vitest';
import type { Kernel } from '../../../src/gpu/kernel.js';
import { PipelineCache } from '../../../src/gpu/pipeline-cache.js';
import { choose } from '../../../src/planner/choose.js';
import { compileMsOf, machineOf } from '../../../src/planner/cost-model.js';
import { COLD_PROCESS, FirstCalls } from '../../../src/planner/first-calls.js';
import { conv2dProblem } from '../../../src/problem/index.js';
import { GPU, SWIFTSHADER } from '../../support/devices.js';

type Compiled = Pick<PipelineCache, 'has' | 'get'>;

/** A cache that compiles at once, or never. */
class FakePipelines implements Compiled {
  readonly ready = new Set<Kernel>();
  readonly asked: Kernel[] = [];
  fails = false;
  has(kernel: Kernel): boolean {
    return this.ready.has(kernel);
  }
  async get(kernel: Kernel): Promise<never> {
    this.asked.push(kernel);
    if (this.fails) throw new Error('lost');
    this.ready.add(kernel);
    return {} as never;
  }
}

const depthwise = conv2dProblem({ inputShape: [1, 32, 112, 112], filterShape: [32, 1, 3, 3], groups: 32, padding: 1 });

function ways(device = SWIFTSHADER) {
  return choose(depthwise, {}, { workspaceLimitBytes: 2 ** 27, device }, 't');
}

function calls(device = SWIFTSHADER) {
  const pipelines = new FakePipelines();
  const machine = machineOf(device);
  const first = new FirstCalls(pipelines as unknown as PipelineCache, machine);
  return { pipelines, machine, next: () => first.next('D1', () => ways(device)) };
}

describe('FirstCalls', () => {
  it('takes at first what is soonest done, compilation included', () => {
    const { machine, next } = calls();
    const way = next();
    const doneMs = ({ design, predictedMs }: typeof way) =>
      COLD_PROCESS * compileMsOf([...design.pack, ...design.run], machine) + predictedMs;
    expect(doneMs(way)).toBe(Math.min(...ways().map(doneMs)));
    expect(way.variant).not.toBe(ways()[0]!.variant);
  });

  it('compiles the fastest beside the calls when they lost as much as that takes, and takes it from then on', async () => {
    const { pipelines, machine, next } = calls();
    const fastest = ways()[0]!;
    const priceMs = COLD_PROCESS * compileMsOf([...fastest.design.pack, ...fastest.design.run], machine);
    let lostMs = 0;
    for (let way = next(); way.variant !== fastest.variant; way = next()) {
      expect(pipelines.asked).toEqual([]);
      lostMs += way.predictedMs - fastest.predictedMs;
      if (lostMs < priceMs) continue;
      expect(next().variant).toBe(way.variant); // it is not there yet
      expect(pipelines.asked).toContain(fastest.design.run[0]!.kernel);
      await Promise.resolve();
    }
    expect(lostMs).toBeGreaterThanOrEqual(priceMs);
    expect(next().variant).toBe(fastest.variant);
  });

  it('compiles once however many calls there are meanwhile, and again if that failed', async () => {
    const { pipelines, next } = calls();
    pipelines.fails = true;
    for (let call = 0; call < 500; call++) next();
    const asked = pipelines.asked.length;
    expect(asked).toBe(new Set(pipelines.asked).size);
    await new Promise((resolve) => setTimeout(resolve));
    next();
    expect(pipelines.asked.length).toBe(2 * asked);
  });

  it('takes the fastest at once where it is compiled already, and where nothing is known of compilation', () => {
    const { pipelines, next } = calls();
    const { pack, run } = ways()[0]!.design;
    for (const { kernel } of [...pack, ...run]) pipelines.ready.add(kernel);
    expect(next().variant).toBe(ways()[0]!.variant);
    expect(calls(GPU).next().variant).toBe(ways(GPU)[0]!.variant);
  });
});

describe('PipelineCache.has', () => {
  it('is true once the pipeline is there, for its overrides', async () => {
    const device = {
      createBindGroupLayout: () => ({}),
      createPipelineLayout: () => ({}),
      createShaderModule: () => ({}),
      pushErrorScope: () => {},
      popErrorScope: async () => null,
      createComputePipelineAsync: async () => ({}),
    } as unknown as GPUDevice;
    const pipelines = new PipelineCache(device);
    const { kernel, overrides } = ways()[0]!.design.run[0]!;
    expect(pipelines.has(kernel, overrides)).toBe(false);
    const compiling = pipelines.get(kernel, overrides);
    expect(pipelines.has(kernel, overrides)).toBe(false);
    await compiling;
    expect(pipelines.has(kernel, overrides)).toBe(true);
    expect(pipelines.has(kernel, { ...overrides, ACTIVATION: 1 })).toBe(false);
  });
});
