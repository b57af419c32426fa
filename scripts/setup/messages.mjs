// @ts-check
// What the scripts say to the person at the terminal: progress in one line on stderr (stdout stays free for results),
// and a set-up failure in one line that names the remedy. The long output of a failed tool travels along as details and
// is shown only on request.

/** A failure to prepare the machine. The message is one line that says what to do. */
export class SetupError extends Error {
  /**
   * @param {string} message
   * @param {string} [details] output of the tool that failed
   */
  constructor(message, details = '') {
    super(message.replace(/\s+/g, ' ').trim());
    this.name = 'SetupError';
    this.details = details;
  }
}

/** @param {string} text */
export function say(text) {
  process.stderr.write(`webgpu-conv: ${text}\n`);
}

/**
 * Prints a set-up failure as one line. Any other error is a mistake in the scripts and keeps its stack.
 * @param {unknown} error
 * @param {{ verbose?: boolean }} [options]
 */
export function reportFailure(error, { verbose = false } = {}) {
  if (!(error instanceof SetupError)) {
    console.error(error);
    return;
  }
  say(error.details && !verbose ? `${error.message} (--verbose shows more)` : error.message);
  if (error.details && verbose) process.stderr.write(`${error.details.trim()}\n`);
}

/**
 * The beginning and the end of a tool's output, which is where tools put the reason of a failure.
 * @param {string} output
 * @param {number} [count] lines kept of each
 */
export function excerpt(output, count = 40) {
  const lines = output.trimEnd().split('\n');
  if (lines.length <= 2 * count) return lines.join('\n');
  return [...lines.slice(0, count), '...', ...lines.slice(-count)].join('\n');
}
