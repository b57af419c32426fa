// @ts-check
// Builds the benchmark from its sources, which takes seconds, so that it is never older than they are. What it measures itself
// against is some 300 MB that nothing else needs, so it is packages of bench/ alone, installed on the first run.
import { join } from 'node:path';
import { SetupError, say } from '../setup/messages.mjs';
import { ensurePackages } from '../setup/packages.mjs';

/** @typedef {'page' | 'command' | 'alone'} Target of vite.bench.config.ts */

/**
 * Installs what the benchmark measures itself against. Without it the rest can be measured all the same.
 * @param {string} root
 */
export async function ensureCompetitors(root) {
  try {
    await ensurePackages(join(root, 'bench'), {
      what: 'the engines to compare with',
      npmArguments: ['--ignore-scripts'],
    });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`the other engines could not be installed: ${error.message} What is missing gets rows that say so.`);
  }
}

/**
 * @param {string} root
 * @param {readonly Target[]} targets
 */
export async function buildBenchmark(root, targets) {
  const { build } = await import('vite'); // one of the packages, which set-up may just have installed
  for (const mode of targets) {
    await build({ root, configFile: join(root, 'vite.bench.config.ts'), mode, logLevel: 'error' });
  }
}

/**
 * The file that was built for a target.
 * @param {string} root
 * @param {'command' | 'alone'} target
 */
export function builtFile(root, target) {
  return join(root, 'bench', 'dist', target, 'bench.js');
}
