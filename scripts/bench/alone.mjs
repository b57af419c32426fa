// @ts-check
// `npm run bench -- --runtime node`: the benchmark as one file in Node, on Dawn, which the tests of test/dawn use as well.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CommandError } from '../pages/command-line.mjs';
import { SetupError } from '../setup/messages.mjs';
import { ensurePackages } from '../setup/packages.mjs';
import { run } from '../setup/run.mjs';
import { hasGraphicsDriver } from '../test/vulkan.mjs';
import { buildBenchmark, builtFile } from './build.mjs';

/**
 * @param {string} root
 * @param {string[]} args of bench/node/main.ts
 */
export async function runAlone(root, args) {
  if (!hasGraphicsDriver()) {
    throw new SetupError(
      'no Vulkan driver was found for Dawn: install one (a graphics driver, or Mesa 25 lavapipe for the CPU), or name its manifest in VK_DRIVER_FILES.',
    );
  }
  const env = { ...process.env };
  if (!env.WEBGPU_MODULE) {
    const dawn = join(root, 'test', 'dawn');
    await ensurePackages(dawn, { what: 'Dawn', npmArguments: ['--ignore-scripts'] });
    const entry = join(dawn, 'node_modules', 'webgpu', 'index.js');
    if (!existsSync(entry)) throw new CommandError(`${entry} is missing: delete test/dawn/node_modules and run again.`);
    env.WEBGPU_MODULE = pathToFileURL(entry).href;
  }
  await buildBenchmark(root, ['alone']);
  const { code } = await run(process.execPath, [builtFile(root, 'alone'), ...args], { cwd: process.cwd(), env });
  if (code !== 0) process.exitCode = code;
}
