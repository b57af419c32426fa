// What scripts/bench.mjs has of the benchmark. Types only: the scripts are checked without those of a page.
import type { Host } from '../runner/host.js';
import type { Drive, DriveOptions, Output, Plan, RunFacts } from '../runner/run.js';

/** Options as typed. */
export interface GivenOptions {
  readonly shapes?: string | undefined;
  readonly only?: string | undefined;
  readonly engines?: string | undefined;
  readonly limit?: string | undefined;
  readonly quick?: boolean | undefined;
  readonly cold?: boolean | undefined;
}

export interface BenchmarkCommand {
  /** Throws an error named OptionError, of one line, for a mistake in the options. */
  planOf(options: GivenOptions): Plan;
  drive(host: Host, options: DriveOptions): Promise<Drive>;
  outputOf(drive: Drive, facts: RunFacts): Promise<Output>;
}
