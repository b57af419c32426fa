// @ts-check
// `npm run bench`: how much faster than plain JavaScript the multiply and the whole convolution are on a layer of
// ResNet-50, each variant measured in turn in one page of a browser with WebGPU.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CommandError, parseOptions, runCommand } from './pages/command-line.mjs';
import { checkOutputFile } from './pages/output.mjs';
import { withShowcase } from './pages/showcase.mjs';

/** @typedef {import('../bench/ratios/result.js').RatiosRun} RatiosRun */

const help = `Usage: npm run bench -- [--rounds N] [--json FILE] [--headed]

Measures im2col-gemm in each of its variants, and plain JavaScript, on the ResNet-50 layer 56×56, 64 → 64, 3×3.

  --rounds N   samples of each, taken in turn; default: 9
  --json FILE  write the results as JSON too
  --headed     show the browser
  --help       show this`;

await runCommand(async () => {
  const options = parseOptions(
    () =>
      parseArgs({
        options: {
          rounds: { type: 'string', default: '9' },
          json: { type: 'string' },
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
  const rounds = Number(options.rounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 1000) {
    throw new CommandError(`--rounds is "${options.rounds}", and must be a whole number from 1 to 1000.`, 2);
  }

  if (json !== undefined) checkOutputFile(json, '--json');

  await withShowcase(headed, async ({ call }) => {
    const { result, table } = /** @type {RatiosRun} */ (await call('runRatios', { rounds }));
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`);
    const { adapter, problem, clock, date } = result;
    console.log(
      `Adapter: ${adapter}\nProblem: ${problem}\n${rounds} rounds in turn, medians, ${clock}, ${date}\n\n${table}`,
    );
    if (!result.variants.every(({ ok }) => ok)) throw new CommandError('a result is outside its error bound.');
  });
});
