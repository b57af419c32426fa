// @ts-check
// Serves the built pages on this machine alone, on a port that is free.
import { join } from 'node:path';
import { preview } from 'vite';

// an isolated page has a clock of 5 µs instead of 100 µs
const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/**
 * @param {string} root
 * @param {{ config?: string, mode?: string, port?: number, open?: string }} [options] `open`: a path to show in the default browser
 * @returns {Promise<{ url: (path: string) => string, close: () => Promise<void> }>}
 */
export async function servePages(root, { config = 'vite.pages.config.ts', mode, port = 0, open } = {}) {
  const server = await preview({
    root,
    configFile: join(root, config),
    ...(mode === undefined ? {} : { mode }),
    logLevel: 'silent',
    // an address, not a name: "localhost" may stand for two of them, of which the server would take one
    preview: { host: '127.0.0.1', port, strictPort: port !== 0, open: open ?? false, headers: isolation },
  });
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('the server of the pages has no port.');
  return {
    url: (path) => `http://127.0.0.1:${address.port}/${path}`,
    close: () => server.close(),
  };
}
