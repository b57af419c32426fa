// What the engine tells of its choice: before anything runs, after tuning, and in print.
import { describe, expect, it, vi } from 'vitest';
import { conv2dProblem, createEngine, maxPool2dProblem } from 'webgpu-conv';
import { ALGORITHMS } from '../../src/algorithms/table.js';
import { memoryStore } from '../../src/tuning/tuning-store.js';
import { useEngine } from './support/engine.js';

const engine = useEngine();
const problem = conv2dProblem({ inputShape: [1, 16, 24, 24], filterShape: [32, 16, 3, 3], padding: 1 });

describe('explain', () => {
  it('has a row for each algorithm: support, workspace, prediction, and one that is chosen', async () => {
    const before = { ...engine().memory(), ...engine().stats() };
    const { rows, problem: words } = await engine().explain(problem, { print: false });
    expect({ ...engine().memory(), ...engine().stats() }).toEqual(before);
    expect(words).toBe('24×24×16 → 24×24×32, 3×3, padding 1');
    expect(rows.map(({ algorithm }) => algorithm)).toEqual(ALGORITHMS.map(({ name }) => name));
    for (const row of rows.filter(({ supported }) => !supported)) {
      expect(row.reason).toBe(ALGORITHMS.find(({ name }) => name === row.algorithm)!.unsupported(problem));
    }
    const usable = rows.filter(({ variant }) => variant !== undefined);
    expect(usable.length).toBeGreaterThan(2);
    for (const { predictedMs, workspaceBytes, errorGrowth, measuredMs } of usable) {
      expect(predictedMs).toBeGreaterThan(0);
      expect(workspaceBytes).toBeGreaterThanOrEqual(0);
      expect(errorGrowth).toBeGreaterThanOrEqual(1);
      expect(measuredMs).toBeUndefined();
    }
    const chosen = rows.filter((row) => row.chosen);
    expect(chosen).toHaveLength(1);
    expect(chosen[0]!.predictedMs).toBe(Math.min(...usable.map(({ predictedMs }) => predictedMs!)));

    using filter = engine().tensor(new Float32Array(32 * 16 * 9), [32, 16, 3, 3]);
    using conv = await engine().prepareConv2d({ inputShape: [1, 16, 24, 24], filter, padding: 1 });
    expect([conv.algorithm, conv.variant]).toEqual([chosen[0]!.algorithm, chosen[0]!.variant]);
    expect([conv.workspaceBytes, conv.errorGrowth]).toEqual([chosen[0]!.workspaceBytes, chosen[0]!.errorGrowth]);
  });

  it('says what speaks against those that could: errors, workspace', async () => {
    const strict = await engine().explain(problem, { accuracy: 'strict', print: false });
    const winograd = strict.rows.find(({ algorithm }) => algorithm === 'winograd');
    expect(winograd).toMatchObject({ supported: true, chosen: false });
    expect(winograd!.variant).toBeUndefined();
    expect(winograd!.reason).toMatch(/^errors may grow [\d.]+ times, and 1 is allowed$/);
    const poor = await engine().explain(problem, { workspaceLimitBytes: 64, print: false });
    const im2col = poor.rows.find(({ algorithm }) => algorithm === 'im2col-gemm');
    expect(im2col).toMatchObject({ supported: true, chosen: false });
    expect(im2col!.reason).toMatch(/^needs \d+ bytes of workspace, and 64 are allowed$/);
  });

  it('prints a line for each, the chosen one marked, unless asked not to', async () => {
    const print = vi.spyOn(console, 'info').mockImplementation(() => {});
    try {
      const explanation = await engine().explain(problem);
      expect(print.mock.calls).toEqual([[explanation.toString()]]);
      const lines = explanation.toString().split('\n');
      expect(lines[0]).toBe(explanation.problem);
      expect(lines).toHaveLength(ALGORITHMS.length + 2);
      const { algorithm } = explanation.rows.find(({ chosen }) => chosen)!;
      expect(lines.filter((line) => line.startsWith('→'))).toEqual([expect.stringContaining(algorithm)]);
      await engine().explain(problem, { print: false });
      expect(print).toHaveBeenCalledTimes(1);
    } finally {
      print.mockRestore();
    }
  });

  it('measures with autotune, remembers what it measured, and lets the fastest win', async () => {
    using tuning = await createEngine({ tuningStore: memoryStore() });
    const small = conv2dProblem({ inputShape: [1, 4, 12, 12], filterShape: [8, 4, 3, 3] });
    const { rows } = await tuning.explain(small, { autotune: true, print: false });
    const measured = rows.filter(({ measuredMs }) => measuredMs !== undefined);
    expect(measured.length).toBeGreaterThan(2);
    const chosen = rows.find((row) => row.chosen)!;
    expect(chosen.measuredMs).toBe(Math.min(...measured.map(({ measuredMs }) => measuredMs!)));
    // later the measurements are still told, though without autotune the prediction decides
    const later = await tuning.explain(small, { print: false });
    expect(later.rows.map(({ measuredMs }) => measuredMs !== undefined)).toEqual(
      rows.map(({ measuredMs }) => measuredMs !== undefined),
    );
    const text = tuning.exportTuning();
    using other = await createEngine({ tuningStore: memoryStore() });
    await other.importTuning(text);
    const imported = await other.explain(small, { autotune: true, print: false });
    expect(imported.rows.map(({ measuredMs }) => measuredMs)).toEqual(rows.map(({ measuredMs }) => measuredMs));
  });

  it('refuses what is no problem of a convolution, and options that do not exist', async () => {
    await expect(engine().explain('conv2d' as never)).rejects.toThrow(
      "explain: got 'conv2d', but the problem of a convolution is needed. Make one with conv2dProblem({ inputShape, filterShape }) or its like.",
    );
    const pool = maxPool2dProblem({ inputShape: [1, 3, 8, 8], windowDimensions: 2 });
    await expect(engine().explain(pool as never)).rejects.toThrow('explain: got an object, but the problem of a conv');
    await expect(engine().explain(problem, { printed: true } as never)).rejects.toThrow(/printed.*print/);
    await expect(engine().explain(problem, { print: 1 } as never)).rejects.toThrow('print is 1, but must be true or');
  });
});

describe('a preparation', () => {
  it('tells how many of its pipelines are compiled', async () => {
    using fresh = await createEngine();
    using filter = fresh.tensor(new Float32Array(32 * 16 * 9), [32, 16, 3, 3]);
    const progress: number[][] = [];
    const options = {
      inputShape: [1, 16, 24, 24],
      filter,
      padding: 1,
      onProgress: ({ compiled, pipelines }: { compiled: number; pipelines: number }) => {
        progress.push([compiled, pipelines]);
      },
    };
    using _first = await fresh.prepareConv2d(options);
    const { pipelines } = fresh.stats();
    expect(progress).toEqual(Array.from({ length: pipelines }, (_, index) => [index + 1, pipelines]));
    using _again = await fresh.prepareConv2d(options);
    expect(progress.slice(pipelines)).toEqual([[0, 0]]);
    await expect(fresh.prepareConv2d({ ...options, onProgress: 1 as never })).rejects.toThrow(
      'prepareConv2d: onProgress is 1, but must be a function.',
    );
  });
});
