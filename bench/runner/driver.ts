// The course of a benchmark: shape after shape, and before each the ceilings of the adapter, of which the highest count in the end: a machine
// that was busy for a moment would make every row look better than it is.
import { higher, rooflinePercent } from '../ceilings/roofline.js';
import { factsOf } from '../shapes/shape.js';
import { driveCold } from './cold-driver.js';
import type { Host } from './host.js';
import type { BenchmarkRow, Ceilings } from './result.js';
import type { Drive, DriveOptions } from './run.js';
import { ShapeRunner } from './shape-runner.js';

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
  let ceilings = { fmaGflops: 0, copyGBs: 0 };
  const rows: BenchmarkRow[] = [];
  const soFar = (): Drive => ({ adapter, ceilings, rows: rows.map((row) => rated(row, shapes, ceilings)) });
  let lost = false;
  for (const [index, shape] of shapes.entries()) {
    let found: BenchmarkRow[];
    try {
      progress({ index, count, title: `${shape.id}: ceilings of the adapter` });
      ceilings = higher(ceilings, await runner.setUp('ceilings', quick));
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
