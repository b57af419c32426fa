// Vite plugin: turns `import kernel from './shaders/name.wgsl'` into a linked kernel with what the host must know of it.
// WESL imports and conditions are resolved here, at build time, so nothing of the linker is shipped.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { link } from 'wesl';
import type { Kernel, Storage, StoredKernels } from '../../src/gpu/kernel.js';
import { STORAGES, storedKernels } from '../../src/gpu/stored-kernels.js';
import { mergeTexts } from './merge-texts.js';
import { reflectKernel } from './reflect-kernel.js';

/** All WGSL files under `folder`, keyed as WESL wants them: './shared/outer.wgsl'. */
function readShaders(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.wgsl'));
  return Object.fromEntries(
    files.map((file) => [`./${file.split(sep).join('/')}`, readFileSync(join(folder, file), 'utf8')]),
  );
}

/** How values lie in storage: the conditions that a kernel is linked under, one at a time (shaders/shared/stored.wgsl), and their place in names. */
const STORAGE_NAMES = { float32: 'f32', float16: 'f16', packed16: 'packed16' } as const satisfies Record<
  Storage,
  string
>;

/** What WGSL knows only where `subgroups` is enabled; the linker does not pass on what imported modules enable. */
const USES_SUBGROUPS = /\b(subgroup|quad)[A-Z]\w*\(|@builtin\(subgroup_/;

/** Links one kernel file for a storage and reflects on the result. Throws an Error with the file's name when either fails. */
export async function linkKernel(shaderFolder: string, file: string, storage: Storage = 'float32'): Promise<Kernel> {
  const rootModuleName = `./${relative(shaderFolder, file).split(sep).join('/')}`;
  const conditions = Object.fromEntries(STORAGES.map((name) => [name, name === storage]));
  try {
    const linked = await link({ weslSrc: readShaders(shaderFolder), rootModuleName, conditions, keepComments: false });
    const lines = linked.dest.split('\n').map((line) => line.trimEnd());
    const text = lines.filter((line) => line !== '');
    const enable = [
      ...(storage === 'float16' ? ['enable f16;'] : []),
      ...(text.some((line) => USES_SUBGROUPS.test(line)) ? ['enable subgroups;'] : []),
    ];
    const code = `${[...enable, ...text].join('\n')}\n`;
    return {
      name: basename(file, '.wgsl').replace('_f32', `_${STORAGE_NAMES[storage]}`),
      code,
      ...reflectKernel(code),
    };
  } catch (error) {
    throw new Error(`${rootModuleName} (${storage}): ${(error as Error).message}`, { cause: error });
  }
}

/** Links a kernel file for every storage: `import kernels from './name.wgsl?stored'`. Throws if they differ in more than their text. */
async function linkStored(shaderFolder: string, file: string): Promise<Parameters<typeof storedKernels>> {
  const kernels = await Promise.all(STORAGES.map((storage) => linkKernel(shaderFolder, file, storage)));
  const [facts, ...others] = kernels.map(({ name: _, code: __, ...rest }) => rest);
  const differing = others.findIndex((other) => JSON.stringify(other) !== JSON.stringify(facts));
  if (differing >= 0) throw new Error(`${file}: ${kernels[differing + 1]!.name} has other parameters or bindings`);
  return [kernels.map(({ name }) => name), mergeTexts(kernels.map(({ code }) => code)), facts!];
}

/** Links a kernel file for every storage. */
export async function linkStoredKernels(shaderFolder: string, file: string): Promise<StoredKernels> {
  return storedKernels(...(await linkStored(shaderFolder, file)));
}

const STORED_KERNELS = fileURLToPath(new URL('../../src/gpu/stored-kernels.ts', import.meta.url));

/** The module that an import of a kernel file yields. */
async function kernelModule(shaderFolder: string, file: string, query: string | undefined): Promise<string> {
  if (query !== 'stored') return `export default ${JSON.stringify(await linkKernel(shaderFolder, file))};`;
  const parts = await linkStored(shaderFolder, file);
  return `import { storedKernels } from ${JSON.stringify(STORED_KERNELS)};
export default /* @__PURE__ */ storedKernels(${parts.map((part) => JSON.stringify(part)).join(', ')});`;
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
      return { code: await kernelModule(root, file, query), map: null };
    },
  };
}
