// The report and the table of the showcase: complete, escaped, and self-contained.
import { describe, expect, it } from 'vitest';
import { reportDocument } from '../../../bench/showcase/report.js';
import type { ShowcaseContext, ShowcasePicture, ShowcaseResult } from '../../../bench/showcase/result.js';
import { explanations, resultTable, verdict } from '../../../bench/showcase/result-table.js';
import { escapeHtml } from '../../../bench/support/html.js';

const row = {
  id: 'sobel',
  problem: '3 × 400×600×1 → 400×600×2, 3×3',
  algorithm: 'im2col-gemm/register-4x16',
  gpuMs: 50,
  endToEndMs: 80,
  cpuMs: 40,
  speedup: 0.8,
  errorBoundUnits: 0.25,
  ok: true,
};
const result: ShowcaseResult = {
  version: '1.2.3',
  date: '2026-01-02T03:04:05.678Z',
  adapter: 'vendor <b>chip</b> & "co"',
  rows: [row, { ...row, id: 'bank-3x3-s2', problem: '400×600×3 → 200×300×16', speedup: 7.5 }],
};
const context: ShowcaseContext = {
  command: 'npm start -- --image "a\'b.png"',
  clock: 'timestamp-query',
  picture: { name: '<script>alert(1)</script>.png', width: 600, height: 400 },
  selfTest: { ok: true, errorBoundUnits: 3.5 },
};
const picture = (id: string): ShowcasePicture => ({
  id,
  title: `Title of ${id} & more`,
  caption: `caption of ${id} <i>`,
  width: 600,
  height: 400,
  png: 'data:image/png;base64,AAAA',
  preview: `data:image/webp;base64,${id.length}`,
});
const pictures = [picture('original'), picture('sobel'), picture('bank-3x3-s2')];

describe('verdict', () => {
  it('is good if every row and the self-test are', () => {
    expect(verdict(result, context)).toEqual({ ok: true, text: 'All 2 results are within their error bounds.' });
  });

  it('names the rows that are wrong', () => {
    const rows = [row, { ...row, id: 'emboss', ok: false }];
    expect(verdict({ ...result, rows }, context)).toEqual({ ok: false, text: '1 of 2 results are wrong: emboss.' });
  });

  it('is bad if the check did not find the changed weight', () => {
    const selfTest = { ok: false, errorBoundUnits: 0.1 };
    expect(verdict(result, { ...context, selfTest }).ok).toBe(false);
    expect(explanations({ ...context, selfTest }).at(-1)).toContain('FAILED');
  });
});

describe('resultTable', () => {
  const lines = resultTable(result).split('\n');

  it('has a line for each row, with every number', () => {
    expect(lines).toHaveLength(4);
    for (const text of [
      'sobel',
      row.problem,
      row.algorithm,
      '50.0',
      '80.0',
      '40.0',
      '0.800×',
      '0.500×',
      '0.250',
      'ok',
    ]) {
      expect(lines[2]).toContain(text);
    }
  });

  it('calls a wrong row WRONG', () => {
    const wrong = { ...row, ok: false, errorBoundUnits: Number.POSITIVE_INFINITY };
    expect(resultTable({ ...result, rows: [wrong] })).toMatch(/Infinity\s+WRONG$/);
  });
});

describe('reportDocument', () => {
  const html = reportDocument(result, context, pictures);

  it('holds every row, and what the table in the terminal says of it', () => {
    for (const { id, problem, algorithm } of result.rows) {
      for (const text of [id, problem, algorithm]) expect(html).toContain(text);
    }
    expect(html).toContain('0.800×');
    expect(html).toContain('7.50×');
  });

  it('tells adapter, version, date and command', () => {
    expect(html).toContain('vendor &lt;b&gt;chip&lt;/b&gt; &amp; &quot;co&quot;');
    expect(html).toContain('1.2.3');
    expect(html).toContain('2026-01-02 03:04 UTC');
    expect(html).toContain('npm start -- --image &quot;a&#39;b.png&quot;');
  });

  it('shows each result beside the original, with its caption', () => {
    expect(html.match(/<figure/g)).toHaveLength(2);
    expect(html.match(new RegExp(`src="${pictures[0]!.preview}"`, 'g'))).toHaveLength(2);
    expect(html).toContain(`src="${pictures[1]!.preview}"`);
    expect(html).toContain('caption of sobel &lt;i&gt;');
    expect(html).toContain('alt="Title of bank-3x3-s2 &amp; more"');
  });

  it('escapes the name of the picture', () => {
    expect(html).not.toContain('<script');
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;.png');
  });

  it('loads nothing: no address but data URIs', () => {
    const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address!);
    expect(addresses.length).toBeGreaterThan(3);
    expect(addresses.filter((address) => !address.startsWith('data:'))).toEqual([]);
    expect(html).not.toMatch(/https?:|url\(|@import/);
  });

  it('says so where a result is wrong', () => {
    const rows = [{ ...row, ok: false }];
    const bad = reportDocument({ ...result, rows }, context, pictures);
    expect(bad).toContain('class="verdict bad"');
    expect(bad).toContain('WRONG');
  });
});

it('escapeHtml replaces what HTML takes for its own', () => {
  expect(escapeHtml(`<a href="x" title='y'>&amp;</a>`)).toBe(
    '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;',
  );
});
