// The report: one HTML document with everything in it, table and pictures, that can be mailed or kept. Pure.
import { escapeHtml } from '../support/html.js';
import { REPORT_STYLE } from './report-style.js';
import type { ShowcaseContext, ShowcasePicture, ShowcaseResult, ShowcaseRow } from './result.js';
import { explanations, RESULT_COLUMNS, verdict } from './result-table.js';

function facts(entries: readonly (readonly [string, string])[]): string {
  const items = entries.map(([term, value]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(value)}</dd>`);
  return `<dl class="facts">${items.join('')}</dl>`;
}

const MEASURES = RESULT_COLUMNS.filter(({ title }) => !['id', 'problem', 'algorithm'].includes(title));

/** What was computed stands in one cell, so that the numbers fit beside it. */
function tableRow(row: ShowcaseRow): string {
  const cells = MEASURES.map(({ title, align, text }) => {
    const verdictClass = title === 'result' ? (row.ok ? 'good' : 'bad') : '';
    return `<td class="${align ?? 'left'} ${verdictClass}">${escapeHtml(text(row))}</td>`;
  });
  const details = [row.problem, row.algorithm].map((text) => `<small>${escapeHtml(text)}</small>`);
  return `<tr><th scope="row">${escapeHtml(row.id)}${details.join('')}</th>${cells.join('')}</tr>`;
}

function table(rows: readonly ShowcaseRow[]): string {
  const headings = MEASURES.map(({ title, align }) => `<th scope="col" class="${align ?? 'left'}">${title}</th>`);
  return `<div class="wide" tabindex="0" role="region" aria-label="Results"><table>
<thead><tr><th scope="col">convolution</th>${headings.join('')}</tr></thead>
<tbody>${rows.map(tableRow).join('\n')}</tbody>
</table></div>`;
}

function image({ preview, width, height, title }: ShowcasePicture, label: string): string {
  return `<div><img src="${escapeHtml(preview)}" width="${width}" height="${height}" alt="${escapeHtml(title)}"><small>${label}, ${width}×${height}</small></div>`;
}

/** A result beside the picture it was made of. */
function pair(before: ShowcasePicture, after: ShowcasePicture): string {
  return `<figure class="pair"><figcaption><strong>${escapeHtml(after.title)}.</strong> <span>${escapeHtml(after.caption)}</span></figcaption>${image(before, 'before')}${image(after, 'after')}</figure>`;
}

/** The document. `pictures` holds the original first. */
export function reportDocument(
  result: ShowcaseResult,
  context: ShowcaseContext,
  pictures: readonly ShowcasePicture[],
): string {
  const { ok, text } = verdict(result, context);
  const [original, ...results] = pictures;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>webgpu-conv: ${escapeHtml(context.picture.name)}</title>
<link rel="icon" href="data:,">
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
<h1>webgpu-conv</h1>
<p class="verdict${ok ? '' : ' bad'}">${escapeHtml(text)}</p>
${facts([
  ['Adapter', result.adapter],
  ['Picture', `${context.picture.name}, ${context.picture.width}×${context.picture.height}`],
  ['Date', `${result.date.slice(0, 16).replace('T', ' ')} UTC`],
  ['Version', result.version],
  ['Command', context.command],
])}
<h2>Times and errors</h2>
${table(result.rows)}
<ul class="notes">${explanations(context)
    .map((line) => `<li>${escapeHtml(line)}</li>`)
    .join('')}</ul>
<h2>Pictures</h2>
${original ? results.map((after) => pair(original, after)).join('\n') : ''}
</main>
</body>
</html>
`;
}
