// What is made of the rows of a benchmark: summary, table, charts, report and JSON file.
import { describe, expect, it, vi } from 'vitest';
import { charts } from '../../../bench/report/chart-options.js';
import { columnsOf, explanationsOf, rowTable } from '../../../bench/report/columns.js';
import { outputOf } from '../../../bench/report/output.js';
import { duels, fastest, summaryLines } from '../../../bench/report/summary.js';
import { type BenchmarkRow, WEBGPU_PEERS } from '../../../bench/runner/result.js';
import { parseShapes } from '../../../bench/shapes/parse.js';
import { version } from '../../../package.json';

// the library that draws them is installed with the benchmark only
vi.mock('../../../bench/report/charts.js', () => ({
  draw: ({ title }: { title: string }) => `<svg id="${title}"></svg>`,
}));

const right: BenchmarkRow = {
  shape: 'a',
  engine: 'webgpu-conv',
  variant: 'planned',
  ms: 10,
  msMin: 9,
  msMax: 12,
  gflops: 5,
  firstMs: 100,
  endToEndMs: 15,
  peakBytes: 3 * 2 ** 20,
  ok: true,
  rooflinePercent: 50,
  plan: 'direct/row-1x16',
};
const row = (more: Partial<BenchmarkRow>): BenchmarkRow => {
  const { plan, ...others } = right;
  return { ...others, peakBytes: null, ...more };
};
const none = {
  ms: null,
  msMin: null,
  msMax: null,
  gflops: null,
  firstMs: null,
  endToEndMs: null,
  rooflinePercent: null,
};
const rows: readonly BenchmarkRow[] = [
  right,
  row({ engine: 'webgpu-conv', variant: 'im2col-gemm', ms: 5 }),
  row({ engine: 'webgpu-conv', variant: 'planned nhwc', ms: 12 }),
  row({ engine: 'webgpu-conv', variant: 'fft', ms: 1, errorGrowth: 20 }),
  row({ engine: 'tfjs-webgpu', variant: 'nhwc', ms: 40 }),
  row({ engine: 'ort-webgpu', variant: 'nhwc', ms: 1, ok: false, error: '<b>wrong</b>' }),
  row({ engine: 'jax-webgpu', variant: 'nchw', ms: 20 }),
  row({ engine: 'tfjs-wasm', variant: '2 threads', ms: 2 }),
  { ...right, shape: 'b', ms: 10 },
  row({ shape: 'b', engine: 'tfjs-webgpu', variant: 'nhwc', ...none, ok: false, error: 'not offered: groups' }),
  row({ shape: 'b', engine: 'jax-webgpu', variant: 'nchw', ms: 5 }),
];

const facts = ['a', 'b'].map((id) => ({ id, problem: id, flops: 1, bytes: 2 ** 20 }));

describe('the summary', () => {
  it('holds what was planned against the fastest peer that is right', () => {
    expect(fastest(rows, 'a', WEBGPU_PEERS)).toMatchObject({ engine: 'jax-webgpu', ms: 20 });
    expect(duels(rows, WEBGPU_PEERS)).toEqual([
      { shape: 'a', opponent: 'jax-webgpu', ratio: 2 },
      { shape: 'b', opponent: 'jax-webgpu', ratio: 0.5 },
    ]);
  });

  it('gives means, the worst shape, and what the planner leaves', () => {
    expect(summaryLines(rows, facts)).toEqual([
      'Time of the fastest WebGPU peer over ours: 1.00× in the geometric mean of 2 shapes, 1 of them at 1 or above; worst b, 0.500× (jax-webgpu).',
      'Time of tfjs-webgpu over ours: 4.00× in the geometric mean of 1 shape, 1 of them at 1 or above; worst a, 4.00× (tfjs-webgpu).',
      'Time of what the planner chose over that of the best algorithm of the table: 1.41× in the geometric mean; most a, 2.00×.',
      "Not chosen, since accuracy is 'standard': a fft, 10.0× as fast, errors up to 20.0× a direct sum’s.",
      'Time with channels last over that with channels first: 1.20× in the geometric mean; most a, 1.20×.',
      'Memory besides input, filter and output: at most 2.00 MiB (a).',
    ]);
  });

  it('tells of peers that did not answer in time how long that was in times of ours', () => {
    const late = { ok: false, error: 'no answer within 60 s', limitMs: 60_000 };
    const withLate = [
      ...rows,
      row({ shape: 'a', engine: 'ort-webgpu-nchw', variant: 'nchw', ...none, ...late }),
      row({ shape: 'b', engine: 'tfjs-wasm', variant: '2 threads', ...none, ...late }),
    ];
    expect(summaryLines(withLate, facts)).toContain(
      'Not counted, since there was no answer in time: a, ort-webgpu-nchw, more than 6000×.',
    );
  });

  it('names what we have no result for, and says where there is nothing to compare', () => {
    const lines = summaryLines([{ ...right, ...none, peakBytes: null, ok: false, error: 'lost' }], facts);
    expect(lines).toEqual([
      'Time of the fastest WebGPU peer over ours: no shape that both computed.',
      'Time of tfjs-webgpu over ours: no shape that both computed.',
      'No result of ours for a planned.',
    ]);
  });
});

