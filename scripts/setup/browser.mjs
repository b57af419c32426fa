// @ts-check
// Finds the browser that runs the GPU tests, the pages and the benchmark, and gets one where there is none:
// WEBGPU_CONV_BROWSER, then an installed Chrome, Chromium or Edge, then Playwright's download, then the system's
// package manager. A browser counts only if it answers --version: Ubuntu's `chromium` is a stub that wants snap, and a
// downloaded one may lack system libraries.
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { downloadBrowser, downloadedBrowser, installSystemBrowser } from './browser-install.mjs';
import { browserPlaces } from './browser-places.mjs';
import { SetupError, say } from './messages.mjs';
import { run } from './run.mjs';

const firstWithWebGpu = 113; // Chrome's major version
const variable = 'WEBGPU_CONV_BROWSER';

/** @param {string} path */
function isExecutableFile(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Whether a browser's answer to --version is that of a Chromium with WebGPU.
 * @param {string} answer such as "Google Chrome 131.0.6778.85"
 */
export function knowsWebGpu(answer) {
  const major = /\b(?:Chrome|Chromium|Edge)\b[^\d\n]*(\d+)\.\d+/.exec(answer)?.[1];
  return major !== undefined && Number(major) >= firstWithWebGpu;
}

/** @param {string} path */
async function answers(path) {
  if (process.platform === 'win32') return true; // there --version opens a window
  const { code, output } = await run(path, ['--version'], { output: 'capture', timeoutMs: 20_000 });
  return code === 0 && knowsWebGpu(output);
}

/**
 * The browser named by the environment, else the first installed one that works, else undefined.
 * A wrong path in the environment is an error: whoever set it wants that browser, not another.
 * @param {object} [machine] all of it can be replaced in a test
 * @param {NodeJS.ProcessEnv} [machine.env]
 * @param {NodeJS.Platform} [machine.platform]
 * @param {string} [machine.home]
 * @param {(path: string) => boolean} [machine.exists] whether an executable file is there
 * @param {(path: string) => boolean | Promise<boolean>} [machine.works]
 * @returns {Promise<string | undefined>}
 */
export async function findBrowser({
  env = process.env,
  platform = process.platform,
  home = homedir(),
  exists = isExecutableFile,
  works = answers,
} = {}) {
  const named = env[variable];
  if (named) {
    if (exists(named)) {
      if (await works(named)) return resolve(named);
      throw new SetupError(
        `${variable} is "${named}", which does not answer --version as Chrome, Chromium or Edge ${firstWithWebGpu} or later: set it to the path of one, or unset it to have one found.`,
      );
    }
    throw new SetupError(
      `${variable} is "${named}", which is not an executable file: set it to the path of Chrome, Chromium or Edge, or unset it to have one found.`,
    );
  }
  for (const path of browserPlaces({ platform, env, home })) {
    if (exists(path) && (await works(path))) return path;
  }
  return undefined;
}

/**
 * @param {string} root the project's folder, with its packages installed
 * @param {{ log?: (text: string) => void }} [options]
 * @returns {Promise<string>} path of the executable
 */
export async function ensureBrowser(root, { log = say } = {}) {
  const found = await findBrowser();
  if (found) return found;
  const usable = async (/** @type {string | undefined} */ path) =>
    path !== undefined && isExecutableFile(path) && (await answers(path)) ? path : undefined;

  const downloadedBefore = await usable(await downloadedBrowser(root));
  if (downloadedBefore) return downloadedBefore;

  const download = await downloadBrowser(root, log);
  const downloaded = await usable(await downloadedBrowser(root));
  if (downloaded) return downloaded;

  const installation = await installSystemBrowser(log);
  const installed = installation === undefined ? undefined : await findBrowser();
  if (installed) return installed;

  throw new SetupError(
    `no usable browser was found and none could be installed: install Chrome, Chromium or Edge (${firstWithWebGpu} or later), or set ${variable} to the path of one.`,
    [download, installation].filter(Boolean).join('\n'),
  );
}
