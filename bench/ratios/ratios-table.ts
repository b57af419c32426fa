// The ratios as a table in plain text. Pure.
import { type Column, formatTable, threeDigits } from '../support/table.js';
import type { Rate, RatiosResult } from './result.js';

const COLUMNS: readonly Column[] = [
  { title: '' },
  { title: 'multiply ms', align: 'right' },
  { title: 'best', align: 'right' },
  { title: 'GFLOP/s', align: 'right' },
  { title: 'im2col ms', align: 'right' },
  { title: 'whole ms', align: 'right' },
  { title: 'best', align: 'right' },
  { title: 'GFLOP/s', align: 'right' },
  { title: 'multiply : JS', align: 'right' },
  { title: 'whole : JS', align: 'right' },
  { title: 'error/bound', align: 'right' },
  { title: 'result' },
];

const ABSENT = '-';
const ratio = (value: number | undefined) => (value === undefined ? ABSENT : `${threeDigits(value)}×`);
const rateCells = (rate: Rate | undefined) =>
  rate === undefined ? [ABSENT, ABSENT, ABSENT] : [rate.medianMs, rate.bestMs, rate.gflops].map(threeDigits);

export function ratiosTable({ javascript, variants }: RatiosResult): string {
  return formatTable(COLUMNS, [
    ...variants.map((row) => [
      row.variant,
      ...rateCells(row.multiply),
      row.im2col === undefined ? ABSENT : threeDigits(row.im2col.medianMs),
      ...rateCells(row.whole),
      ratio(row.multiplyRatio),
      ratio(row.wholeRatio),
      threeDigits(row.errorBoundUnits),
      row.ok ? 'ok' : 'WRONG',
    ]),
    ['plain JavaScript', ABSENT, ABSENT, ABSENT, ABSENT, ...rateCells(javascript), ABSENT, ABSENT, ABSENT, ''],
  ]);
}
