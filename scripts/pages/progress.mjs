// @ts-check
// Progress on stderr: one line that is rewritten at a terminal, a line for each step elsewhere.

/**
 * @param {Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>} [stream]
 * @returns {{ show: (step: import('../../bench/support/outcome.js').Progress) => void, end: () => void }}
 */
export function progressLine(stream = process.stderr) {
  const clear = '\r\x1b[K';
  let shown = false;
  return {
    show({ index, count, title }) {
      const text = `[${String(index + 1).padStart(String(count).length)}/${count}] ${title} ...`;
      // a line that wraps could not be rewritten
      stream.write(stream.isTTY ? `${clear}${text.slice(0, (stream.columns || 80) - 1)}` : `${text}\n`);
      shown = true;
    },
    end() {
      if (shown && stream.isTTY) stream.write(clear);
      shown = false;
    },
  };
}
