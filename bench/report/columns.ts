// The rows as texts: one list of columns for the table in a terminal and those of pages. Pure.
import { type BenchmarkRow, FORWARD, PLANNED } from '../runner/result.js';
import { type Column, formatTable, threeDigits } from '../support/table.js';

export interface RowColumn extends Column {
  text(row: BenchmarkRow): string;
}

const NOTHING = '–';
const number = (value: number | null) => (value === null ? NOTHING : threeDigits(value));

/** The plan says more than the name of an algorithm does, and less than the others. */
function variantText({ variant, plan }: BenchmarkRow): string {
  if (plan === undefined) return variant;
  if (variant.startsWith(PLANNED)) return `${variant}: ${plan}`;
  return variant.startsWith(FORWARD) ? FORWARD + plan : plan;
}

const ROW_COLUMNS: readonly RowColumn[] = [
  { title: 'engine', text: ({ engine }) => engine },
  { title: 'variant', text: variantText },
  { title: 'ms', align: 'right', text: ({ ms }) => number(ms) },
  { title: 'min', align: 'right', text: ({ msMin }) => number(msMin) },
  { title: 'max', align: 'right', text: ({ msMax }) => number(msMax) },
  { title: 'GFLOP/s', align: 'right', text: ({ gflops }) => number(gflops) },
  {
    title: 'roofline',
    align: 'right',
    text: ({ rooflinePercent }) => (rooflinePercent === null ? NOTHING : `${threeDigits(rooflinePercent)}%`),
  },
  { title: 'first ms', align: 'right', text: ({ firstMs }) => number(firstMs) },
  { title: 'with copies ms', align: 'right', text: ({ endToEndMs }) => number(endToEndMs) },
  {
    title: 'peak MiB',
    align: 'right',
    text: ({ peakBytes }) => (peakBytes === null ? NOTHING : threeDigits(peakBytes / 2 ** 20)),
  },
  { title: 'result', text: ({ ok, ms }) => (ok ? 'ok' : ms === null ? 'none' : 'WRONG') },
];

/**
 * The columns that have something to say of some row: of first calls alone most do not. Without the shape, which stands above or before
 * them.
 */
export function columnsOf(rows: readonly BenchmarkRow[]): RowColumn[] {
  return ROW_COLUMNS.filter(({ text }) => rows.some((row) => text(row) !== NOTHING));
}

const MOST_REASON = 70; // characters in a terminal; the files hold all of them

const shortened = (text: string) => (text.length <= MOST_REASON ? text : `${text.slice(0, MOST_REASON - 1)}…`);

/** The table for a terminal. */
export function rowTable(rows: readonly BenchmarkRow[]): string {
  const columns = columnsOf(rows);
  const hasReasons = rows.some(({ error }) => error !== undefined);
  return formatTable(
    [{ title: 'shape' }, ...columns, ...(hasReasons ? [{ title: 'reason' }] : [])],
    rows.map((row) => [
      row.shape,
      ...columns.map(({ text }) => text(row)),
      ...(hasReasons ? [shortened(row.error ?? '')] : []),
    ]),
  );
}

/** Titles of columns, or names of engines, and what a reader should know of them. */
const EXPLANATIONS: readonly (readonly [subjects: readonly string[], text: string])[] = [
  [
    ['ms'],
    'ms: a call with operands on the device and everything compiled, median of samples in turn; min, max: best and worst sample.',
  ],
  [
    ['GFLOP/s'],
    'GFLOP/s, roofline: of the direct method’s operations, whatever the algorithm; Winograd may exceed 100%.',
  ],
  [['first ms'], 'first ms: the first call for the shape, with planning and compilation.'],
  [['with copies ms'], 'with copies ms: upload of the input and read-back of the output included.'],
  [['peak MiB'], 'peak MiB: GPU memory in the first call, operands included.'],
  [['result'], 'result: ours are held to derived error bounds, those of others to a thousandth of the largest value.'],
  [['tfjs-wasm', 'reference'], 'tfjs-wasm and reference compute on the CPU, and are here as context.'],
];

/** What the columns and engines mean that the rows have. */
export function explanationsOf(rows: readonly BenchmarkRow[]): string[] {
  const shown = new Set([...columnsOf(rows).map(({ title }) => title), ...rows.map(({ engine }) => engine)]);
  return EXPLANATIONS.filter(([subjects]) => subjects.some((subject) => shown.has(subject))).map(([, text]) => text);
}
