// @ts-check
// `npm run demo`: serves the demo page from its sources, on this machine only unless told otherwise, until Ctrl-C.
// stdout has one line, the address, for whoever wants to hand it to something else.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { reportFailure, SetupError, say } from './setup/messages.mjs';
import { root, setup } from './setup.mjs';

const defaultPort = 5173;
const help = `Usage: npm run demo -- [--port N] [--host] [--open]

  --port N   listen on this port and on no other (default: ${defaultPort}, or the next free one)
  --host     listen on all network interfaces; browsers have WebGPU only on localhost and over https
  --open     open the page in the default browser`;

/** @param {string | undefined} text */
function parsePort(text) {
  if (text === undefined) return undefined;
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 1 && port <= 65_535) return port;
  throw new RangeError(`--port is "${text}", but must be a number from 1 to 65535`);
}

/** @param {{ port: number | undefined, host: boolean, open: boolean }} options */
async function serve({ port, host, open }) {
  await setup({ browser: false });
  const { createServer } = await import('vite'); // not before: it is one of the packages
  const server = await createServer({
    root,
    configFile: join(root, 'vite.pages.config.ts'),
    logLevel: 'warn',
    clearScreen: false,
    optimizeDeps: { entries: ['demo/**/index.html'] },
    server: {
      port: port ?? defaultPort,
      strictPort: port !== undefined,
      host,
      open: open ? '/demo/' : false,
    },
  });
  try {
    await server.listen();
  } catch (error) {
    await server.close();
    if (!/in use/.test(String(error))) throw error;
    throw new SetupError(`port ${port} is in use: choose another one with --port, or leave it out.`);
  }
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.once(signal, async () => {
      await server.close();
      process.exit(0);
    });
  }
  const { local = [], network = [] } = server.resolvedUrls ?? {};
  console.log([...local, ...network].map((url) => `${url}demo/`).join('  '));
  say('serving the demo; Ctrl-C ends it.');
}

/** @type {{ port?: string, host?: boolean, open?: boolean, help?: boolean }} */
let values = {};
/** @type {number | undefined} */
let port;
try {
  values = parseArgs({
    options: {
      port: { type: 'string' },
      host: { type: 'boolean' },
      open: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  }).values;
  port = parsePort(values.port);
} catch (error) {
  say(`${error instanceof Error ? error.message : error} (--help lists the options)`);
  process.exit(2);
}

if (values.help) {
  console.log(help);
} else {
  try {
    await serve({ port, host: values.host ?? false, open: values.open ?? false });
  } catch (error) {
    reportFailure(error);
    process.exitCode = 1;
  }
}
