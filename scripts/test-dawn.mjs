// @ts-check
// `npm run test:dawn`: the GPU tests once more, in Node on Dawn (npm `webgpu`), which offers f16 and subgroups where the
// browser's software adapter does not. Dawn is 130 MB that nothing else needs, so it is a package of test/dawn/ alone,
// installed on the first run. Without a driver this fails rather than skips: whoever calls it wants these tests run.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SetupError, say } from './setup/messages.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { root, setup } from './setup.mjs';
import { testCommand } from './test/command.mjs';
import { temporaryFolder } from './test/run-stages.mjs';
import { vitestStage } from './test/stages.mjs';
import { hasGraphicsDriver } from './test/vulkan.mjs';

const limitMs = 18 * 60_000;

/** @type {{ verbose?: boolean, help?: boolean }} */
let options = {};
try {
  options = parseArgs({ options: { verbose: { type: 'boolean' }, help: { type: 'boolean' } } }).values;
} catch (error) {
  say(`${error instanceof Error ? error.message : error} (the options are --verbose and --help)`);
  process.exit(2);
}
if (options.help) {
  console.log('Usage: npm run test:dawn -- [--verbose]\n\nRuns the GPU tests in Node on Dawn. Needs a Vulkan driver.');
  process.exit(0);
}

await testCommand({
  root,
  limitMs,
  verbose: options.verbose ?? false,
  stages: [vitestStage(root, join(temporaryFolder(), 'dawn.json'), 'dawn', ['dawn'])],
  prepare: async () => {
    if (!hasGraphicsDriver()) {
      throw new SetupError(
        'no Vulkan driver was found for Dawn: install one (a graphics driver, or Mesa 25 lavapipe for the CPU), or name its manifest in VK_DRIVER_FILES.',
      );
    }
    await setup({ browser: false });
    await ensurePackages(join(root, 'test', 'dawn'), { what: 'Dawn', npmArguments: ['--ignore-scripts'] });
  },
});
