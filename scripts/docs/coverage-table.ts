// The coverage table of README.md: which algorithm computes what. Asked of the algorithms themselves, so that it cannot lie.
import { type CoverageRow, KINDS, type Kind, type Sample } from './coverage-rows.js';

/** What the table asks of a row of the algorithm table. */
export interface CoveredAlgorithm {
  readonly name: string;
  readonly variants: readonly string[];
  unsupported(problem: Sample['problem']): string | undefined;
}

const ALL = '●';
const PART = '◐';
const NONE = '–';

type RowsOf = (kind: Kind) => readonly CoverageRow[];

function reasonsOf(algorithm: CoveredAlgorithm, { samples }: CoverageRow): readonly string[] {
  return samples.flatMap(({ problem }) => algorithm.unsupported(problem) ?? []);
}

/** The first kind of convolutions of which an algorithm computes what the first rows, the plainest, ask for in some rank. */
function kindOf(algorithm: CoveredAlgorithm, rowsOf: RowsOf): Kind {
  const computes = (kind: Kind) =>
    rowsOf(kind)
      .slice(0, 3)
      .some((row) => reasonsOf(algorithm, row).length === 0);
  return KINDS.find(computes) ?? KINDS[0]!;
}

/**
 * The table in Markdown, with the reasons below it, and the variants.
 * @param rowsOf the rows for algorithms that are for everything, and for those that are for one kind only. The first rows are the
 * plainest of all, and tell which.
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
    const kind = kindOf(algorithm, rowsOf);
    const note = `\`${algorithm.name}\` was asked for ${kind.words}.`;
    const head = `\`${algorithm.name}\`${kind.words === undefined ? '' : mark([note])}`;
    return { algorithm, head, rows: rowsOf(kind) };
  });
  const cell = (algorithm: CoveredAlgorithm, row: CoverageRow) => {
    const reasons = reasonsOf(algorithm, row);
    if (reasons.length === 0) return ALL;
    const symbol = reasons.length === row.samples.length ? NONE : PART;
    return `${symbol}${mark(reasons.map((reason) => `\`${algorithm.name}\`: ${reason}.`))}`;
  };
  const lines = rowsOf(KINDS[0]!).map(({ title }, index) => {
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
