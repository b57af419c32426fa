// What scripts/bench.mjs has of the benchmark, built into one file for Node: the lists, the driver, the output. The engines are
// not here, but in a page; or, with main.ts, in this very process.
import { outputOf } from '../report/output.js';
import { drive } from '../runner/driver.js';
import type { BenchmarkCommand } from './command.js';
import { planOf } from './options.js';

export const benchmark: BenchmarkCommand = { planOf, drive, outputOf };
