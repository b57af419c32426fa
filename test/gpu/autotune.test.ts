// Autotuning: the fastest way that computes right is taken and remembered; a wrong one never wins.
import { describe, expect, it } from 'vitest';
import { conv2dProblem, createEngine, type TuningRecord, type TuningStore } from 'webgpu-conv';
import { compare, expectedConv2d } from 'webgpu-conv/reference';
import type { Algorithm } from '../../src/algorithms/algorithm.js';
import { ALGORITHMS } from '../../src/algorithms/table.js';
import { capabilitiesOf } from '../../src/gpu/capabilities.js';
import { GpuContext } from '../../src/gpu/context.js';
import { Autotuner } from '../../src/tuning/autotuner.js';
import { indexedDbStore, memoryStore } from '../../src/tuning/tuning-store.js';
import { randomValues } from '../support/random.js';

const x = { data: randomValues(4 * 20 * 22, 1), shape: [1, 4, 20, 22] };
const w = { data: randomValues(6 * 4 * 9, 2), shape: [6, 4, 3, 3] };

/** A store that counts what is asked of it. */
function countingStore() {
  const inner = memoryStore();
  const calls = { get: 0, set: 0 };
  const records: TuningRecord[] = [];
  const store: TuningStore = {
    get: (key) => {
      calls.get++;
      return inner.get(key);
    },
    set: (key, record) => {
      calls.set++;
      records.push(record);
      return inner.set(key, record);
    },
  };
  return { store, calls, records };
}

describe('autotune', () => {
  it('computes with the way that it found, remembers it, and gives its buffers back', async () => {
    const { store, calls, records } = countingStore();
    using engine = await createEngine({ autotune: true, tuningStore: store });
    using input = engine.tensor(x.data, x.shape);
    using filter = engine.tensor(w.data, w.shape);
    const before = engine.memory().usedBytes;
    const prepare = () => engine.prepareConv2d({ inputShape: x.shape, filter, padding: 1 });
    const [conv, same] = await Promise.all([prepare(), prepare()]);
    expect(calls.set).toBe(1); // tuned once, though asked for twice
    expect([conv.algorithm, conv.variant]).toEqual([records[0]!.algorithm, records[0]!.variant]);
    expect(records[0]!.ms).toBeGreaterThan(0);
    using output = conv.run(input);
    expect(compare(await output.read(), expectedConv2d(x, w, { padding: 1 })).errorBoundUnits).toBeLessThan(9);
    output.dispose();
    conv.dispose();
    same.dispose();
    expect(engine.memory().usedBytes - before).toBeLessThan(2 ** 16); // the plan's parameters stay

    using next = await createEngine({ tuningStore: store });
    using other = next.tensor(w.data, w.shape);
    const pipelines = next.stats().pipelines;
    const recalled = await next.prepareConv2d({ inputShape: x.shape, filter: other, padding: 1, autotune: true });
    expect([recalled.algorithm, recalled.variant]).toEqual([conv.algorithm, conv.variant]);
    expect(calls.set).toBe(1);
    expect(next.stats().pipelines - pipelines).toBeLessThanOrEqual(4); // those of one way only
  });

  it('goes from engine to engine as text', async () => {
    using first = await createEngine({ tuningStore: memoryStore() });
    using filter = first.tensor(w.data, w.shape);
    (await first.prepareConv2d({ inputShape: x.shape, filter, autotune: true })).dispose();
    const text = first.exportTuning();
    const { store, calls, records } = countingStore();
    using second = await createEngine({ tuningStore: store });
    await second.importTuning(text);
    expect([calls.set, records.length]).toEqual([1, 1]);
    expect(second.exportTuning()).toBe(text);
    expect(() => second.importTuning('{}}')).toThrow(
      "importTuning: got '{}}', but the text of exportTuning() is needed.",
    );
  });

  it("keeps records in the browser's database, where there is one, for the next visit", async () => {
    const factory = (globalThis as { indexedDB?: IDBFactory }).indexedDB;
    expect(factory !== undefined).toBe(typeof window !== 'undefined');
    if (!factory) return; // Node keeps them in a file: test/unit/tuning
    const record = { algorithm: 'direct', variant: 'row-1x16', ms: 1 };
    const key = `test ${Math.random()}`;
    expect(await indexedDbStore(factory).get(key)).toBeUndefined();
    await indexedDbStore(factory).set(key, record);
    expect(await indexedDbStore(factory).get(key)).toEqual(record);
  });

  it('obeys what is forced, and works with a store that fails', async () => {
    const broken: TuningStore = {
      get: () => Promise.reject(new Error('no disk')),
      set: () => Promise.reject(new Error('no disk')),
    };
    using engine = await createEngine({ tuningStore: broken, autotune: true });
    using filter = engine.tensor(w.data, w.shape);
    const forced = { inputShape: x.shape, filter, algorithm: 'im2col-gemm' } as const;
    expect((await engine.prepareConv2d(forced)).algorithm).toBe('im2col-gemm');
    expect((await engine.prepareConv2d({ ...forced, variant: 'register-8x8' })).variant).toBe('register-8x8');
  });

  it('does not happen where results must not depend on measurements', async () => {
    const { store, calls } = countingStore();
    using engine = await createEngine({ tuningStore: store, autotune: true });
    using filter = engine.tensor(w.data, w.shape);
    using _ = await engine.prepareConv2d({ inputShape: x.shape, filter, deterministic: true });
    expect(calls).toEqual({ get: 0, set: 0 });
    const both = { autotune: true, deterministic: true };
    const message =
      'autotune and deterministic are both true, but what is fastest may differ from one measurement to the next. Leave out one of them.';
    await expect(engine.prepareConv2d({ inputShape: x.shape, filter, ...both })).rejects.toThrow(message);
    await expect(createEngine(both)).rejects.toThrow(`createEngine: ${message}`);
    await expect(createEngine({ deterministic: 1 as never })).rejects.toThrow(
      'deterministic is 1, but must be true or',
    );
  });

  it('refuses stores and settings that are none', async () => {
    await expect(createEngine({ tuningStore: {} as never })).rejects.toThrow(
      'createEngine: tuningStore must have the functions get(key) and set(key, record), got an object.',
    );
    await expect(createEngine({ autotune: 1 as never })).rejects.toThrow('autotune is 1, but must be true or false.');
  });
});

