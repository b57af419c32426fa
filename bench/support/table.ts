// A table in plain text, for a terminal: columns aligned, words to the left and numbers to the right.

/** A column: its heading, and to which side its cells are aligned. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

const GAP = '  ';

/** Columns that a text takes in a terminal. The texts here hold no wide characters, but × and → are more than a byte. */
function width(text: string): number {
  return [...text].length;
}

function pad(text: string, to: number, align: Column['align']): string {
  const spaces = ' '.repeat(Math.max(0, to - width(text)));
  return align === 'right' ? spaces + text : text + spaces;
}

/**
 * Lines joined by newlines: headings, a rule, the rows. No line ends in spaces.
 * @throws RangeError if a row has another number of cells than there are columns.
 */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  for (const row of rows) {
    if (row.length !== columns.length) {
      throw new RangeError(`formatTable: a row has ${row.length} cells, but there are ${columns.length} columns.`);
    }
  }
  const widths = columns.map(({ title }, index) => Math.max(width(title), ...rows.map((row) => width(row[index]!))));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => pad(cell, widths[index]!, columns[index]!.align))
      .join(GAP)
      .trimEnd();
  return [
    line(columns.map(({ title }) => title)),
    widths.map((size) => '─'.repeat(size)).join(GAP),
    ...rows.map(line),
  ].join('\n');
}

/** A time or a ratio in three digits or more: `0.123`, `1.23`, `12.3`, `123`, `1234`. */
export function threeDigits(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const digits = Math.floor(Math.log10(Math.abs(value)));
  return value.toFixed(Math.min(3, Math.max(0, 2 - digits)));
}
