// Vite plugin: turns `import kernel from './shaders/name.wgsl'` into a linked kernel with what the host must know of it.
// WESL imports are resolved here, at build time, so nothing of the linker is shipped.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import type { Plugin } from 'vite';
import { link } from 'wesl';
import type { Kernel } from '../../src/gpu/kernel.js';
import { reflectKernel } from './reflect-kernel.js';

/** All WGSL files under `folder`, keyed as WESL wants them: './shared/outer.wgsl'. */
function readShaders(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.wgsl'));
  return Object.fromEntries(
    files.map((file) => [`./${file.split(sep).join('/')}`, readFileSync(join(folder, file), 'utf8')]),
  );
}

/** Links one kernel file and reflects on the result. Throws an Error with the file's name when either fails. */
export async function linkKernel(shaderFolder: string, file: string): Promise<Kernel> {
  const rootModuleName = `./${relative(shaderFolder, file).split(sep).join('/')}`;
  try {
    const linked = await link({ weslSrc: readShaders(shaderFolder), rootModuleName, keepComments: false });
    const lines = linked.dest.split('\n').map((line) => line.trimEnd());
    const code = `${lines.filter((line) => line !== '').join('\n')}\n`;
    return { name: basename(file, '.wgsl'), code, ...reflectKernel(code) };
  } catch (error) {
    throw new Error(`${rootModuleName}: ${(error as Error).message}`, { cause: error });
  }
}

/** The plugin. `shaderFolder` is the root of WESL's `package::`. */
export function kernelPlugin(shaderFolder: string): Plugin {
  const root = resolve(shaderFolder);
  return {
    name: 'webgpu-conv:kernel',
    enforce: 'pre',
    async load(id) {
      const file = resolve(id.split('?')[0]!);
      if (!file.endsWith('.wgsl') || !file.startsWith(root)) return null;
      for (const shader of Object.keys(readShaders(root))) this.addWatchFile(join(root, shader));
      return { code: `export default ${JSON.stringify(await linkKernel(root, file))};`, map: null };
    },
  };
}
