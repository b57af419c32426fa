// The rows of a result as texts: one list of columns for the table in the terminal and the one in the report.
import { type Column, formatTable, threeDigits } from '../support/table.js';
import type { ShowcaseContext, ShowcaseResult, ShowcaseRow, Verdict } from './result.js';

/** A column of a result. */
export interface ResultColumn extends Column {
  text(row: ShowcaseRow): string;
}

export const RESULT_COLUMNS: readonly ResultColumn[] = [
  { title: 'id', text: ({ id }) => id },
  { title: 'problem', text: ({ problem }) => problem },
  { title: 'algorithm', text: ({ algorithm }) => algorithm },
  { title: 'GPU ms', align: 'right', text: ({ gpuMs }) => threeDigits(gpuMs) },
  { title: 'with copies ms', align: 'right', text: ({ endToEndMs }) => threeDigits(endToEndMs) },
  { title: 'CPU ms', align: 'right', text: ({ cpuMs }) => threeDigits(cpuMs) },
  { title: 'speed-up', align: 'right', text: ({ speedup }) => `${threeDigits(speedup)}×` },
  {
    title: 'with copies',
    align: 'right',
    text: ({ cpuMs, endToEndMs }) => `${threeDigits(cpuMs / endToEndMs)}×`,
  },
  { title: 'error/bound', align: 'right', text: ({ errorBoundUnits }) => threeDigits(errorBoundUnits) },
  { title: 'result', text: ({ ok }) => (ok ? 'ok' : 'WRONG') },
];

/** An error in units of its bound, in words. */
function inBounds(units: number): string {
  return Number.isFinite(units)
    ? `${threeDigits(units)} bounds`
    : 'beyond any bound, in an output that should be exact';
}

/** What the columns mean, and how the times were taken. */
export function explanations({ clock, selfTest }: ShowcaseContext): string[] {
  return [
    `GPU ms: the convolution alone, by ${clock === 'timestamp-query' ? 'timestamp queries' : 'the clock, from submission to completion'}. With copies: upload and read-back included, by the clock.`,
    'CPU ms: the plain JavaScript reference in the same page. All medians, measured in turn. Speed-up below 1×: the CPU is faster.',
    'error/bound: largest error in units of its derived bound; at most 1 is right.',
    selfTest.ok
      ? `Self-test: with one weight changed the error is ${inBounds(selfTest.errorBoundUnits)}, and the check finds it.`
      : `Self-test FAILED: with one weight changed the error is ${inBounds(selfTest.errorBoundUnits)}, and the check did not find it.`,
  ];
}

/** The table for a terminal. */
export function resultTable({ rows }: ShowcaseResult): string {
  return formatTable(
    RESULT_COLUMNS,
    rows.map((row) => RESULT_COLUMNS.map(({ text }) => text(row))),
  );
}

/** Whether everything is right, in a sentence. */
export function verdict({ rows }: ShowcaseResult, { selfTest }: ShowcaseContext): Verdict {
  const wrong = rows.filter(({ ok }) => !ok);
  if (wrong.length > 0) {
    const names = wrong.map(({ id }) => id).join(', ');
    return { ok: false, text: `${wrong.length} of ${rows.length} results are wrong: ${names}.` };
  }
  if (!selfTest.ok) return { ok: false, text: 'The check of results failed its self-test: no result counts.' };
  return { ok: true, text: `All ${rows.length} results are within their error bounds.` };
}
