// @ts-check
// `npm run docs`: writes the coverage table of README.md, asked of the algorithms of the sources, which Vite loads.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { say } from './setup/messages.mjs';
import { root, setup } from './setup.mjs';

await setup({ browser: false });
const { createServer } = await import('vite'); // not before: it is one of the packages
const server = await createServer({
  root,
  configFile: join(root, 'vite.config.ts'),
  logLevel: 'warn',
  server: { middlewareMode: true, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});
try {
  const [{ ALGORITHMS }, { coverageRows }, { coverageTable, withCoverage }] = await Promise.all(
    ['src/algorithms/table.ts', 'scripts/docs/coverage-rows.ts', 'scripts/docs/coverage-table.ts'].map((file) =>
      server.ssrLoadModule(join(root, file)),
    ),
  );
  const file = join(root, 'README.md');
  const before = readFileSync(file, 'utf8');
  const after = withCoverage(before, coverageTable(coverageRows, ALGORITHMS));
  if (after !== before) writeFileSync(file, after);
  say(after === before ? 'README.md is up to date.' : 'wrote the coverage table of README.md.');
} finally {
  await server.close();
}
