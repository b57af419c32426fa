// What is published, held as a user gets it: packed, unpacked elsewhere, imported, type-checked, measured.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleModule } from '../../scripts/docs/readme-examples.js';
import { npmCommand } from '../../scripts/setup/npm.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const resolve = createRequire(import.meta.url).resolve;
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const entries = ['index', 'reference', 'image', 'training'];

let folder: string;
let tarball: string;
let installed: string;

beforeAll(() => {
  if (!existsSync(join(root, 'dist/index.js'))) throw new Error('dist/ is missing: run `npm run build` first.');
  folder = mkdtempSync(join(tmpdir(), 'webgpu-conv-package-'));
  const { command, args } = npmCommand();
  execFileSync(command, [...args, 'pack', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
    stdio: 'pipe',
  });
  tarball = join(folder, readdirSync(folder).find((file) => file.endsWith('.tgz'))!);
  execFileSync('tar', ['-xzf', tarball, '-C', folder]);
  installed = join(folder, 'consumer/node_modules/webgpu-conv');
  mkdirSync(dirname(installed), { recursive: true });
  cpSync(join(folder, 'package'), installed, { recursive: true });
  cpSync(join(root, 'test/package/consumer'), join(folder, 'consumer'), { recursive: true });
  writeFileSync(join(folder, 'consumer/package.json'), '{ "type": "module" }');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the package', () => {
  it('holds the built files, the readme, the licence and nothing else', () => {
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.\w+$|LICENSE/.test(file),
    );
    expect(files.filter((file) => !file.startsWith('dist/')).sort()).toEqual([
      'ARCHITECTURE.md',
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'LICENSE',
      'README.md',
      'docs/benchmark.md',
      'docs/measurements.md',
      'package.json',
    ]);
    for (const entry of entries)
      expect(files).toEqual(expect.arrayContaining([`dist/${entry}.js`, `dist/${entry}.d.ts`]));
    expect(files.filter((file) => file.startsWith('dist/') && !/\.(js|d\.ts)$/.test(file))).toEqual([]);
  });

  it('has no runtime dependency', () => {
    expect(manifest.dependencies).toBeUndefined();
    for (const file of readdirSync(join(installed, 'dist'), { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.js')) continue;
      const imports = [
        ...readFileSync(join(installed, 'dist', file), 'utf8').matchAll(/^(?:import|export)[^;]* from ["'](.+?)["']/gm),
      ];
      for (const [, source] of imports) expect(source).toMatch(/^\.\.?\//);
    }
  });

  it('pleases publint', async () => {
    const { messages } = await publint({ pkgDir: installed, strict: true });
    expect(messages.map((message) => formatMessage(message, manifest))).toEqual([]);
  });

  it('pleases "are the types wrong"', () => {
    const cli = join(dirname(resolve('@arethetypeswrong/cli/package.json')), 'dist/index.js');
    const output = execFileSync(
      process.execPath,
      [cli, tarball, '--profile', 'esm-only', '--format', 'json', '--no-definitely-typed'],
      {
        encoding: 'utf8',
      },
    );
    const { analysis, problems } = JSON.parse(output);
    expect(Object.keys(analysis.entrypoints)).toEqual(
      expect.arrayContaining(['.', './reference', './image', './training']),
    );
    // the profile accepts what ESM only means for require() and for resolution without exports; anything else exits with 1
    expect(['CJSResolvesToESM', 'NoResolution']).toEqual(expect.arrayContaining(Object.keys(problems ?? {})));
  });

  it('imports in Node, and computes without a GPU', async () => {
    const reference = await import(join(installed, 'dist/reference.js'));
    const { data } = reference.conv2d({ data: [3], shape: [1, 1, 1, 1] }, { data: [5], shape: [1, 1, 1, 1] });
    expect([...data]).toEqual([15]);
    const line = reference.conv1dProblem({ inputShape: [1, 1, 3], filterShape: [1, 1, 2] });
    const { values } = reference.convolutionMatrix(line, { data: [1, 2], shape: [1, 1, 2] });
    expect([...values]).toEqual([1, 2, 1, 2]);
    const main = await import(join(installed, 'dist/index.js'));
    expect(Object.keys(main)).toEqual(expect.arrayContaining(['createEngine', 'conv2dProblem', 'ConvError']));
    const volume = main.convTranspose3dProblem({
      inputShape: [1, 2, 3, 3, 3],
      filterShape: [2, 4, 2, 2, 2],
      strides: 2,
    });
    expect(main.convOutputShape(volume)).toEqual([1, 4, 6, 6, 6]);
    await expect(main.createEngine({ gpu: { requestAdapter: async () => null } })).rejects.toThrow(
      'it offers no adapter',
    );
  });

  it('shares the engine between its entry points', async () => {
    const training = await import(join(installed, 'dist/training.js'));
    expect([...training.readSafetensors(training.writeSafetensors(new Map())).tensors]).toEqual([]);
    expect(() => training.Network.create({}, [], {})).toThrow('the engine must be one that createEngine made');
    const { createEngine } = await import(join(installed, 'dist/index.js'));
    const device = { createComputePipelineAsync() {}, limits: {}, features: new Set(), lost: new Promise(() => {}) };
    const engine = await createEngine({ device });
    expect(() => training.Network.create(engine, [], {})).toThrow('layers must be a list with at least one layer');
  });

  // the budget, in KiB after gzip: raise it knowingly
  it.each([
    ['index', 150],
    ['reference', 46],
    ['image', 5],
    ['training', 180], // with the engine, whose code it shares
  ])('keeps %s within %i KiB', (entry, budget) => {
    const seen = new Set<string>();
    const visit = (file: string) => {
      if (seen.has(file)) return;
      seen.add(file);
      const code = readFileSync(file, 'utf8');
      for (const [, source] of code.matchAll(/from ["'](\..+?)["']/g)) visit(join(dirname(file), source!));
    };
    visit(join(installed, 'dist', `${entry}.js`));
    const bytes = [...seen].reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
    expect(bytes / 1024).toBeLessThan(budget);
    expect(bytes / 1024).toBeGreaterThan(budget / 4);
  });
});

describe('the declarations', () => {
  const types = ['ES2022', 'DOM', 'ESNext.Disposable'];
  const tsc = resolve('typescript/bin/tsc');

  function compile(file: string, options: object): string {
    const config = join(folder, 'consumer/tsconfig.json');
    const compilerOptions = {
      target: 'ES2022',
      module: 'ESNext',
      moduleResolution: 'bundler',
      strict: true,
      noEmit: true,
    };
    writeFileSync(
      config,
      JSON.stringify({
        compilerOptions: { ...compilerOptions, skipLibCheck: false, types: [], ...options },
        files: [file],
      }),
    );
    try {
      execFileSync(process.execPath, [tsc, '-p', config], { encoding: 'utf8' });
      return '';
    } catch (error) {
      return (error as { stdout: string }).stdout;
    }
  }

  it('mention neither @webgpu/types nor any of its names as a type', () => {
    for (const file of readdirSync(join(installed, 'dist'), { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.d.ts')) continue;
      const text = readFileSync(join(installed, 'dist', file), 'utf8').replace(/\/\*[\s\S]*?\*\/|'GPU\w*'/g, '');
      expect(text).not.toMatch(/@webgpu|\bGPU[A-Z]\w*/);
    }
  });

  it.each([
    ['a bundler’s resolution', {}],
    ['Node’s resolution', { module: 'NodeNext', moduleResolution: 'NodeNext' }],
    ['a program that has @webgpu/types', { types: [dirname(resolve('@webgpu/types/package.json'))] }],
    ['an older library of types', { lib: types.slice(0, 2) }],
    ['exact optional properties', { exactOptionalPropertyTypes: true }],
  ])('compile with %s, every library checked', (_, options) => {
    expect(compile('use.ts', options)).toBe('');
  });

  it('compile the examples of README.md', () => {
    writeFileSync(join(folder, 'consumer/readme.ts'), exampleModule(readFileSync(join(root, 'README.md'), 'utf8')));
    expect(compile('readme.ts', { exactOptionalPropertyTypes: true })).toBe('');
  });

  it('take and check a device and buffers where the program knows their types', () => {
    expect(compile('buffers.ts', { types: [dirname(resolve('@webgpu/types/package.json'))] })).toBe('');
  });

  it('are really compiled here: a wrong program fails', () => {
    writeFileSync(join(folder, 'consumer/wrong.ts'), "import { createEngin } from 'webgpu-conv';\ncreateEngin();\n");
    expect(compile('wrong.ts', {})).toContain("'createEngin'");
  });
});
