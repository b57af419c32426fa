// @ts-check
// The page of the benchmark in a browser, for the driver: it does step after step there, and where one hangs, the browser with
// all that hangs in it is ended and another one started.
import { setTimeout as pause } from 'node:timers/promises';
import { launch } from '../pages/browser.mjs';
import { servePages } from '../pages/serve.mjs';

/** @typedef {import('../../bench/runner/host.js').Host} Host */
/** @typedef {import('../../bench/runner/host.js').StepOutcome} StepOutcome */

const page = 'bench/page/index.html';
const settleMs = 1000; // that a browser which was just started is busy with itself, in which first calls take up to twice as long
const closeMs = 15_000; // after which a browser that does not end is left to itself

/** @param {import('playwright').Browser} browser */
async function close(browser) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, closeMs);
  });
  await Promise.race([browser.close().catch(() => {}), late]);
  clearTimeout(timer);
}

/**
 * Serves the page and opens it, and ends server and browser when `work` is done.
 * @template T
 * @param {{ root: string, browser: string, headed: boolean }} options
 * @param {(host: Host) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withPageHost({ root, browser: executablePath, headed }, work) {
  const server = await servePages(root, { config: 'vite.bench.config.ts', mode: 'page' });
  const open = async () => {
    const browser = await launch(executablePath, headed);
    const view = await browser.newPage(headed ? { viewport: null } : {});
    await view.goto(server.url(page));
    await view.waitForFunction(() => 'benchmarkStep' in globalThis, undefined, { timeout: 30_000 });
    return { browser, view };
  };
  let current = await open();
  /** @type {Host} */
  const host = {
    step: (step, args) =>
      current.view.evaluate(
        ([name, values]) => /** @type {any} */ (globalThis).benchmarkStep(name, values),
        /** @type {const} */ ([step, args]),
      ),
    async restart() {
      await close(current.browser);
      current = await open();
      await pause(settleMs);
      return true;
    },
  };
  try {
    return await work(host);
  } finally {
    await close(current.browser); // first: its open connections would hold the server up
    await server.close();
  }
}
