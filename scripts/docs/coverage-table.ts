// The coverage table of README.md: which algorithm computes what. Asked of the algorithms themselves, so that it cannot lie.
import type { CoverageRow, Sample } from './coverage-rows.js';

/** What the table asks of a row of the algorithm table. */
export interface CoveredAlgorithm {
  readonly name: string;
  readonly variants: readonly string[];
  unsupported(problem: Sample['problem']): string | undefined;
}

const ALL = '●';
const PART = '◐';
const NONE = '–';

type RowsOf = (isDepthwise: boolean) => readonly CoverageRow[];

function reasonsOf(algorithm: CoveredAlgorithm, { samples }: CoverageRow): readonly string[] {
  return samples.flatMap(({ problem }) => algorithm.unsupported(problem) ?? []);
}

/** Why an algorithm is for depthwise convolutions only, or undefined if it is not. */
function whyDepthwise(algorithm: CoveredAlgorithm, rowsOf: RowsOf): string | undefined {
  const [[reason], depthwise] = [false, true].map((isDepthwise) => reasonsOf(algorithm, rowsOf(isDepthwise)[0]!)) as [
    readonly string[],
    readonly string[],
  ];
  return depthwise.length === 0 ? reason : undefined;
}

/**
 * The table in Markdown, with the reasons below it, and the variants.
 * @param rowsOf the rows for algorithms that are for everything, and for those that are for depthwise convolutions only. The first row
 * is the plainest of all, and tells which.
 */
export function coverageTable(rowsOf: RowsOf, algorithms: readonly CoveredAlgorithm[]): string {
  const notes = new Map<string, string>(); // by their text without numbers: one of 2 and one of 3 say the same
  const mark = (texts: readonly string[]) => {
    const keys = texts.map((text) => text.replaceAll(/\d+/g, '#'));
    for (const [index, key] of keys.entries()) if (!notes.has(key)) notes.set(key, texts[index]!);
    const numbers = [...notes.keys()].flatMap((key, index) => (keys.includes(key) ? index + 1 : []));
    return ` <sup>${numbers.join(', ')}</sup>`;
  };
  const columns = algorithms.map((algorithm) => {
    const why = whyDepthwise(algorithm, rowsOf);
    const note = `\`${algorithm.name}\` was asked for depthwise convolutions: in others ${why}.`;
    const head = `\`${algorithm.name}\`${why === undefined ? '' : mark([note])}`;
    return { algorithm, head, rows: rowsOf(why !== undefined) };
  });
  const cell = (algorithm: CoveredAlgorithm, row: CoverageRow) => {
    const reasons = reasonsOf(algorithm, row);
    if (reasons.length === 0) return ALL;
    const symbol = reasons.length === row.samples.length ? NONE : PART;
    return `${symbol}${mark(reasons.map((reason) => `\`${algorithm.name}\`: ${reason}.`))}`;
  };
  const lines = rowsOf(false).map(({ title }, index) => {
    return [title, ...columns.map(({ algorithm, rows }) => cell(algorithm, rows[index]!))];
  });
  const variants = algorithms.map(
    ({ name, variants }) => `\`${name}\` has ${variants.map((v) => `\`${v}\``).join(', ')}`,
  );
  return [
    `| | ${columns.map(({ head }) => head).join(' | ')} |`,
    `| --- |${' --- |'.repeat(columns.length)}`,
    ...lines.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    `${ALL} computes every problem that was asked for, ${PART} some, ${NONE} none. Why not, with the numbers of the first:`,
    '',
    ...[...notes.values()].map((note, index) => `${index + 1}. ${note}`),
    '',
    `Variants: ${variants.join('; ')}.`,
  ].join('\n');
}

const BEGIN = '<!-- coverage: written by `npm run docs` -->';
const END = '<!-- end of coverage -->';

/** README.md with the table between its two comments. Throws an Error if they are not there. */
export function withCoverage(readme: string, table: string): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) {
    throw new Error(`README.md needs the lines "${BEGIN}" and "${END}", with the coverage table between them`);
  }
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${readme.slice(end)}`;
}
