// @ts-check
// `npm run train`: a network learns to read digits in a browser with WebGPU, on the page demo/train, and must read those of type faces that it
// never saw. Node built-ins only until set-up is done.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { withBuiltPage } from './pages/built-page.mjs';
import { CommandError, parseOptions, runCommand } from './pages/command-line.mjs';
import { checkOutputFile } from './pages/output.mjs';

/** @typedef {import('../demo/train/result.js').TrainingResult} TrainingResult */

const goal = 0.97; // share of held-out digits that a network that has learnt reads
const mostSteps = 1_000_000;

const help = `Usage: npm run train -- [--json FILE] [--seed N] [--steps N] [--headed]

Trains a small network on digits in eight families of type, on the GPU, and tests it with digits in four others.
Exits with 1 where it reads fewer than 97% of those.

  --json FILE  write the result as JSON too
  --seed N     of the first weights and of the digits, 0 to 4294967295; default: 1
  --steps N    of 64 digits each; default: 900
  --headed     show the browser, and leave the page open until its window is closed
  --help       show this`;

/**
 * A whole number from the command line.
 * @param {string} option
 * @param {string} text
 * @param {number} least
 * @param {number} most
 */
function wholeNumber(option, text, least, most) {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return String(value);
  throw new CommandError(`${option} is "${text}", and must be a whole number from ${least} to ${most}.`, 2);
}

/** @param {TrainingResult} result */
function print({ adapter, seconds, steps, accuracy, losses, memoryBytes: [first, last] }) {
  const mebibytes = (/** @type {number} */ bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  console.log(
    [
      `Adapter: ${adapter}`,
      `${steps} steps of 64 digits in ${seconds.toFixed(1)} s, tests included (${((1000 * seconds) / steps).toFixed(0)} ms a step)`,
      `Loss: ${losses[0]?.toFixed(3)} at first, ${losses.at(-1)?.toFixed(4)} at last`,
      `Memory on the device: ${mebibytes(first)} after the first 50 steps, ${mebibytes(last)} at the end`,
      `Accuracy on digits of families that it never saw: ${(100 * accuracy).toFixed(2)}%`,
    ].join('\n'),
  );
}

await runCommand(async () => {
  const options = parseOptions(
    () =>
      parseArgs({
        options: {
          json: { type: 'string' },
          seed: { type: 'string' },
          steps: { type: 'string' },
          headed: { type: 'boolean', default: false },
          help: { type: 'boolean', default: false },
        },
      }).values,
  );
  if (options.help) {
    console.log(help);
    return;
  }
  const { json, headed } = options;
  const asked = new URLSearchParams(); // what is left out is as the page has it
  if (options.seed !== undefined) asked.set('seed', wholeNumber('--seed', options.seed, 0, 2 ** 32 - 1));
  if (options.steps !== undefined) asked.set('steps', wholeNumber('--steps', options.steps, 1, mostSteps));
  if (json !== undefined) checkOutputFile(json, '--json');

  const path = `demo/train/index.html?${asked}`;
  await withBuiltPage({ path, headed }, async ({ page, call }) => {
    const result = /** @type {TrainingResult} */ (await call('trainDigits', undefined));
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`);
    print(result);
    const hasLearnt = result.accuracy >= goal;
    if (hasLearnt) console.log('It learnt to read.');
    if (headed && process.stdout.isTTY) {
      console.log('Close the window of the browser to end.');
      await page.waitForEvent('close', { timeout: 0 });
    }
    if (!hasLearnt) {
      throw new CommandError(
        `it did not learn to read: ${(100 * result.accuracy).toFixed(2)}% is less than ${100 * goal}%.`,
      );
    }
  });
});
