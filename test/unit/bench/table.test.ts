// The plain-text table: what is aligned stays aligned, whatever stands in the cells.
import { describe, expect, it } from 'vitest';
import { formatTable, threeDigits } from '../../../bench/support/table.js';

const columns = [{ title: 'id' }, { title: 'ms', align: 'right' as const }, { title: 'result' }];

describe('formatTable', () => {
  it('aligns words to the left and numbers to the right, under a rule', () => {
    const rows = [
      ['a', '1.5', 'ok'],
      ['a-very-long-id', '1234', 'WRONG'],
    ];
    expect(formatTable(columns, rows).split('\n')).toEqual([
      'id                ms  result',
      '──────────────  ────  ──────',
      'a                1.5  ok',
      'a-very-long-id  1234  WRONG',
    ]);
  });

  it('counts × and → as one column each, as a terminal does', () => {
    const [, rule, first, second] = formatTable(columns, [
      ['3 × 4×6 → 4×6', '1.00×', 'ok'],
      ['plain', '10.0×', 'ok'],
    ]).split('\n');
    expect(first).toHaveLength(second!.length);
    expect(first).toBe('3 × 4×6 → 4×6  1.00×  ok');
    expect(rule!.indexOf('  ')).toBe(13);
  });

  it('gives every line the same width but for empty cells at its end, where no spaces remain', () => {
    const lines = formatTable(columns, [['a', '1', '']]).split('\n');
    expect(lines.filter((line) => /\s$/.test(line))).toEqual([]);
  });

  it('prints the headings alone where there are no rows', () => {
    expect(formatTable(columns, []).split('\n')).toHaveLength(2);
  });

  it('refuses a row with another number of cells', () => {
    expect(() => formatTable(columns, [['a', '1']])).toThrow('a row has 2 cells, but there are 3 columns');
  });
});

describe('threeDigits', () => {
  it.each([
    [0.0012345, '0.001'],
    [0.12345, '0.123'],
    [1.2345, '1.23'],
    [12.345, '12.3'],
    [123.45, '123'],
    [12345.6, '12346'],
    [0, '0'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [Number.NaN, 'NaN'],
  ])('%f is %s', (value, text) => {
    expect(threeDigits(value)).toBe(text);
  });
});
