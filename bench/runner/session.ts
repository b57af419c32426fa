// The side of the benchmark that has the GPU: does single steps as the driver asks for them, each of which may be waited for
// with a limit, in a page or in Node. What it takes and gives is plain data, which can cross from a page to a command.
import type { ExpectedResult } from 'webgpu-conv/reference';
import { measureCeilings } from '../ceilings/measure.js';
import { type Competitor, type Contender, UnsupportedError } from '../competitors/competitor.js';
import type { Competitors } from '../competitors/own.js';
import type { BenchShape, ShapeFacts } from '../shapes/bench-shape.js';
import { type Operands, operandsOf } from '../shapes/operands.js';
import { factsOf, forwardOf } from '../shapes/shape.js';
import { type Cell, type Check, type FirstCall, nameOf } from './cell.js';
import { expectedOf, grown, loosened, wrongness } from './check.js';
import { planningEngine } from './planning-engine.js';
import type { Ceilings, EngineName } from './result.js';

interface Current {
  readonly shape: BenchShape;
  readonly operands: Operands;
  /** What each problem ought to come to, by what is computed of the shape. Computed when it is first needed. */
  readonly expected: Map<string, ExpectedResult>;
}

async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export class Session {
  readonly #competitors: Competitors;
  readonly #contenders = new Map<string, Contender>();
  /** Times of first calls, milliseconds, by the names of their cells. */
  readonly #firstMs = new Map<string, number>();
  #current: Current | undefined;

  constructor(competitors: Competitors) {
    this.#competitors = competitors;
  }

  /** The adapter's name. */
  async adapter(): Promise<string> {
    return (await planningEngine()).info.name;
  }

  ceilings(quick: boolean): Promise<Ceilings> {
    return measureCeilings(quick);
  }

  /** Makes the operands of a shape. */
  async begin(shape: BenchShape): Promise<ShapeFacts> {
    await this.end();
    this.#current = { shape, operands: operandsOf(shape), expected: new Map() };
    return factsOf(shape);
  }

  /** Computes what the shape ought to come to: seconds for a large one. */
  async expect(): Promise<void> {
    const { shape } = this.#current!;
    this.#expected(shape);
    if (shape.gradient !== undefined) this.#expected(forwardOf(shape));
  }

  #expected(shape: BenchShape): ExpectedResult {
    const { expected } = this.#current!;
    const what = shape.gradient ?? 'forward';
    const found = expected.get(what) ?? expectedOf(shape, operandsOf(shape)); // operands are seeded, and the same every time
    expected.set(what, found);
    return found;
  }

  async #competitor(engine: EngineName): Promise<Competitor> {
    const load = this.#competitors[engine];
    if (!load) throw new UnsupportedError('it runs in a browser only');
    return load();
  }

  /** The rows that an engine has for a shape. */
  async variants(engine: EngineName, shape: BenchShape): Promise<readonly string[]> {
    return (await this.#competitor(engine)).variants(shape);
  }

  /** Uploads the operands and does the first call. */
  async first(cell: Cell): Promise<FirstCall> {
    const { shape, operands } = this.#current!;
    const competitor = await this.#competitor(cell.engine);
    const contender = await competitor.open({ shape, operands, variant: cell.variant });
    this.#contenders.set(nameOf(cell), contender);
    await contender.select?.();
    const called = async () => {
      await contender.prepare();
      await contender.run(0);
      await contender.wait();
    };
    const calledOnce = async () => {
      await contender.once!();
      await contender.wait();
    };
    const ms = await timed(contender.once ? calledOnce : called);
    this.#firstMs.set(nameOf(cell), ms);
    if (contender.once) await called(); // which the samples need, and nobody waits for it in a first call
    return {
      ms,
      plan: contender.plan?.() ?? null,
      errorGrowth: contender.errorGrowth?.() ?? null,
      peakBytes: contender.peakBytes?.() ?? null,
    };
  }

  async #contender(cell: Cell): Promise<Contender> {
    const contender = this.#contenders.get(nameOf(cell));
    if (!contender) throw new Error(`${nameOf(cell)} was not opened.`);
    await contender.select?.();
    return contender;
  }

  /** Computes with upload and read-back, and holds the output against the reference; which itself has nothing to copy or to be held against. */
  async check(cell: Cell): Promise<Check> {
    const contender = await this.#contender(cell);
    if (contender.isReference) return { ms: this.#firstMs.get(nameOf(cell))!, wrong: null };
    const start = performance.now();
    const values = await contender.endToEnd();
    const ms = performance.now() - start;
    const expected = this.#expected(contender.shape ?? this.#current!.shape);
    const growth = contender.errorGrowth?.();
    const bounded = growth === undefined ? loosened(expected) : grown(expected, growth);
    return { ms, wrong: wrongness(values, contender.layout, bounded) ?? null };
  }

  /** Milliseconds of a call, of several in a row. */
  async sample(cell: Cell, calls: number): Promise<number> {
    const contender = await this.#contender(cell);
    const ms = await timed(async () => {
      for (let call = 0; call < calls; call++) await contender.run((call % 2) as 0 | 1);
      await contender.wait();
    });
    return ms / calls;
  }

  /** Milliseconds with upload and read-back. */
  async endToEnd(cell: Cell): Promise<number> {
    const contender = await this.#contender(cell);
    return timed(() => contender.endToEnd());
  }

  /** Closes whatever is open. What cannot be closed any more does not matter. */
  async end(): Promise<void> {
    for (const contender of this.#contenders.values()) {
      try {
        await contender.select?.();
        await contender.dispose();
      } catch {
        // it failed before
      }
    }
    this.#contenders.clear();
    this.#current = undefined;
  }
}
