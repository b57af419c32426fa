// @ts-check
// Builds the library and the pages where a source is newer than what was built, so that a command shows the code as it
// stands, and two commands at a time (tests beside each other) do not build over each other for nothing.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { say } from '../setup/messages.mjs';
import { npmCommand } from '../setup/npm.mjs';
import { run } from '../setup/run.mjs';
import { CommandError } from './command-line.mjs';

const sources = [
  'src',
  'shaders',
  'bench/showcase',
  'bench/support',
  'demo',
  'scripts/build',
  'test/support',
  'package.json',
  'package-lock.json',
];
const configurations = ['vite.config.ts', 'vite.pages.config.ts', 'tsconfig.base.json', 'tsconfig.build.json'];
const products = [
  'dist/index.js',
  'dist/index.d.ts',
  'site/bench/showcase/index.html',
  'site/demo/index.html',
  'site/demo/train/index.html',
];

/**
 * Latest change of a file, or of a folder and all in it. A folder's own time changes when a file in it is deleted.
 * @param {string} path
 * @returns {number}
 */
function newest(path) {
  const entry = statSync(path, { throwIfNoEntry: false });
  if (!entry) return 0;
  if (!entry.isDirectory()) return entry.mtimeMs;
  return Math.max(entry.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** @param {string} root */
export function isBuilt(root) {
  const builtMs = Math.min(...products.map((path) => newest(join(root, path))));
  return [...sources, ...configurations].every((path) => newest(join(root, path)) < builtMs);
}

/**
 * @param {string} root
 * @param {{ log?: (text: string) => void }} [options]
 */
export async function ensureBuilt(root, { log = say } = {}) {
  if (isBuilt(root)) return;
  log('building ...');
  const npm = npmCommand();
  const { code, output } = await run(npm.command, [...npm.args, 'run', 'build', '--silent'], {
    cwd: root,
    output: 'capture',
    shell: npm.shell,
  });
  if (code === 0) return;
  process.stderr.write(`${output.trim()}\n`);
  throw new CommandError(`the build failed (exit code ${code}): the lines above say why.`);
}
