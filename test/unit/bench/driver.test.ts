// The course of a benchmark with engines that are not there: who is asked what, and what becomes of those that fail or hang.
import { describe, expect, it } from 'vitest';
import type { Cell } from '../../../bench/runner/cell.js';
import { drive } from '../../../bench/runner/driver.js';
import type { Host, StepOutcome } from '../../../bench/runner/host.js';
import type { EngineName } from '../../../bench/runner/result.js';
import { parseShapes } from '../../../bench/shapes/parse.js';
import { factsOf } from '../../../bench/shapes/shape.js';
import { median } from '../../../bench/support/timing.js';

const shapes = parseShapes('a 4x4x1 -> 1 3x3\nb 5x5x1 -> 1 3x3\nc 6x6x1 -> 1 3x3', 'list');
const LIMIT_MS = 15;

/** What a step of an engine does instead of its work. */
type Fault = 'hang' | 'unsupported' | 'fail';
const hang = new Promise<never>(() => {});

/**
 * A session whose calls take 10 ms by its own account, 12 where they are checked, with a fault for some steps, written 'engine step'. Its
 * ceilings are measured as `fmaGflops`, one after the other, the last again and again.
 */
class FakeHost implements Host {
  readonly log: string[] = [];
  readonly #faults: Readonly<Record<string, Fault>>;
  readonly fmaGflops = [1];
  checkedMs = 12;
  restarts = 0;

  constructor(faults: Readonly<Record<string, Fault>> = {}) {
    this.#faults = faults;
  }

  #ceilings() {
    const [fmaGflops] = this.fmaGflops.length > 1 ? this.fmaGflops.splice(0, 1) : this.fmaGflops;
    return { fmaGflops, copyGBs: 1000 };
  }

  async step(step: string, args: readonly unknown[]): Promise<StepOutcome> {
    const [first] = args as [Partial<Cell> | EngineName | undefined];
    const name = typeof first === 'string' ? first : first?.engine;
    this.log.push(name === undefined ? step : `${name} ${step}`);
    const fault = this.#faults[`${name} ${step}`];
    if (fault === 'hang') return hang;
    if (fault) return { ok: false, unsupported: fault === 'unsupported', message: `${fault} of ${name}` };
    return { ok: true, value: this.#value(step, args) };
  }

  #value(step: string, args: readonly unknown[]): unknown {
    const values: Record<string, () => unknown> = {
      adapter: () => 'fake',
      ceilings: () => this.#ceilings(),
      begin: () => factsOf(args[0] as (typeof shapes)[number]),
      variants: () => (args[0] === 'webgpu-conv' ? ['planned', 'direct'] : ['nhwc']),
      check: () => ({ ms: this.checkedMs, wrong: null }),
      first: () => ({ ms: 10, plan: 'direct/row-1x16', errorGrowth: 1, peakBytes: 100 }),
    };
    return (values[step] ?? (() => 10))();
  }

  async restart(): Promise<boolean> {
    this.restarts++;
    return true;
  }
}

const engines: readonly EngineName[] = ['webgpu-conv', 'tfjs-webgpu'];

function run(host: Host, count = 1, quick = true) {
  const options = {
    shapes: shapes.slice(0, count),
    engines,
    quick,
    cold: false,
    limitMs: LIMIT_MS,
    progress() {},
  };
  return drive(host, options);
}

