// @ts-check
// Installs the npm packages that package-lock.json names, when they are missing or out of date, so that a fresh
// checkout and one that has just been updated both work without a command to remember. What npm has installed stands
// in node_modules/.package-lock.json, which npm writes last: an interrupted installation counts as none.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { excerpt, SetupError, say } from './messages.mjs';
import { checkNode } from './node-version.mjs';
import { npmCommand } from './npm.mjs';
import { run } from './run.mjs';

const timeoutMs = 10 * 60_000;

/**
 * The part of a lock file's entry that matters here. `os`, `cpu` and `libc` restrict an entry to some machines.
 * @typedef {{ version?: string, optional?: boolean, os?: string[], cpu?: string[], libc?: string[] }} LockEntry
 */

/**
 * The packages of a lock file by their folder; undefined where there is no readable file.
 * @param {string} file
 * @returns {Record<string, LockEntry> | undefined}
 */
function readLock(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * Why the packages of a folder must be installed, or undefined where they are as its lock file wants them.
 * @param {string} folder
 */
export function staleReason(folder) {
  const wanted = readLock(join(folder, 'package-lock.json'));
  if (!wanted) throw new SetupError(`package-lock.json is missing or unreadable in ${folder}: restore it from git.`);
  if (!existsSync(join(folder, 'node_modules'))) return 'node_modules is missing';
  const installed = readLock(join(folder, 'node_modules', '.package-lock.json'));
  if (!installed) return 'node_modules is incomplete';
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue; // the project itself
    const name = path.replace(/^node_modules\//, '');
    const found = installed[path];
    if (!found) {
      if (entry.optional || entry.os || entry.cpu || entry.libc) continue; // for another machine
      return `${name} is missing`;
    }
    if (found.version !== entry.version) return `${name} is ${found.version}, not ${entry.version}`;
    if (!existsSync(join(folder, path))) return `${name} is missing`;
  }
  return undefined;
}

/**
 * What to do about a failed `npm ci`, from what it printed.
 * @param {string} output
 * @param {{ code: number, timedOut: boolean }} result
 */
export function npmRemedy(output, { code, timedOut }) {
  if (code === 127) return 'npm was not found: install it (it comes with Node) or put it on the PATH.';
  if (timedOut || /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED/.test(output)) {
    return 'npm could not reach the package registry: go online (or check npm\'s "registry" and "proxy" settings) and run the command again.';
  }
  if (/EUSAGE|in sync/.test(output)) {
    return 'package.json and package-lock.json do not fit together: run "npm install" and commit both.';
  }
  if (/EBADENGINE/.test(output))
    return 'a package does not support this Node: install the current LTS version of Node.';
  if (/EACCES|EPERM|EROFS/.test(output)) return 'npm may not write to node_modules: check who owns that folder.';
  if (/ENOSPC/.test(output)) return 'the disk is full: free some space and run the command again.';
  return `npm ci failed (exit code ${code}): run "npm ci" yourself to see why.`;
}

/**
 * Checks Node, then installs the packages of `folder` where needed. Silent when there is nothing to do.
 * @param {string} folder
 * @param {{ log?: (text: string) => void, what?: string, npmArguments?: string[] }} [options]
 */
export async function ensurePackages(folder, { log = say, what = 'packages', npmArguments = [] } = {}) {
  checkNode(process.versions.node);
  const reason = staleReason(folder);
  if (!reason) return;
  log(`installing ${what} (${reason}) ...`);
  const npm = npmCommand();
  const always = [
    ...['--no-audit', '--no-fund', '--include=dev', '--include=optional'], // whatever NODE_ENV or npm's "omit" say
    '--loglevel=error', // whatever "npm test --silent" says
    ...['--fetch-retry-mintimeout=2000', '--fetch-retry-maxtimeout=10000'], // offline, 12 s rather than 70 s
  ];
  const result = await run(npm.command, [...npm.args, 'ci', ...always, ...npmArguments], {
    cwd: folder,
    output: 'capture',
    timeoutMs,
    shell: npm.shell,
  });
  if (result.code === 0 && !result.timedOut) return;
  throw new SetupError(npmRemedy(result.output, result), excerpt(result.output));
}
