// @ts-check
// A page ready to be called: set-up done, pages built and served, browser started, progress shown.
import { root, setup } from '../setup.mjs';
import { progressLine } from './progress.mjs';

/**
 * @typedef {object} BuiltPage
 * @property {import('playwright').Page} page
 * @property {<T>(name: import('./browser.mjs').PageFunction, request: unknown) => Promise<T>} call calls a function of the page
 */

/**
 * Opens a page, and closes browser and server when `work` is done.
 * @param {{ path: string, headed: boolean }} options `path`: of the built page
 * @param {(builtPage: BuiltPage) => Promise<void>} work
 */
export async function withBuiltPage({ path, headed }, work) {
  const { browser } = await setup({ browser: true });
  // these need packages, which set-up may just have installed
  const { ensureBuilt } = await import('./build.mjs');
  const { callPage, withPage } = await import('./browser.mjs');
  await ensureBuilt(root);
  const progress = progressLine();
  const options = { root, browser: /** @type {string} */ (browser), path, headed };
  await withPage({ ...options, onProgress: progress.show }, (page) =>
    work({ page, call: (name, request) => callPage(page, name, request).finally(progress.end) }),
  );
}