describe('the summary of gradients', () => {
  const gradient = (shape: string, ms: number, forward: readonly number[]) => [
    { ...right, shape, ms },
    ...forward.map((time, index) =>
      row({ shape, engine: 'webgpu-conv', variant: `forward ${index}`, ms: time, peakBytes: 2 ** 30, plan: 'a/b' }),
    ),
  ];
  const rows = [...gradient('a', 10, [20, 5]), ...gradient('b', 10, [40])];

  it('holds them against the faster of their own convolutions, which are no alternatives to them', () => {
    const lines = summaryLines(rows, facts);
    expect(lines).toContain(
      'Time of a gradient over that of its own convolution by im2col-gemm or implicit-gemm: 0.707× in the geometric mean; most a, 2.00×. Above 1.5: a 2.00×.',
    );
    expect(lines).toContain(
      'Time of what the planner chose over that of the best algorithm of the table: 1.00× in the geometric mean; most a, 1.00×.',
    );
    expect(lines).toContain('Memory besides input, filter and output: at most 2.00 MiB (a).');
    expect(summaryLines(gradient('b', 10, [40]), facts).join(' ')).toContain('Above 1.5: none.');
  });

  it('has a chart and rows that say which they are', () => {
    expect(charts(rows).map(({ title }) => title)).toContain('Gradients, relative to our own convolution');
    expect(rowTable(rows)).toMatch(/webgpu-conv +forward a\/b +5\.00/);
  });
});

describe('the summary of first calls', () => {
  it('holds them against each peer, and nothing else', () => {
    const first = (engine: BenchmarkRow['engine'], firstMs: number, ok = true) => row({ ...none, engine, firstMs, ok });
    expect(summaryLines([first('webgpu-conv', 50), first('tfjs-webgpu', 200), first('jax-webgpu', 40)], facts)).toEqual(
      [
        'First call of tfjs-webgpu over ours: 4.00× in the geometric mean of 1 shape, 1 of them at 1 or above; worst a, 4.00× (tfjs-webgpu).',
        'First call of jax-webgpu over ours: 0.800× in the geometric mean of 1 shape, 0 of them at 1 or above; worst a, 0.800× (jax-webgpu).',
      ],
    );
    expect(summaryLines([first('webgpu-conv', 50), first('tfjs-webgpu', 200, false)], facts)).toEqual([
      'First call of tfjs-webgpu over ours: no shape that both computed.',
    ]);
  });
});

describe('rowTable', () => {
  const lines = rowTable(rows).split('\n');

  it('has a line for each row, with plan, numbers and reason', () => {
    expect(lines).toHaveLength(rows.length + 2);
    expect(lines[2]).toMatch(
      /^a\s+webgpu-conv\s+planned: direct\/row-1x16\s+10\.0\s+9\.00\s+12\.0\s+5\.00\s+50\.0%\s+100\s+15\.0\s+3\.00\s+ok$/,
    );
    expect(lines[7]).toMatch(/WRONG\s+<b>wrong<\/b>$/);
    expect(lines[11]).toMatch(/–\s+none\s+not offered: groups$/);
  });

  it('has no column for reasons where there are none', () => {
    expect(rowTable([right]).split('\n')[0]).toMatch(/result$/);
  });

  it('has no column that is empty, nor an explanation of one', () => {
    const cold = [row({ ...none, firstMs: 100 }), row({ ...none, firstMs: 50, engine: 'jax-webgpu', variant: 'nchw' })];
    expect(columnsOf(cold).map(({ title }) => title)).toEqual(['engine', 'variant', 'first ms', 'result']);
    expect(rowTable(cold)).not.toContain('–');
    expect(explanationsOf(cold).map((text) => text.split(':')[0])).toEqual(['first ms', 'result']);
    expect(explanationsOf(rows).at(-1)).toMatch(/^tfjs-wasm and reference/);
    expect(explanationsOf(rows)).toHaveLength(7);
  });
});

