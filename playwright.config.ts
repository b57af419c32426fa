// The tests of the pages in test/e2e, in the same browser and with the same arguments as the GPU tests. They run on what
// `npm run build` has made, served as a static site is, so that they test what would be put on a server.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'playwright/test';
import { findBrowser } from './scripts/setup/browser.mjs';
import { browserArguments } from './scripts/setup/launch-arguments.mjs';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

for (const needed of ['site/demo/index.html', 'dist/reference.js', 'dist/image.js']) {
  if (!existsSync(path(needed))) throw new Error(`${needed} is missing: run "npm run build" first.`);
}

const address = { host: '127.0.0.1', port: 41_873 };
const executablePath = await findBrowser(); // looks at WEBGPU_CONV_BROWSER first

export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results',
  workers: 1, // one software GPU, one page at a time
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  globalTimeout: 5 * 60_000,
  expect: { timeout: 30_000 }, // a software adapter on a small machine
  use: {
    baseURL: `http://${address.host}:${address.port}/`,
    browserName: 'chromium',
    viewport: { width: 1280, height: 900 },
    colorScheme: 'light',
    launchOptions: { args: browserArguments(), ...(executablePath === undefined ? {} : { executablePath }) },
  },
  webServer: {
    command: [
      `"${process.execPath}"`,
      `"${path('node_modules/vite/bin/vite.js')}"`,
      'preview',
      '--config vite.pages.config.ts',
      `--host ${address.host}`,
      `--port ${address.port}`,
      '--strictPort',
    ].join(' '),
    url: `http://${address.host}:${address.port}/demo/`,
    reuseExistingServer: false, // it could be another checkout's
    timeout: 30_000,
    stdout: 'ignore',
    stderr: 'pipe',
  },
});
