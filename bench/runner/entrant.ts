// One engine in one variant on one shape: what is known of it so far, and the row that comes of it.
import { gflopsOf } from '../ceilings/roofline.js';
import type { ShapeFacts } from '../shapes/bench-shape.js';
import { summarise } from '../support/timing.js';
import type { Cell, FirstCall } from './cell.js';
import type { BenchmarkRow } from './result.js';
import { type Repeats, repeatsFor } from './statistics.js';

export class Entrant {
  readonly cell: Cell;
  readonly samples: number[] = [];
  readonly endToEnd: number[] = [];
  first: FirstCall | undefined;
  /** Milliseconds of a call that is warm; 0 until there was one. */
  warmMs = 0;
  wrong: string | null = null;
  error: string | undefined;
  /** The time limit, if it did not answer within it. */
  limitMs: number | undefined;
  /** True while the session holds it. */
  isOpen = false;

  constructor(cell: Cell) {
    this.cell = cell;
  }

  repeats(quick: boolean): Repeats {
    return repeatsFor(this.warmMs, quick);
  }

  /** Without its percentage of the roofline, since the ceilings are known when all is measured. */
  row(facts: ShapeFacts): BenchmarkRow {
    const { engine, variant } = this.cell;
    const { ms: firstMs = null, plan = null, errorGrowth = null, peakBytes = null } = this.first ?? {};
    const error = this.error ?? this.wrong ?? undefined;
    const measured = this.samples.length > 0 ? summarise(this.samples) : undefined;
    return {
      shape: facts.id,
      engine,
      variant,
      ms: measured?.median ?? null,
      msMin: measured?.best ?? null,
      msMax: measured?.worst ?? null,
      gflops: measured ? gflopsOf(facts, measured.median) : null,
      firstMs,
      endToEndMs: this.endToEnd.length > 0 ? summarise(this.endToEnd).median : null,
      peakBytes,
      ok: error === undefined && measured !== undefined,
      rooflinePercent: null,
      ...(plan === null ? {} : { plan }),
      ...(errorGrowth === null ? {} : { errorGrowth }),
      ...(error === undefined ? {} : { error }),
      ...(this.limitMs === undefined ? {} : { limitMs: this.limitMs }),
    };
  }
}
