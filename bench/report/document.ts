// The report: one HTML document with everything in it, charts and tables, that can be mailed or kept. Pure.
import type { BenchmarkResult, BenchmarkRow } from '../runner/result.js';
import type { ShapeFacts } from '../shapes/bench-shape.js';
import { escapeHtml } from '../support/html.js';
import { threeDigits } from '../support/table.js';
import type { Chart } from './chart-options.js';
import { columnsOf, explanationsOf, type RowColumn } from './columns.js';
import { REPORT_STYLE } from './style.js';
import { shapesOf, summaryLines } from './summary.js';

export interface ReportContext {
  readonly facts: readonly ShapeFacts[];
  /** What was typed, or pressed. */
  readonly command: string;
  /** Charts with their SVG. Empty where the library that draws them is missing. */
  readonly figures: readonly { readonly chart: Chart; readonly svg: string }[];
}

const items = (lines: readonly string[]) => lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('');

function tableRow(row: BenchmarkRow, columns: readonly RowColumn[]): string {
  const cells = columns.map(({ title, align, text }) => {
    const verdict = title === 'result' ? (row.ok ? ' good' : ' bad') : '';
    return `<td class="${align ?? 'left'}${verdict}">${escapeHtml(text(row))}</td>`;
  });
  const own = row.engine === 'webgpu-conv' ? ' class="own"' : '';
  const reason =
    row.error === undefined
      ? ''
      : `<tr${own}><td class="reason" colspan="${columns.length}">${escapeHtml(row.error)}</td></tr>`;
  return `<tr${own}>${cells.join('')}</tr>${reason}`;
}

function shapeHeading(id: string, facts: ShapeFacts | undefined, span: number): string {
  const details = facts
    ? `${facts.problem} · ${threeDigits(facts.flops / 1e6)} MFLOP · ${threeDigits(facts.bytes / 1e6)} MB at least`
    : '';
  return `<tr><th colspan="${span}" scope="rowgroup">${escapeHtml(id)} <small>${escapeHtml(details)}</small></th></tr>`;
}

function table({ rows }: BenchmarkResult, facts: readonly ShapeFacts[]): string {
  const columns = columnsOf(rows);
  const headings = columns.map(({ title, align }) => `<th scope="col" class="${align ?? 'left'}">${title}</th>`);
  const bodies = shapesOf(rows).map((shape) => {
    const heading = shapeHeading(
      shape,
      facts.find(({ id }) => id === shape),
      columns.length,
    );
    const lines = rows.filter((row) => row.shape === shape).map((row) => tableRow(row, columns));
    return `<tbody>${[heading, ...lines].join('\n')}</tbody>`;
  });
  return `<div class="wide" tabindex="0" role="region" aria-label="Results"><table>
<thead><tr>${headings.join('')}</tr></thead>
${bodies.join('\n')}
</table></div>`;
}

function figure({ chart, svg }: ReportContext['figures'][number]): string {
  const { title, caption } = chart;
  return `<figure><figcaption><strong>${escapeHtml(title)}.</strong> ${escapeHtml(caption)}</figcaption><div class="wide chart" role="img" aria-label="${escapeHtml(title)}">${svg}</div></figure>`;
}

/** The document. */
export function reportDocument(result: BenchmarkResult, { facts, command, figures }: ReportContext): string {
  const { adapter, ceilings, date, version, rows } = result;
  const about = [
    ['Adapter', adapter],
    ...(ceilings.fmaGflops > 0
      ? [
          [
            'Its ceilings',
            `${threeDigits(ceilings.fmaGflops)} GFLOP/s in f32 multiply-adds, ${threeDigits(ceilings.copyGBs)} GB/s in copies (read and written)`,
          ],
        ]
      : []), // first calls alone are held against none
    ['Date', `${date.slice(0, 16).replace('T', ' ')} UTC`],
    ['Version', version],
    ['Command', command],
  ].map(([term, value]) => `<dt>${escapeHtml(term!)}</dt><dd>${escapeHtml(value!)}</dd>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>webgpu-conv benchmark</title>
<link rel="icon" href="data:,">
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
<h1>webgpu-conv benchmark</h1>
<dl class="facts">${about.join('')}</dl>
<ul class="summary">${items(summaryLines(rows, facts))}</ul>
<h2>Charts</h2>
${figures.length > 0 ? figures.map(figure).join('\n') : '<p>No charts: there was nothing to draw, or the library that draws them was missing.</p>'}
<h2>All results</h2>
${table(result, facts)}
<ul class="notes">${items(explanationsOf(rows))}</ul>
</main>
</body>
</html>
`;
}
