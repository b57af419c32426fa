// Why a problem is computed as it is: a row for each algorithm, with what it would take, what it took, and what speaks against it.
import type { PlanLimits } from '../algorithms/algorithm.js';
import { ALGORITHMS } from '../algorithms/table.js';
import { type ConvProblem, describeConv } from '../problem/index.js';
import type { Autotuner } from '../tuning/autotuner.js';
import { tuningKey } from '../tuning/tuning-key.js';
import type { CandidateReport } from '../tuning/tuning-store.js';
import { type Accuracy, type Assessment, assessAll, type Way } from './choose.js';

/** An algorithm, and the variant of it that would be taken. */
export interface ExplanationRow {
  readonly algorithm: string;
  /** The best of its variants: as measured, else as predicted; absent if none can be used. */
  readonly variant?: string;
  /** Whether it computes such a problem on this device at all. */
  readonly supported: boolean;
  /** Why not; or why it is not considered, though it could: errors, workspace. */
  readonly reason?: string;
  /** Bytes that a run needs besides its operands. */
  readonly workspaceBytes?: number;
  /** By how much its rounding errors may exceed those of direct sums; 1 if not at all. */
  readonly errorGrowth?: number;
  /** Time of a run by the planner's cost model, milliseconds. */
  readonly predictedMs?: number;
  /** Time of a run when it was tuned, milliseconds. */
  readonly measuredMs?: number;
  readonly chosen: boolean;
}

/** What {@link Engine.explain} tells. */
export interface Explanation {
  /** The problem in a few words. */
  readonly problem: string;
  /** Each algorithm of the table, in its order. */
  readonly rows: readonly ExplanationRow[];
  /** The rows as a table of plain text. */
  toString(): string;
}

/** What decides besides the problem. */
export interface ExplainConditions {
  readonly accuracy: Accuracy;
  readonly workspaceLimitBytes: number;
  /** Whether a measurement decides: one made earlier, or now. */
  readonly autotune: boolean;
}

function rowOf(
  name: string,
  { ways, refusals }: Assessment,
  reports: readonly CandidateReport[],
  chosen: Way | undefined,
): ExplanationRow {
  const own = ways.filter(({ algorithm }) => algorithm.name === name);
  const reportOf = ({ algorithm, variant }: Way) =>
    reports.find((report) => report.algorithm === algorithm.name && report.variant === variant);
  const timed = own.filter((way) => reportOf(way)?.ms !== undefined);
  const [measured] = timed.sort((a, b) => reportOf(a)!.ms! - reportOf(b)!.ms!);
  const best = own.find((way) => way === chosen) ?? measured ?? own[0];
  if (!best) {
    const own = refusals.filter(({ algorithm }) => algorithm.name === name);
    const { reason } = own.find(({ unsupported }) => !unsupported) ?? own[0]!;
    return { algorithm: name, supported: own.some(({ unsupported }) => !unsupported), reason, chosen: false };
  }
  const { variant, design, predictedMs, errorGrowth } = best;
  const report = reportOf(best);
  return {
    algorithm: name,
    variant,
    supported: true,
    ...(report?.rejected === undefined ? {} : { reason: report.rejected }),
    workspaceBytes: design.workspaceBytes,
    errorGrowth,
    predictedMs,
    ...(report?.ms === undefined ? {} : { measuredMs: report.ms }),
    chosen: best === chosen,
  };
}

/** Explains. With `autotune` the candidates are measured, if they were not before. */
export async function explainConv(
  tuner: Autotuner,
  problem: ConvProblem,
  { accuracy, workspaceLimitBytes, autotune }: ExplainConditions,
  limits: PlanLimits,
): Promise<Explanation> {
  const assessment = assessAll(problem, accuracy, limits);
  const { ways } = assessment;
  const conditions = { workspaceLimitBytes, accuracy, algorithm: undefined, variant: undefined };
  const key = tuningKey(limits.device, problem, conditions);
  const record = autotune ? await tuner.best(key, problem, ways, limits) : await tuner.recall(key);
  const tuned = ways.find(
    ({ algorithm, variant }) => algorithm.name === record?.algorithm && variant === record.variant,
  );
  const chosen = (autotune ? tuned : undefined) ?? ways[0];
  const reports = record?.candidates ?? (record ? [record] : []);
  const rows = ALGORITHMS.map(({ name }) => rowOf(name, assessment, reports, chosen));
  const description = describeConv(problem);
  return { problem: description, rows, toString: () => tableOf(description, rows) };
}

const HEADS = ['', 'algorithm', 'variant', 'workspace', 'errors', 'predicted', 'measured', ''] as const;

function cellsOf(row: ExplanationRow): string[] {
  const { algorithm, variant = '–', workspaceBytes, errorGrowth, predictedMs, measuredMs, reason = '', chosen } = row;
  const time = (ms: number | undefined) => (ms === undefined ? '–' : `${ms.toPrecision(3)} ms`);
  return [
    chosen ? '→' : '',
    algorithm,
    variant,
    workspaceBytes === undefined ? '–' : `${(workspaceBytes / 2 ** 20).toFixed(1)} MiB`,
    errorGrowth === undefined ? '–' : `${errorGrowth.toPrecision(2)}×`,
    time(predictedMs),
    time(measuredMs),
    reason,
  ];
}

function tableOf(problem: string, rows: readonly ExplanationRow[]): string {
  const table = [HEADS, ...rows.map(cellsOf)];
  const widths = HEADS.map((_, column) => Math.max(...table.map((cells) => cells[column]!.length)));
  const lines = table.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  return [problem, ...lines].join('\n');
}
