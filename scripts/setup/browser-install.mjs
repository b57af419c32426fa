// @ts-check
// The two ways to get a browser on a machine that has none: Playwright's download, and the package manager of Debian
// and Ubuntu where this process may use it. Each says in one line what it does and returns what the tool printed;
// whether a usable browser came of it is for the caller to look at.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { excerpt } from './messages.mjs';
import { run } from './run.mjs';

/**
 * Where Playwright keeps, or would keep, the Chromium of its version.
 * @param {string} root
 * @returns {Promise<string | undefined>}
 */
export async function downloadedBrowser(root) {
  try {
    const playwright = await import(pathToFileURL(join(root, 'node_modules', 'playwright-core', 'index.mjs')).href);
    return playwright.chromium.executablePath();
  } catch {
    return undefined; // no build for this system
  }
}

/**
 * @param {string} root
 * @param {(text: string) => void} log
 */
export async function downloadBrowser(root, log) {
  log('no Chrome, Chromium or Edge is installed: downloading Chromium with Playwright (some 170 MB) ...');
  const { code, output } = await run(
    process.execPath,
    [join(root, 'node_modules', 'playwright', 'cli.js'), 'install', '--no-shell', 'chromium'],
    {
      output: 'capture',
      timeoutMs: 4 * 60_000,
      // without a network it fails in seconds; behind a firewall that drops packets, this bounds each of its 5 attempts
      env: { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '10000', ...process.env },
    },
  );
  if (code !== 0) log(`the download failed (${downloadFailure(output)}).`);
  return excerpt(output);
}

/**
 * A few words on why a download failed.
 * @param {string} output
 */
export function downloadFailure(output) {
  const reason = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH)\b|timed out/.exec(output)?.[0];
  return reason === undefined ? 'see the details' : `no connection: ${reason}`;
}

/**
 * Installs Debian's Chromium. Undefined where this is not a Debian-like Linux or this process is not root.
 * @param {(text: string) => void} log
 */
export async function installSystemBrowser(log) {
  const isRoot = process.getuid?.() === 0;
  if (process.platform !== 'linux' || !isRoot || !existsSync('/usr/bin/apt-get')) return undefined;
  log('installing Chromium with apt-get ...');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const always = ['-q', '-o', 'DPkg::Lock::Timeout=120', '-o', 'Dpkg::Use-Pty=0'];
  const update = await run('/usr/bin/apt-get', [...always, 'update'], {
    output: 'capture',
    env,
    timeoutMs: 3 * 60_000,
  });
  const install = await run('/usr/bin/apt-get', [...always, 'install', '-y', '--no-install-recommends', 'chromium'], {
    output: 'capture',
    env,
    timeoutMs: 8 * 60_000,
  });
  if (install.code !== 0) log('apt-get could not install it.');
  return `${excerpt(update.output, 5)}\n${excerpt(install.output)}`;
}
