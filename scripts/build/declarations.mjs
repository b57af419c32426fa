// @ts-check
// Writes dist/*.d.ts: the compiler's declarations, rolled up to one file an entry, so that internals (and with them the
// types of @webgpu/types) are not published.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const compiled = `${root}dist/.types`;
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

rmSync(compiled, { recursive: true, force: true });
execFileSync(process.execPath, [tsc, '-p', `${root}tsconfig.build.json`], { stdio: 'inherit' });
const bundle = await rollup({
  input: {
    index: `${compiled}/index.d.ts`,
    reference: `${compiled}/reference/index.d.ts`,
    image: `${compiled}/image/index.d.ts`,
    training: `${compiled}/training/index.d.ts`,
  },
  plugins: [dts()],
  onwarn(warning) {
    throw new Error(`declarations: ${warning.message}`);
  },
});
await bundle.write({
  dir: `${root}dist`,
  format: 'es',
  chunkFileNames: 'shared/[name].ts',
  // `using` needs Symbol.dispose, which programs that target ES2022 do not have in their library of types
  banner: ({ name }) => (name === 'index' ? '/// <reference lib="esnext.disposable" />' : ''),
});
await bundle.close();
rmSync(compiled, { recursive: true, force: true });
