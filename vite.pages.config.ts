// The pages: demo and the page behind `npm start`. Served from sources while developing; built against dist/, that is,
// against what is published.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { kernelPlugin } from './scripts/build/kernel-plugin.js';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const ENTRIES = {
  'webgpu-conv': 'index',
  'webgpu-conv/reference': 'reference',
  'webgpu-conv/image': 'image',
  'webgpu-conv/training': 'training',
};

export default defineConfig(({ command }) => ({
  base: './',
  plugins: [kernelPlugin(path('shaders'))],
  resolve: {
    alias: Object.entries(ENTRIES).map(([name, entry]) => ({
      find: new RegExp(`^${name}$`),
      replacement: path(
        command === 'build' ? `dist/${entry}.js` : entry === 'index' ? 'src/index.ts' : `src/${entry}/index.ts`,
      ),
    })),
  },
  build: {
    outDir: 'site',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: {
        demo: path('demo/index.html'),
        train: path('demo/train/index.html'),
        learn: path('demo/learn/index.html'),
        showcase: path('bench/showcase/index.html'),
      },
    },
  },
}));
