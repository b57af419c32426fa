// @ts-check
// Where a command writes: made and checked before the minutes of a run, not after.
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CommandError } from './command-line.mjs';

/**
 * Makes a folder that can be written to.
 * @param {string} folder
 * @param {string} option names it in messages
 */
export function makeFolder(folder, option) {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    const reason = code === 'EEXIST' || code === 'ENOTDIR' ? 'a file is in the way' : code;
    throw new CommandError(`${option}: the folder ${folder} cannot be written to (${reason}).`, 2);
  }
}

/**
 * Makes the folder of a file that will be written.
 * @param {string} file
 * @param {string} option names it in messages
 */
export function checkOutputFile(file, option) {
  makeFolder(dirname(file), option);
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
    throw new CommandError(`${option}: ${file} is a folder, and must be a file.`, 2);
  }
}
