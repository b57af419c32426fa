// The course of a benchmark: shape after shape, and before each the ceilings of the adapter. Their medians count, as those of samples do: a
// moment in which the machine was busy, or had nothing else to do, would make every row look better or worse than it is.
import { rooflinePercent } from '../ceilings/roofline.js';
import { factsOf } from '../shapes/shape.js';
import { median } from '../support/timing.js';
import { driveCold } from './cold-driver.js';
import type { Host } from './host.js';
import type { BenchmarkRow, Ceilings } from './result.js';
import type { Drive, DriveOptions } from './run.js';
import { ShapeRunner } from './shape-runner.js';

/** What the ceilings come to; 0 where they could not be measured. */
function mediansOf(measured: readonly Ceilings[]): Ceilings {
  if (measured.length === 0) return { fmaGflops: 0, copyGBs: 0 };
  return {
    fmaGflops: median(measured.map(({ fmaGflops }) => fmaGflops)),
    copyGBs: median(measured.map(({ copyGBs }) => copyGBs)),
  };
}

/** A row in percent of what the ceilings allow. */
function rated(row: BenchmarkRow, shapes: DriveOptions['shapes'], ceilings: Ceilings): BenchmarkRow {
  if (row.ms === null) return row;
  const shape = shapes.find(({ id }) => id === row.shape)!;
  return { ...row, rooflinePercent: rooflinePercent(factsOf(shape), row.ms, ceilings) };
}

/** Runs a benchmark. @throws StepError where there is no WebGPU at all. */
export async function drive(host: Host, options: DriveOptions): Promise<Drive> {
  if (options.cold) return driveCold(host, options);
  const { shapes, quick, progress } = options;
  const runner = new ShapeRunner(host, options);
  const count = shapes.length;
  const adapter = await runner.setUp('adapter');
  const measured: Ceilings[] = [];
  const rows: BenchmarkRow[] = [];
  const soFar = (): Drive => {
    const ceilings = mediansOf(measured);
    return { adapter, ceilings, rows: rows.map((row) => rated(row, shapes, ceilings)) };
  };
  let lost = false;
  for (const [index, shape] of shapes.entries()) {
    let found: BenchmarkRow[];
    try {
      progress({ index, count, title: `${shape.id}: ceilings of the adapter` });
      measured.push(await runner.setUp('ceilings', quick));
      found = await runner.run(shape, { index, count });
      lost = false;
    } catch (error) {
      if (lost) throw error; // twice in a row: nothing works here any more
      lost = true;
      found = await runner.lose(shape, error);
    }
    rows.push(...found);
    if (index + 1 < shapes.length) await options.onShape?.(soFar());
  }
  return soFar();
}
