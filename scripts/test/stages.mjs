// @ts-check
// The stages of the test run as commands: what is started, and which report tells how many tests it ran. Everything is
// started through this Node, from the project's own packages, so that no global tool can stand in.
import { join } from 'node:path';
import { npmCommand } from '../setup/npm.mjs';

/**
 * @typedef {object} Stage
 * @property {string} name
 * @property {string} command
 * @property {string[]} args
 * @property {boolean} [shell]
 * @property {NodeJS.ProcessEnv} [env] in addition to this process's own
 * @property {{ kind: import('./reports.mjs').ReportKind, file: string }} [report] none: the exit code decides
 */

/**
 * @param {string} root
 * @param {string} reportFile
 * @param {string} name
 * @param {string[]} projects of vite.config.ts
 * @returns {Stage}
 */
export function vitestStage(root, reportFile, name, projects) {
  return {
    name,
    command: process.execPath,
    args: [
      join(root, 'node_modules', 'vitest', 'vitest.mjs'),
      'run',
      ...projects.flatMap((project) => ['--project', project]),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${reportFile}`,
    ],
    report: { kind: 'vitest', file: reportFile },
  };
}

/**
 * The stages of `npm test`, in order. 'package' and 'pages' test what 'build' has made.
 * @param {string} root
 * @param {string} reportFolder
 * @returns {Stage[]}
 */
export function testStages(root, reportFolder) {
  const npm = npmCommand();
  const pagesReport = join(reportFolder, 'pages.json');
  return [
    vitestStage(root, join(reportFolder, 'source.json'), 'unit and gpu', ['unit', 'gpu', 'types']),
    { name: 'build', command: npm.command, args: [...npm.args, 'run', 'build'], shell: npm.shell },
    vitestStage(root, join(reportFolder, 'package.json'), 'package', ['package']),
    {
      name: 'pages',
      command: process.execPath,
      args: [
        join(root, 'node_modules', 'playwright', 'cli.js'),
        'test',
        // 'line' rewrites its line with escape sequences, which a log file keeps
        `--reporter=${process.stdout.isTTY ? 'line' : 'list'},json`,
      ],
      env: { PLAYWRIGHT_JSON_OUTPUT_FILE: pagesReport },
      report: { kind: 'playwright', file: pagesReport },
    },
  ];
}

/**
 * The stages asked for by name, in the order of the table; all of them where none is named.
 * @param {Stage[]} stages
 * @param {string[]} names
 */
export function selectStages(stages, names) {
  const known = stages.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(`unknown stage "${unknown}"; the stages are: ${known.map((name) => `"${name}"`).join(', ')}`);
  }
  return names.length === 0 ? stages : stages.filter(({ name }) => names.includes(name));
}
