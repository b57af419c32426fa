// The benchmark, built from sources when it runs (scripts/bench.mjs): `page` is the page with all engines, `command` what the
// command itself needs of it, `alone` the file that runs in Node on Dawn. Nothing else builds it, since nothing else has the
// packages of bench/package.json.
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin, type UserConfig } from 'vite';
import { kernelPlugin } from './scripts/build/kernel-plugin.js';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const ENTRIES = { 'webgpu-conv': 'src/index.ts', 'webgpu-conv/reference': 'src/reference/index.ts' };

/** A package that could not be installed fails when it is imported, not when the page is built: one row instead of no page. */
function absentPackages(): Plugin {
  const prefix = '\0absent:';
  return {
    name: 'webgpu-conv:absent-packages',
    enforce: 'pre',
    async resolveId(name, importer) {
      if (!importer?.startsWith(path('bench')) || importer.includes('node_modules') || /^[./\0]|^node:/.test(name))
        return;
      const found = await this.resolve(name, importer, { skipSelf: true });
      return found ?? prefix + name;
    },
    load(id) {
      if (!id.startsWith(prefix)) return;
      const message = `${id.slice(prefix.length).replace(/\?.*/, '')} is not installed`;
      return { code: `throw new Error(${JSON.stringify(message)}); export default '';`, syntheticNamedExports: true };
    },
  };
}

const targets: Record<string, NonNullable<UserConfig['build']>> = {
  page: {
    outDir: path('bench/dist/page'),
    assetsInlineLimit: 0,
    rolldownOptions: { input: path('bench/page/index.html') },
  },
  command: { outDir: path('bench/dist/command'), ssr: path('bench/node/benchmark.ts') },
  alone: { outDir: path('bench/dist/alone'), ssr: path('bench/node/main.ts') },
};

export default defineConfig(({ mode }): UserConfig => {
  const isPage = mode === 'page';
  return {
    root: path('.'),
    base: './',
    plugins: [kernelPlugin(path('shaders')), absentPackages()],
    resolve: {
      alias: Object.entries(ENTRIES).map(([name, file]) => ({
        find: new RegExp(`^${name}$`),
        replacement: path(file),
      })),
    },
    ...(isPage ? {} : { ssr: { noExternal: true } }),
    build: {
      emptyOutDir: true,
      target: 'es2022',
      minify: false, // TensorFlow.js starts its workers from the text of a function
      reportCompressedSize: false,
      chunkSizeWarningLimit: 10_000,
      ...targets[mode],
      ...(isPage ? {} : { rolldownOptions: { output: { entryFileNames: 'bench.js', codeSplitting: false } } }),
    },
  };
});
