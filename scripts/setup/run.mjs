// @ts-check
// Runs a child process so that nothing is left behind: it leads a process group of its own, and the group and its
// descendants end with it, on its time-out, on Ctrl-C and when this process exits. On a signal this process stops its
// children and exits with 128 + the signal's number; a pending run() then never resolves, so no next step starts.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { descendants, signalTree } from './process-tree.mjs';

const graceMs = 4000; // for a test runner to close its browser after SIGTERM
const outputLimit = 200_000; // characters kept of a captured output

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {'inherit' | 'capture'} [output]
 * @property {number} [timeoutMs] none by default
 * @property {boolean} [shell]
 *
 * @typedef {object} RunResult
 * @property {number} code exit status; 128 + the signal's number where a signal ended it, 127 where it did not start
 * @property {boolean} timedOut
 * @property {string} output stdout and stderr when captured
 */

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
let handlersInstalled = false;
let interrupted = false;

/** @param {import('node:child_process').ChildProcess} child */
function killAtOnce({ pid }) {
  if (pid !== undefined) signalTree(pid, descendants(pid), 'SIGKILL');
}

/**
 * Asks a child and all below it to end, and insists after the grace period.
 * @param {import('node:child_process').ChildProcess} child
 */
async function stop(child) {
  const { pid } = child;
  if (pid === undefined) return;
  const below = descendants(pid); // now: once the parent is gone, nothing ties a detached process to it
  signalTree(pid, below, 'SIGTERM');
  if (child.exitCode === null && child.signalCode === null) {
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      child.once('exit', () => {
        clearTimeout(timer);
        resolve(undefined);
      });
    });
  }
  signalTree(pid, below, 'SIGKILL');
}

function installHandlers() {
  if (handlersInstalled) return;
  handlersInstalled = true;
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, async () => {
      if (!interrupted) {
        interrupted = true;
        await Promise.all([...running].map(stop));
      }
      process.exit(128 + constants.signals[signal]); // a second Ctrl-C comes here at once
    });
  }
  process.on('exit', () => running.forEach(killAtOnce));
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<RunResult>}
 */
export function run(command, args, { cwd, env, output = 'inherit', timeoutMs, shell = false } = {}) {
  installHandlers();
  return new Promise((resolve) => {
    const pipe = output === 'capture' ? 'pipe' : 'inherit';
    const child = spawn(command, args, {
      stdio: ['ignore', pipe, pipe],
      detached: process.platform !== 'win32',
      windowsHide: true,
      shell,
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env }),
    });
    running.add(child);
    let text = '';
    let timedOut = false;
    const keep = (/** @type {string} */ chunk) => {
      text = (text + chunk).slice(-outputLimit);
    };
    child.stdout?.setEncoding('utf8').on('data', keep);
    child.stderr?.setEncoding('utf8').on('data', keep);
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            stop(child);
          }, timeoutMs);
    const finish = (/** @type {number} */ code) => {
      clearTimeout(timer);
      running.delete(child);
      child.stdout?.destroy(); // held open by somebody else, it would keep this process from ending
      child.stderr?.destroy();
      if (!interrupted) resolve({ code, timedOut, output: text });
    };
    child.once('error', (error) => {
      keep(`${error.message}\n`);
      finish(127);
    });
    child.once('exit', (code, signal) => {
      if (child.pid !== undefined && process.platform !== 'win32') signalTree(child.pid, [], 'SIGKILL');
      const status = code ?? 128 + (signal ? constants.signals[signal] : 0);
      // 'close' waits for the pipes, which a detached process may hold open for ever
      const late = setTimeout(() => finish(status), 1000);
      child.once('close', () => {
        clearTimeout(late);
        finish(status);
      });
    });
  });
}
