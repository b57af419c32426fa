// Vite plugin: turns `import kernel from './shaders/name.wgsl'` into a linked kernel with what the host must know of it.
// WESL imports and conditions are resolved here, at build time, so nothing of the linker is shipped.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import type { Plugin } from 'vite';
import { link } from 'wesl';
import type { Kernel, Storage, StoredKernels } from '../../src/gpu/kernel.js';
import { reflectKernel } from './reflect-kernel.js';

/** All WGSL files under `folder`, keyed as WESL wants them: './shared/outer.wgsl'. */
function readShaders(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.wgsl'));
  return Object.fromEntries(
    files.map((file) => [`./${file.split(sep).join('/')}`, readFileSync(join(folder, file), 'utf8')]),
  );
}

/** How values lie in storage: the conditions that a kernel is linked under, one at a time (shaders/shared/stored.wgsl). */
const STORAGES = { float32: 'f32', float16: 'f16', packed16: 'packed16' } as const satisfies Record<Storage, string>;

/** Links one kernel file for a storage and reflects on the result. Throws an Error with the file's name when either fails. */
export async function linkKernel(shaderFolder: string, file: string, storage: Storage = 'float32'): Promise<Kernel> {
  const rootModuleName = `./${relative(shaderFolder, file).split(sep).join('/')}`;
  const conditions = Object.fromEntries(Object.keys(STORAGES).map((name) => [name, name === storage]));
  try {
    const linked = await link({ weslSrc: readShaders(shaderFolder), rootModuleName, conditions, keepComments: false });
    const lines = linked.dest.split('\n').map((line) => line.trimEnd());
    const enable = storage === 'float16' ? ['enable f16;'] : [];
    const code = `${[...enable, ...lines.filter((line) => line !== '')].join('\n')}\n`;
    return { name: basename(file, '.wgsl').replace('_f32', `_${STORAGES[storage]}`), code, ...reflectKernel(code) };
  } catch (error) {
    throw new Error(`${rootModuleName} (${storage}): ${(error as Error).message}`, { cause: error });
  }
}

/** Links a kernel file for every storage: `import kernels from './name.wgsl?stored'`. */
export async function linkStoredKernels(shaderFolder: string, file: string): Promise<StoredKernels> {
  const storages = Object.keys(STORAGES) as Storage[];
  const kernels = await Promise.all(storages.map((storage) => linkKernel(shaderFolder, file, storage)));
  return Object.fromEntries(storages.map((storage, index) => [storage, kernels[index]!])) as Record<Storage, Kernel>;
}

/** The plugin. `shaderFolder` is the root of WESL's `package::`. */
export function kernelPlugin(shaderFolder: string): Plugin {
  const root = resolve(shaderFolder);
  return {
    name: 'webgpu-conv:kernel',
    enforce: 'pre',
    async load(id) {
      const [path, query] = id.split('?') as [string, string?];
      const file = resolve(path);
      if (!file.endsWith('.wgsl') || !file.startsWith(root)) return null;
      for (const shader of Object.keys(readShaders(root))) this.addWatchFile(join(root, shader));
      const linked = query === 'stored' ? await linkStoredKernels(root, file) : await linkKernel(root, file);
      return { code: `export default ${JSON.stringify(linked)};`, map: null };
    },
  };
}