describe('drive', () => {
  it('opens and checks each engine, then samples them in turn, in another order each round', async () => {
    const host = new FakeHost();
    const { rows, adapter } = await run(host);
    expect(adapter).toBe('fake');
    expect(host.log.slice(0, 6)).toEqual([
      'adapter',
      'ceilings',
      'begin',
      'expect',
      'webgpu-conv variants',
      'tfjs-webgpu variants',
    ]);
    expect(host.log.slice(6, 9)).toEqual(['webgpu-conv first', 'webgpu-conv check', 'webgpu-conv sample']);
    const rounds = host.log.slice(15).filter((entry) => entry.endsWith(' sample'));
    const orders = [0, 3, 6].map((start) => rounds.slice(start, start + 3));
    expect(rounds).toHaveLength(9);
    for (const order of orders) {
      expect([...order].sort()).toEqual(['tfjs-webgpu sample', 'webgpu-conv sample', 'webgpu-conv sample']);
    }
    expect(new Set(orders.map((order) => order.indexOf('tfjs-webgpu sample'))).size).toBeGreaterThan(1);
    expect(rows.map(({ engine, variant }) => `${engine} ${variant}`)).toEqual([
      'webgpu-conv planned',
      'webgpu-conv direct',
      'tfjs-webgpu nhwc',
    ]);
    expect(rows.every(({ ok, error }) => ok && error === undefined)).toBe(true);
  });

  it('gives every row the fields of the JSON file, and no others', async () => {
    const { rows } = await run(new FakeHost());
    expect(rows[0]).toEqual({
      shape: 'a',
      engine: 'webgpu-conv',
      variant: 'planned',
      ms: 10,
      msMin: 10,
      msMax: 10,
      gflops: (2 * 4 * 9) / 10 / 1e6,
      firstMs: 10,
      endToEndMs: 10,
      peakBytes: 100,
      ok: true,
      rooflinePercent: expect.any(Number),
      plan: 'direct/row-1x16',
      errorGrowth: 1,
    });
  });

  it('measures the ceilings before each shape, and holds every row against their medians', async () => {
    const host = new FakeHost();
    host.fmaGflops.splice(0, 1, 2, 9, 4);
    const { rows, ceilings } = await run(host, 3);
    expect(ceilings).toEqual({ fmaGflops: 4, copyGBs: 1000 });
    for (const { rooflinePercent, gflops } of rows) expect(rooflinePercent).toBeCloseTo((100 * gflops!) / 4, 10);
  });

  it.each([
    ['repeats a short call, with copies and without', 12, 15, 3],
    ['repeats a longer call without copies only', 400, 5, 0],
    ['counts the check of a long call as a sample', 1500, 1, 0],
    ['leaves it at that where it took very long', 4000, 0, 0],
  ])('%s', async (_, checkedMs, samples, copies) => {
    const host = new FakeHost();
    host.checkedMs = checkedMs;
    const { rows } = await run(host, 1, false);
    const opening = checkedMs < 150 ? 1 : 0; // to tell how often a short call is repeated
    const count = (step: string) => host.log.filter((entry) => entry === `tfjs-webgpu ${step}`).length;
    expect([count('sample'), count('endToEnd')]).toEqual([samples + opening, copies]);
    const values = [...(checkedMs < 1000 ? [] : [checkedMs]), ...new Array<number>(samples).fill(10)];
    const endToEndMs = copies > 0 ? 10 : checkedMs;
    expect(rows[2]).toMatchObject({ ms: median(values), msMax: Math.max(...values), endToEndMs });
  });

  it('writes what an engine does not offer into its row, and trusts the page still', async () => {
    const host = new FakeHost({ 'tfjs-webgpu first': 'unsupported' });
    const { rows } = await run(host);
    expect(rows[2]).toMatchObject({ ms: null, ok: false, error: 'not offered: unsupported of tfjs-webgpu' });
    expect(host.restarts).toBe(0);
  });

  it('goes on in a fresh page after a failure, where it opens the others again', async () => {
    const host = new FakeHost({ 'tfjs-webgpu check': 'fail' });
    const { rows } = await run(host);
    expect(rows.map(({ ok }) => ok)).toEqual([true, true, false]);
    expect(rows[2]!.error).toBe('fail of tfjs-webgpu');
    expect(host.restarts).toBe(1);
    const afterwards = host.log.slice(host.log.lastIndexOf('begin') + 1);
    expect(afterwards.filter((entry) => entry === 'webgpu-conv first')).toHaveLength(2);
    expect(rows[0]!.firstMs).toBe(10);
  });

  it('leaves an engine that hangs behind, and asks it no more after two times', async () => {
    const host = new FakeHost({ 'tfjs-webgpu sample': 'hang' });
    const { rows } = await run(host, 3);
    const errors = rows.filter(({ engine }) => engine === 'tfjs-webgpu').map(({ error }) => error);
    expect(errors).toEqual([
      'no answer within 0 s',
      'no answer within 0 s',
      'not asked any more: it did not answer 2 times',
    ]);
    const limits = rows.filter(({ engine }) => engine === 'tfjs-webgpu').map(({ limitMs }) => limitMs);
    expect(limits).toEqual([LIMIT_MS, LIMIT_MS, undefined]);
    expect(host.restarts).toBe(2);
    expect(rows.filter(({ engine }) => engine === 'webgpu-conv').every(({ ok }) => ok)).toBe(true);
  });
});

describe('drive with first calls only', () => {
  it('tells of an engine that did not answer in time what the limit was', async () => {
    const host = new FakeHost({ 'tfjs-webgpu first': 'hang' });
    const options = { shapes: shapes.slice(0, 1), engines, quick: true, cold: true, limitMs: LIMIT_MS, progress() {} };
    const { rows } = await drive(host, options);
    expect(rows[1]).toMatchObject({ firstMs: null, ok: false, error: 'no answer within 0 s', limitMs: LIMIT_MS });
  });

  it('starts every engine on every shape in a fresh session, and asks for nothing but the first call and its check', async () => {
    const host = new FakeHost({ 'tfjs-webgpu first': 'unsupported' });
    const options = { shapes: shapes.slice(0, 2), engines, quick: true, cold: true, limitMs: LIMIT_MS, progress() {} };
    const { rows } = await drive(host, options);
    expect(host.restarts).toBe(4);
    expect(host.log).not.toContain('ceilings');
    expect(host.log.slice(1, 5)).toEqual(['begin', 'webgpu-conv variants', 'webgpu-conv first', 'webgpu-conv check']);
    expect(rows.map(({ engine, variant, firstMs, ms, ok }) => [engine, variant, firstMs, ms, ok])).toEqual([
      ['webgpu-conv', 'planned', 10, null, true],
      ['tfjs-webgpu', 'nhwc', null, null, false],
      ['webgpu-conv', 'planned', 10, null, true],
      ['tfjs-webgpu', 'nhwc', null, null, false],
    ]);
    expect(rows[1]!.error).toMatch(/^not offered: /);
  });

  it('repeats short calls in turn, and reports their medians; calls that are wrong are not repeated', async () => {
    const host = new FakeHost({ 'tfjs-webgpu first': 'unsupported' });
    const options = { shapes: shapes.slice(0, 1), engines, quick: false, cold: true, limitMs: LIMIT_MS, progress() {} };
    const { rows } = await drive(host, options);
    const firsts = host.log.filter((line) => line.endsWith(' first'));
    expect(firsts).toEqual(['webgpu-conv first', 'tfjs-webgpu first', 'webgpu-conv first', 'webgpu-conv first']);
    expect(host.log.filter((line) => line.endsWith(' check'))).toEqual(['webgpu-conv check']);
    expect(rows.map(({ firstMs }) => firstMs)).toEqual([10, null]);
  });
});
