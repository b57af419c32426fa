// @ts-check
// The frame around a test command: prepares, runs the stages, and closes with the plain line of totals, alone and last
// on stdout, whatever happened before. The exit code is 1 where anything failed.
import { reportFailure } from '../setup/messages.mjs';
import { noTests, plainLine } from './reports.mjs';
import { runStages } from './run-stages.mjs';

/**
 * @param {object} options
 * @param {string} options.root
 * @param {number} options.limitMs for all stages together
 * @param {boolean} options.verbose
 * @param {() => Promise<void>} options.prepare what must be there before the first stage; its failure counts as one
 * @param {import('./stages.mjs').Stage[]} options.stages
 */
export async function testCommand({ root, limitMs, verbose, prepare, stages }) {
  let totals = { ...noTests(), failed: 1 };
  try {
    await prepare();
    totals = await runStages(stages, { cwd: root, limitMs });
  } catch (error) {
    reportFailure(error, { verbose });
  }
  console.log(plainLine(totals));
  process.exitCode = totals.failed > 0 ? 1 : 0;
}
