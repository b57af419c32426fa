// @ts-check
// The frame around a command that runs a page: options with one clear line for each mistake, and every failure as one
// line with an exit code. 2: the command was called wrongly; 1: it ran and failed.
import { reportFailure, SetupError, say } from '../setup/messages.mjs';

/** A failure that the person at the terminal can do something about. The message is one line. */
export class CommandError extends Error {
  /**
   * @param {string} message
   * @param {1 | 2} exitCode
   */
  constructor(message, exitCode = 1) {
    super(message.replace(/\s+/g, ' ').trim());
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}

/**
 * The options of the command line. A mistake in them becomes one line.
 * @template T
 * @param {() => T} parse a call of parseArgs
 * @returns {T}
 */
export function parseOptions(parse) {
  try {
    return parse();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [, unvalued] = /^Option '(--\w+).* argument (?:missing|is ambiguous)/.exec(message) ?? [];
    // Node explains at length, over several lines; its first sentence says what is wrong
    const reason = unvalued
      ? `${unvalued} needs a value`
      : message.split(/\.\s|\.$|\n/)[0]?.replace(/^[A-Z]/, (c) => c.toLowerCase());
    throw new CommandError(`${reason} (--help lists the options).`, 2);
  }
}

/**
 * What was typed, for a report.
 * @param {string} name such as "start"
 * @param {string[]} args
 */
export function typedCommand(name, args) {
  const quoted = args.map((arg) => (/^[\w./:=@,+-]+$/.test(arg) ? arg : `"${arg}"`));
  return `npm ${name === 'start' ? name : `run ${name}`}${args.length > 0 ? ` -- ${quoted.join(' ')}` : ''}`;
}

/**
 * Runs a command, and sets the exit code by what it throws.
 * @param {() => Promise<void>} command
 */
export async function runCommand(command) {
  try {
    await command();
  } catch (error) {
    process.exitCode = error instanceof CommandError ? error.exitCode : 1;
    if (error instanceof CommandError) say(error.message);
    else
      reportFailure(error, { verbose: error instanceof SetupError && process.env.npm_config_loglevel === 'verbose' });
  }
}
