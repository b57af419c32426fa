// The course of a benchmark: the ceilings of the adapter, then shape after shape.
import { driveCold } from './cold-driver.js';
import type { Host } from './host.js';
import type { BenchmarkRow } from './result.js';
import type { Drive, DriveOptions } from './run.js';
import { ShapeRunner } from './shape-runner.js';

/** Runs a benchmark. @throws StepError where there is no WebGPU at all. */
export async function drive(host: Host, options: DriveOptions): Promise<Drive> {
  if (options.cold) return driveCold(host, options);
  const { shapes, quick, progress } = options;
  const runner = new ShapeRunner(host, options);
  const count = shapes.length + 1;
  progress({ index: 0, count, title: 'ceilings of the adapter' });
  const adapter = await runner.setUp('adapter');
  const ceilings = await runner.setUp('ceilings', quick);
  const rows: BenchmarkRow[] = [];
  let lost = false;
  for (const [index, shape] of shapes.entries()) {
    let found: BenchmarkRow[];
    try {
      found = await runner.run(shape, ceilings, { index: index + 1, count });
      lost = false;
    } catch (error) {
      if (lost) throw error; // twice in a row: nothing works here any more
      lost = true;
      found = await runner.lose(shape, error, ceilings);
    }
    rows.push(...found);
    if (index + 1 < shapes.length) await options.onShape?.({ adapter, ceilings, rows });
  }
  return { adapter, ceilings, rows };
}
