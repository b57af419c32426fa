// The coverage table of README.md: that it is what the algorithms say today, and that no option is missing from it.
import { describe, expect, it } from 'vitest';
import readme from '../../../README.md?raw';
import { type CoverageRow, coverageRows, KINDS } from '../../../scripts/docs/coverage-rows.js';
import { coverageTable, withCoverage } from '../../../scripts/docs/coverage-table.js';
import { ALGORITHMS } from '../../../src/algorithms/table.js';
import { ACTIVATION_NAMES, CONV_GEOMETRY_OPTIONS, EPILOGUE_SHAPES } from '../../../src/problem/index.js';

const rows = coverageRows(KINDS[0]!);

describe('the coverage table', () => {
  it('in README.md is that of the algorithms', () => {
    const current = withCoverage(readme, coverageTable(coverageRows, ALGORITHMS));
    expect(readme === current, 'the table in README.md is stale: run `npm run docs`').toBe(true);
  });

  const names = (operator: 'conv' | 'convTranspose') => [
    ...CONV_GEOMETRY_OPTIONS[operator],
    ...EPILOGUE_SHAPES,
    'dtype',
    'filterDtype',
  ];
  const asked = (operator: 'conv' | 'convTranspose') =>
    rows.flatMap(({ samples }) => samples).filter((sample) => sample.operator === operator);

  it.each(['conv', 'convTranspose'] as const)('asks for every option of %s', (operator) => {
    const seen = new Set(asked(operator).flatMap(({ description }) => Object.keys(description)));
    expect(names(operator).filter((name) => !seen.has(name))).toEqual([]);
  });

  it.each(['conv', 'convTranspose'] as const)('asks for every activation and every rank of %s', (operator) => {
    const problems = asked(operator).map(({ problem }) => problem);
    expect(new Set(problems.map(({ epilogue }) => epilogue.activation.name))).toEqual(new Set(ACTIVATION_NAMES));
    expect(new Set(problems.map(({ rank }) => rank))).toEqual(new Set([1, 2, 3]));
  });

  it('names every option in a row', () => {
    const titles = rows.map(({ title }) => title).join();
    const terms = EPILOGUE_SHAPES.map((name) => name.replace('Shape', ''));
    const all = [...CONV_GEOMETRY_OPTIONS.conv, ...CONV_GEOMETRY_OPTIONS.convTranspose, ...terms, 'dtype'];
    expect(all.filter((name) => !titles.includes(`\`${name}\``))).toEqual([]);
  });

  const row = (title: string, ...ranks: number[]): CoverageRow => ({
    title,
    samples: ranks.map((rank) => ({ problem: { rank } }) as CoverageRow['samples'][number]),
  });
  const reasons = (line: string) => [...line.matchAll(/^\d+\. .*$/gm)].map(([text]) => text);

  it('tells all, some and none apart, and each reason once', () => {
    const flat = {
      name: 'flat',
      variants: ['a', 'b'],
      axes: 2,
      unsupported(this: { axes: number }, { rank }: { rank: number }) {
        if (rank > 3) return `there are no ${rank} axes`;
        return rank === this.axes ? undefined : `${rank} axes are not ${this.axes}`;
      },
    };
    const any = { name: 'any', variants: ['c'], unsupported: () => undefined };
    const few = [row('two', 2), row('one and two', 1, 2), row('one', 1), row('others', 4, 3, 5)];
    expect(coverageTable(() => few, [flat, any]).split('\n')).toEqual([
      '| | `flat` | `any` |',
      '| --- | --- | --- |',
      '| two | ● | ● |',
      '| one and two | ◐ <sup>1</sup> | ● |',
      '| one | – <sup>1</sup> | ● |',
      '| others | – <sup>1, 2</sup> | ● |',
      '',
      '● computes every problem that was asked for, ◐ some, – none. Why not, with the numbers of the first:',
      '',
      '1. `flat`: 1 axes are not 2.',
      '2. `flat`: there are no 4 axes.',
      '',
      'Variants: `flat` has `a`, `b`; `any` has `c`.',
    ]);
  });

  it('asks an algorithm for depthwise convolutions about these, and says so', () => {
    const single = {
      name: 'single',
      variants: ['a'],
      unsupported: ({ groups, rank }: { groups: number; rank: number }) =>
        groups === 1 ? 'many channels are summed' : rank === 3 ? 'there are 3 axes' : undefined,
    };
    const table = coverageTable(coverageRows, [single]);
    expect(table).toMatch(/^\| \| `single` <sup>1<\/sup> \|\n/);
    expect(table).toMatch(/^\| `conv2d`.* \| ● \|$/m);
    expect(table).toMatch(/^\| `conv3d`.* \| – <sup>2<\/sup> \|$/m);
    expect(reasons(table)).toEqual([
      '1. `single` was asked for depthwise convolutions.',
      '2. `single`: there are 3 axes.',
    ]);
  });

  it('needs its place in README.md', () => {
    expect(() => withCoverage('# webgpu-conv', '')).toThrow('README.md needs the lines "<!-- coverage');
  });
});