describe('charts', () => {
  it('are drawn of what is there: a point for each right row, and one of ours', () => {
    const drawn = charts(rows);
    expect(drawn.map(({ title }) => title)).toEqual([
      'Time, relative to webgpu-conv as planned',
      'Share of what the adapter can do',
      'First call',
      'With copies',
    ]);
    const { series } = drawn[0]!.option as { series: { name: string; data: unknown[] }[] };
    expect(Object.fromEntries(series.map(({ name, data }) => [name, data]))).toEqual({
      'webgpu-conv': [
        [1, 'a'],
        [1, 'b'],
      ],
      'tfjs-webgpu': [[4, 'a']],
      'jax-webgpu': [
        [2, 'a'],
        [0.5, 'b'],
      ],
      'tfjs-wasm': [[0.2, 'a']],
    });
  });

  it('are none where nothing was measured', () => {
    expect(charts([{ ...right, ...none, ok: false }])).toEqual([]);
  });
});

describe('outputOf', async () => {
  const shapes = parseShapes('a 4x4x1 -> 1 3x3\nb 5x5x2 depthwise 3x3 p1', 'list');
  const drive = { adapter: 'chip <x>', ceilings: { fmaGflops: 100, copyGBs: 10 }, rows };
  const command = 'npm run bench -- --only a';
  const { result, report, text } = await outputOf(drive, { shapes, date: '2026-01-02T03:04:05.678Z', command });

  it('gives the JSON file exactly its fields', () => {
    expect(JSON.parse(JSON.stringify(result))).toEqual({
      version,
      date: '2026-01-02T03:04:05.678Z',
      adapter: 'chip <x>',
      ceilings: { fmaGflops: 100, copyGBs: 10 },
      rows,
    });
  });

  it('prints table, explanations and summary', () => {
    expect(text).toContain(rowTable(rows));
    expect(text).toContain('Winograd may exceed 100%');
    expect(text).toContain('\nTime of what the planner chose');
  });

  it('makes a report with every chart and every row, escaped', () => {
    expect(report.match(/<svg /g)).toHaveLength(4);
    expect(report.match(/<tr[ >]/g)).toHaveLength(1 + 2 + rows.length + 2); // headings, shapes, rows, reasons
    for (const fact of [
      'chip &lt;x&gt;',
      '&lt;b&gt;wrong&lt;/b&gt;',
      '5×5×2 → 5×5×2',
      '2026-01-02 03:04 UTC',
      command,
    ]) {
      expect(report).toContain(fact);
    }
    expect(report).not.toContain('<b>');
    for (const { title } of columnsOf(rows)) expect(report).toContain(`>${title}</th>`);
  });

  it('loads nothing: no address but data URIs', () => {
    const addresses = [...report.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address!);
    expect(addresses.filter((address) => !address.startsWith('data:'))).toEqual([]);
  });

  it('of first calls has their chart, and no ceilings, which were not measured', async () => {
    const cold = rows.filter(({ ok }) => ok).map((each) => ({ ...each, ...none, firstMs: each.firstMs }));
    const first = { adapter: 'chip', ceilings: { fmaGflops: 0, copyGBs: 0 }, rows: cold };
    const made = await outputOf(first, { shapes, date: '2026-01-02T03:04:05.678Z', command });
    expect(charts(cold).map(({ title }) => title)).toEqual(['First call']);
    expect(made.report.match(/<svg /g)).toHaveLength(1);
    expect(made.report).not.toContain('ceilings</dt>');
    expect(made.report).not.toContain('GFLOP/s');
    expect(report).toContain('Its ceilings</dt>');
  });
});
