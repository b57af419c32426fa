// @ts-check
// Completes package-lock.json after `npm install` from a registry that lacks the packages of other platforms: npm leaves
// those out of the lock then, and `npm ci` refuses it everywhere. Their names and versions stand in the lock all the same,
// as optional dependencies of packages that bring a binary for each platform. Run by hand: see CONTRIBUTING.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('../../package-lock.json', import.meta.url));
/** @type {{ packages: Record<string, any> }} */
const lock = JSON.parse(readFileSync(file, 'utf8'));

for (const entry of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const [, os, cpu, abi] =
      /-(android|darwin|freebsd|linux|openbsd|openharmony|win32)-(\w+)(?:-(\w+))?$/.exec(name) ?? [];
    if (!os || lock.packages[`node_modules/${name}`]) continue;
    lock.packages[`node_modules/${name}`] = {
      version,
      cpu: [cpu],
      dev: true,
      ...(os === 'linux' ? { libc: [abi?.startsWith('musl') ? 'musl' : 'glibc'] } : {}),
      license: entry.license,
      optional: true,
      os: [os],
      ...(entry.engines ? { engines: entry.engines } : {}),
    };
    console.log(`added ${name}@${version}`);
  }
}
const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
