// @ts-check
// Makes a checkout ready to run: the right Node, the packages of the lock file, and a browser with WebGPU. Every
// command of the project starts with it, so it is quiet and quick where nothing is to do. Run by itself it prints the
// browser's path; --verbose shows what a failed tool printed.
import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBrowser } from './setup/browser.mjs';
import { reportFailure } from './setup/messages.mjs';
import { ensurePackages } from './setup/packages.mjs';

/** The project's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Throws a SetupError whose message is one line with the remedy.
 * @param {{ browser?: boolean }} [options]
 * @returns {Promise<{ browser: string | undefined }>} path of the browser, where one was asked for
 */
export async function setup({ browser = true } = {}) {
  await ensurePackages(root);
  return { browser: browser ? await ensureBrowser(root) : undefined };
}

if (process.argv[1] && realpathSync(process.argv[1]) === realpathSync(fileURLToPath(import.meta.url))) {
  try {
    const { browser } = await setup();
    console.log(browser);
  } catch (error) {
    reportFailure(error, { verbose: process.argv.includes('--verbose') });
    process.exitCode = 1;
  }
}
