// @ts-check
// Runs stages one after the other, goes on when one has failed, and adds up their tests. One time limit holds for all
// of them: the stage it finds running is stopped, and every stage it leaves out counts as a failure.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../setup/run.mjs';
import { addCounts, judgeStage, noTests, parseReport, plainLine } from './reports.mjs';

/** A folder for reports that is gone when this process is. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'webgpu-conv-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** @param {import('./stages.mjs').Stage['report']} report */
function readCounts(report) {
  if (!report) return undefined;
  try {
    return parseReport(report.kind, readFileSync(report.file, 'utf8'));
  } catch {
    return undefined; // the runner did not come as far as to write it
  }
}

/**
 * @param {import('./stages.mjs').Stage[]} stages
 * @param {{ cwd: string, limitMs: number, write?: (line: string) => void }} options
 * @returns {Promise<import('./reports.mjs').Counts>}
 */
export async function runStages(stages, { cwd, limitMs, write = console.log }) {
  const end = performance.now() + limitMs;
  let totals = noTests();
  for (const { name, command, args, shell = false, env, report } of stages) {
    const started = performance.now();
    if (started >= end) {
      totals = addCounts(totals, { ...noTests(), failed: 1 });
      write(`[${name}] not run, counted as failed: the time limit is over`);
      continue;
    }
    write(`[${name}] ...`);
    const result = await run(command, args, {
      cwd,
      shell,
      env: { ...process.env, ...env },
      timeoutMs: Math.ceil(end - started),
    });
    const { counts, problem } = judgeStage({ ...result, counts: readCounts(report) }, report !== undefined);
    totals = addCounts(totals, counts);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const summary = report || problem ? plainLine(counts) : 'done';
    write(`[${name}] ${summary}, in ${seconds} s${problem ? `; counted as failed: ${problem}` : ''}\n`);
  }
  return totals;
}
