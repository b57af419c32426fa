// @ts-check
// Opens a served page in a browser and calls its functions. Whatever happens, browser and server end with it.
import { chromium } from 'playwright';
import { browserArguments } from '../setup/launch-arguments.mjs';
import { CommandError } from './command-line.mjs';
import { servePages } from './serve.mjs';

/** @typedef {import('../../bench/support/outcome.js').Progress} Progress */

/** @typedef {'runShowcase' | 'trainDigits'} PageFunction of bench/showcase, of demo/train */

/**
 * @template T
 * @typedef {import('../../bench/support/outcome.js').Outcome<T>} Outcome
 */

/**
 * Starts a browser.
 * @param {string} executablePath
 * @param {boolean} headed
 */
export async function launch(executablePath, headed) {
  if (headed && process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    throw new CommandError('--headed needs a display, and DISPLAY is not set: leave --headed out.');
  }
  try {
    return await chromium.launch({ executablePath, headless: !headed, args: browserArguments() });
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new CommandError(
      `the browser ${executablePath} did not start (${reason}). WEBGPU_CONV_BROWSER names another one.`,
    );
  }
}

/**
 * Serves the pages, opens one, and closes all when `work` is done.
 * @template T
 * @param {{ root: string, browser: string, path: string, headed: boolean, onProgress: (step: Progress) => void }} options
 * @param {(page: import('playwright').Page) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withPage({ root, browser: executablePath, path, headed, onProgress }, work) {
  const browser = await launch(executablePath, headed);
  try {
    const server = await servePages(root);
    try {
      // a fixed size suits headless pages; a person's window has its own
      const page = await browser.newPage(headed ? { viewport: null } : {});
      await page.exposeFunction('onProgress', onProgress);
      await page.goto(server.url(path));
      return await work(page);
    } finally {
      await browser.close(); // first: its open connections would hold the server up
      await server.close();
    }
  } finally {
    await browser.close();
  }
}

/**
 * Calls a function of the page that gives an outcome. Its failures become one line each.
 * @template T
 * @param {import('playwright').Page} page
 * @param {PageFunction} name
 * @param {unknown} request
 * @returns {Promise<T>}
 */
export async function callPage(page, name, request) {
  /** @type {Error | undefined} */
  let uncaught;
  page.on('pageerror', (error) => {
    uncaught ??= error;
  });
  /** @type {Outcome<T>} */
  let outcome;
  try {
    await page.waitForFunction((key) => key in globalThis, name, { timeout: 30_000 });
    outcome = await page.evaluate(
      ([key, argument]) => /** @type {any} */ (globalThis)[/** @type {string} */ (key)](argument),
      [name, request],
    );
  } catch (error) {
    const [reason] = (uncaught ?? /** @type {Error} */ (error)).message.split('\n');
    throw new CommandError(`the page ended before its work was done (${reason}).`);
  }
  if (!outcome.ok) throw new CommandError(outcome.failure.message, outcome.failure.kind === 'picture' ? 2 : 1);
  if (uncaught) throw new CommandError(`an error was thrown in the page (${uncaught.message.split('\n')[0]}).`);
  return outcome.value;
}