describe('a candidate that computes something else', () => {
  it('never wins, however fast it is', async () => {
    const adapter = (await navigator.gpu.requestAdapter())!;
    const device = await adapter.requestDevice();
    const gpu = new GpuContext(device, capabilitiesOf(device, adapter.info), 0);
    const honest = ALGORITHMS.find(({ name }) => name === 'im2col-gemm')!;
    const lazy: Algorithm = {
      ...honest,
      name: 'lazy',
      variants: ['zero'],
      design: (problem, _, limits) => ({
        ...honest.design(problem, 'register-8x8', limits),
        run: [], // as fast as can be
      }),
    };
    const failing: Algorithm = {
      ...lazy,
      name: 'failing',
      design: () => {
        throw new Error('driver bug');
      },
    };
    const problem = conv2dProblem({ inputShape: x.shape, filterShape: w.shape, activation: 'relu' });
    const limits = { workspaceLimitBytes: 2 ** 24, device: gpu.capabilities };
    const candidates = [lazy, failing, honest].map((algorithm) => ({
      algorithm,
      variant: algorithm === honest ? 'register-8x8' : 'zero',
    }));
    const tuner = new Autotuner(gpu, memoryStore());
    const reports = await tuner.measure(problem, candidates, limits);
    expect(reports[0]).toMatchObject({ algorithm: 'lazy' });
    expect(reports[0]!.ms).toBeUndefined();
    expect(reports[0]!.rejected).toMatch(/^computes \S+ where the reference has \S+, at \[.*\] of a small problem$/);
    expect(reports[1]).toEqual({ algorithm: 'failing', variant: 'zero', rejected: 'driver bug' });
    expect(reports[2]).toEqual({ algorithm: 'im2col-gemm', variant: 'register-8x8', ms: expect.any(Number) });
    expect(await tuner.best('key', problem, candidates, limits)).toMatchObject({ algorithm: 'im2col-gemm' });
    expect(await tuner.best('other', problem, candidates.slice(0, 2), limits)).toBeUndefined();
    expect(gpu.pool.report().usedBytes).toBe(0);
    gpu.destroy(true);
  });
});
