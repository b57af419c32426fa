// First calls alone: every engine on every shape in a fresh session, a page of a browser just started, so that nothing was compiled
// before. There is nothing to repeat, and no ceiling to hold the times against.

import type { BenchShape } from '../shapes/bench-shape.js';
import { callStep, StepError } from './call-step.js';
import { Entrant } from './entrant.js';
import type { Host } from './host.js';
import type { BenchmarkRow, EngineName } from './result.js';
import type { Drive, DriveOptions } from './run.js';

const SET_UP_LIMIT_MS = 5 * 60_000; // expected values come from plain loops on the CPU
const NO_CEILINGS = { fmaGflops: Number.NaN, copyGBs: Number.NaN };

async function coldRow(host: Host, engine: EngineName, shape: BenchShape, limitMs: number): Promise<BenchmarkRow> {
  await host.restart();
  const facts = await callStep(host, SET_UP_LIMIT_MS, 'begin', shape);
  let entrant = new Entrant({ engine, variant: '' });
  try {
    const [variant = ''] = await callStep(host, limitMs, 'variants', engine, shape); // of ours the planned one
    entrant = new Entrant({ engine, variant });
    entrant.first = await callStep(host, limitMs, 'first', entrant.cell);
    const { wrong } = await callStep(host, SET_UP_LIMIT_MS, 'check', entrant.cell);
    entrant.wrong = wrong;
  } catch (error) {
    const offered = !(error instanceof StepError && error.unsupported);
    entrant.error = `${offered ? '' : 'not offered: '}${(error as Error).message}`;
  }
  const row = entrant.row(facts, NO_CEILINGS);
  return { ...row, ok: row.error === undefined };
}

/** Runs a benchmark of first calls. */
export async function driveCold(host: Host, options: DriveOptions): Promise<Drive> {
  const { shapes, engines, limitMs, progress } = options;
  const adapter = await callStep(host, SET_UP_LIMIT_MS, 'adapter');
  const ceilings = { fmaGflops: 0, copyGBs: 0 };
  const rows: BenchmarkRow[] = [];
  for (const [index, shape] of shapes.entries()) {
    for (const engine of engines) {
      progress({ index, count: shapes.length, title: `${shape.id}: first call of ${engine}` });
      rows.push(await coldRow(host, engine, shape, limitMs));
    }
    if (index + 1 < shapes.length) await options.onShape?.({ adapter, ceilings, rows });
  }
  return { adapter, ceilings, rows };
}
