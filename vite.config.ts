// Builds the library (dist/) and configures the tests. The pages have vite.pages.config.ts.
import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { kernelPlugin } from './scripts/build/kernel-plugin.js';
import { findBrowser } from './scripts/setup/browser.mjs';
import { browserArguments } from './scripts/setup/launch-arguments.mjs';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** An installed browser, or Playwright's own where there is none. */
async function launchOptions() {
  const executablePath = await findBrowser();
  return { args: browserArguments(), ...(executablePath === undefined ? {} : { executablePath }) };
}

/** Test bodies of test/gpu: the same in a browser and in Node on Dawn. Or, for `npm run calibrate`, a measurement. */
const gpuTests = {
  include: process.env.WEBGPU_CONV_CALIBRATE
    ? ['bench/calibration/calibrate.ts']
    : ['test/gpu/**/*.test.ts', 'test/conformance/gpu.test.ts'],
  testTimeout: 120_000,
  hookTimeout: 120_000,
  fileParallelism: false,
};

export default defineConfig(
  async (): Promise<ViteUserConfig> => ({
    plugins: [kernelPlugin(path('shaders'))],
    resolve: {
      alias: [
        { find: 'webgpu-conv/reference', replacement: path('src/reference/index.ts') },
        { find: 'webgpu-conv/image', replacement: path('src/image/index.ts') },
        { find: 'webgpu-conv/training', replacement: path('src/training/index.ts') },
        { find: /^webgpu-conv$/, replacement: path('src/index.ts') },
      ],
    },
    build: {
      target: 'es2022',
      minify: false,
      lib: {
        entry: {
          index: 'src/index.ts',
          reference: 'src/reference/index.ts',
          image: 'src/image/index.ts',
          training: 'src/training/index.ts',
        },
        formats: ['es' as const],
      },
      rolldownOptions: { output: { chunkFileNames: 'shared/[name].js' } },
    },
    test: {
      projects: [
        {
          extends: true,
          test: { name: 'unit', include: ['test/unit/**/*.test.ts', 'test/conformance/reference.test.ts'] },
        },
        {
          extends: true,
          test: {
            name: 'types',
            include: [],
            typecheck: {
              enabled: true,
              only: true,
              include: ['test/types/**/*.test-d.ts'],
              tsconfig: 'test/types/tsconfig.json',
              ignoreSourceErrors: true, // those of the library are for the type check, which says where they are
            },
          },
        },
        { extends: true, test: { name: 'package', include: ['test/package/**/*.test.ts'], testTimeout: 120_000 } },
        {
          extends: true,
          test: {
            ...gpuTests,
            name: 'gpu',
            browser: {
              enabled: true,
              headless: true,
              screenshotFailures: false,
              provider: playwright({ launchOptions: await launchOptions() }),
              instances: [{ browser: 'chromium' as const }],
            },
          },
        },
        {
          extends: true,
          test: {
            ...gpuTests,
            name: 'dawn',
            // what these add to the others is arithmetic in f32, and their kernels compile for minutes there: the browser runs them
            exclude: ['conv2d', 'fft', 'properties', 'separable'].map((name) => `test/gpu/${name}.test.ts`),
            setupFiles: ['test/dawn/setup.ts'],
            pool: 'forks' as const,
          },
        },
      ],
    },
  }),
);
