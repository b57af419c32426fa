// What is made of the rows of a run: the result that goes to the JSON file, the table for a terminal, the report.
import { version } from '../../package.json';
import type { BenchmarkResult } from '../runner/result.js';
import type { Drive, Output, RunFacts } from '../runner/run.js';
import { factsOf } from '../shapes/shape.js';
import { charts } from './chart-options.js';
import { explanationsOf, rowTable } from './columns.js';
import { type ReportContext, reportDocument } from './document.js';
import { summaryLines } from './summary.js';

/** Charts need a library that only the benchmark installs: without it there are none. */
async function figuresOf(result: BenchmarkResult): Promise<ReportContext['figures']> {
  try {
    const { draw } = await import('./charts.js');
    return charts(result.rows).map((chart) => ({ chart, svg: draw(chart) }));
  } catch (error) {
    console.warn(`webgpu-conv: the report has no charts (${(error as Error).message}).`);
    return [];
  }
}

export async function outputOf(drive: Drive, { shapes, date, command }: RunFacts): Promise<Output> {
  const result: BenchmarkResult = { version, date, ...drive };
  const facts = shapes.map(factsOf);
  const { rows } = result;
  const text = [rowTable(rows), '', ...explanationsOf(rows), '', ...summaryLines(rows, facts)].join('\n');
  return { result, text, report: reportDocument(result, { facts, command, figures: await figuresOf(result) }) };
}
