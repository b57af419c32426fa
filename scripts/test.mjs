// @ts-check
// `npm test`: sets up what is missing, then runs every test of the project in stages, one report for all. The last line
// of stdout is the plain count of tests; the exit code is 1 where one failed.
import { parseArgs } from 'node:util';
import { say } from './setup/messages.mjs';
import { root, setup } from './setup.mjs';
import { testCommand } from './test/command.mjs';
import { temporaryFolder } from './test/run-stages.mjs';
import { selectStages, testStages } from './test/stages.mjs';

const limitMs = 18 * 60_000;

/** @type {{ stage?: string[], verbose?: boolean, help?: boolean }} */
let options = {};
let stages = testStages(root, temporaryFolder());
const help = `Usage: npm test -- [--stage NAME ...] [--verbose]

  --stage NAME  run only this stage; may be given several times
                (${stages.map(({ name }) => `"${name}"`).join(', ')})
  --verbose     show what a failed set-up step printed`;

try {
  options = parseArgs({
    options: {
      stage: { type: 'string', multiple: true },
      verbose: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  }).values;
  stages = selectStages(stages, options.stage ?? []);
} catch (error) {
  say(`${error instanceof Error ? error.message : error} (--help lists the options)`);
  process.exit(2);
}

if (options.help) {
  console.log(help);
} else {
  await testCommand({
    root,
    limitMs,
    verbose: options.verbose ?? false,
    stages,
    prepare: async () => {
      const { browser } = await setup();
      if (browser) process.env.WEBGPU_CONV_BROWSER = browser; // for the stages: the same one, and no second search
    },
  });
}
