// @ts-check
// The page of bench/showcase, ready to be called: set-up done, pages built and served, browser started, progress shown.
import { root, setup } from '../setup.mjs';
import { progressLine } from './progress.mjs';

/**
 * @typedef {object} Showcase
 * @property {import('playwright').Page} page
 * @property {<T>(name: 'runShowcase', request: unknown) => Promise<T>} call calls a function of the page
 */

/**
 * Opens the page, and closes browser and server when `work` is done.
 * @param {boolean} headed
 * @param {(showcase: Showcase) => Promise<void>} work
 */
export async function withShowcase(headed, work) {
  const { browser } = await setup({ browser: true });
  // these need packages, which set-up may just have installed
  const { ensureBuilt } = await import('./build.mjs');
  const { callPage, withPage } = await import('./browser.mjs');
  await ensureBuilt(root);
  const progress = progressLine();
  const options = { root, browser: /** @type {string} */ (browser), path: 'bench/showcase/index.html', headed };
  await withPage({ ...options, onProgress: progress.show }, (page) =>
    work({ page, call: (name, request) => callPage(page, name, request).finally(progress.end) }),
  );
}
