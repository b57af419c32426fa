// What goes into a run of the benchmark and what comes out of it. Types only, for the driver and the scripts alike.
import type { BenchShape } from '../shapes/bench-shape.js';
import type { Progress } from '../support/outcome.js';
import type { BenchmarkResult, BenchmarkRow, Ceilings, EngineName } from './result.js';

/** What is measured. */
export interface Plan {
  readonly shapes: readonly BenchShape[];
  readonly engines: readonly EngineName[];
  readonly quick: boolean;
  /** First calls alone, each in a fresh session. */
  readonly cold: boolean;
  /** Most time for one step of one engine. */
  readonly limitMs: number;
}

export interface DriveOptions extends Plan {
  /** Says what is done next. */
  progress(step: Progress): void;
  /** Gives what is measured so far, after every shape but the last. */
  onShape?(soFar: Drive): unknown;
}

/** What was measured. */
export interface Drive {
  readonly adapter: string;
  readonly ceilings: Ceilings;
  readonly rows: readonly BenchmarkRow[];
}

/** How a run was made. */
export interface RunFacts {
  readonly shapes: readonly BenchShape[];
  /** ISO 8601, UTC, of its beginning. */
  readonly date: string;
  /** What was typed, or pressed. */
  readonly command: string;
}

/** What is made of a run. */
export interface Output {
  /** The JSON file. */
  readonly result: BenchmarkResult;
  /** Table, explanations and summary, in plain text. */
  readonly text: string;
  /** The HTML document. */
  readonly report: string;
}
