// First calls alone: every engine on every shape in a fresh session, a page of a browser just started, so that nothing was compiled
// before. Some rounds of that, the engines in turn, and the median, unless a call is so long that one says enough.

import type { BenchShape } from '../shapes/bench-shape.js';
import { median } from '../support/timing.js';
import { callStep, StepError, TimeLimitError } from './call-step.js';
import type { FirstCall } from './cell.js';
import { Entrant } from './entrant.js';
import type { Host } from './host.js';
import type { BenchmarkRow, EngineName } from './result.js';
import type { Drive, DriveOptions } from './run.js';

const SET_UP_LIMIT_MS = 5 * 60_000; // expected values come from plain loops on the CPU
const ROUNDS = { full: 3, quick: 1 };
const LONG_MS = 2000;

/** An engine on a shape: its row, and its first calls so far. */
interface ColdCell {
  readonly engine: EngineName;
  readonly calls: FirstCall[];
  row: BenchmarkRow | undefined;
}

/** Makes a first call in a fresh session; the first time it is checked. */
async function callCold(host: Host, cell: ColdCell, shape: BenchShape, limitMs: number): Promise<void> {
  await host.restart();
  const facts = await callStep(host, SET_UP_LIMIT_MS, 'begin', shape);
  let entrant = new Entrant({ engine: cell.engine, variant: '' });
  try {
    const [variant = ''] = await callStep(host, limitMs, 'variants', cell.engine, shape); // of ours the planned one
    entrant = new Entrant({ engine: cell.engine, variant });
    entrant.first = await callStep(host, limitMs, 'first', entrant.cell);
    cell.calls.push(entrant.first);
    if (!cell.row) entrant.wrong = (await callStep(host, SET_UP_LIMIT_MS, 'check', entrant.cell)).wrong;
  } catch (error) {
    const offered = !(error instanceof StepError && error.unsupported);
    entrant.error = `${offered ? '' : 'not offered: '}${(error as Error).message}`;
    if (error instanceof TimeLimitError) entrant.limitMs = limitMs;
  }
  const row = entrant.row(facts);
  if (!cell.row || row.error !== undefined) cell.row = { ...row, ok: row.error === undefined };
}

/** Whether another round would tell more of a cell. */
function isWorthIt({ row, calls }: ColdCell): boolean {
  return row === undefined || (row.ok && calls.every(({ ms }) => ms < LONG_MS));
}

/** Runs a benchmark of first calls. */
export async function driveCold(host: Host, options: DriveOptions): Promise<Drive> {
  const { shapes, engines, limitMs, progress, quick } = options;
  const adapter = await callStep(host, SET_UP_LIMIT_MS, 'adapter');
  const ceilings = { fmaGflops: 0, copyGBs: 0 };
  const rows: BenchmarkRow[] = [];
  for (const [index, shape] of shapes.entries()) {
    const cells = engines.map((engine): ColdCell => ({ engine, calls: [], row: undefined }));
    for (let round = 0; round < (quick ? ROUNDS.quick : ROUNDS.full); round++) {
      for (const cell of cells.filter(isWorthIt)) {
        progress({ index, count: shapes.length, title: `${shape.id}: first call of ${cell.engine}` });
        await callCold(host, cell, shape, limitMs);
      }
    }
    for (const { row, calls } of cells) {
      rows.push({ ...row!, firstMs: calls.length > 0 ? median(calls.map(({ ms }) => ms)) : null });
    }
    if (index + 1 < shapes.length) await options.onShape?.({ adapter, ceilings, rows });
  }
  return { adapter, ceilings, rows };
}
