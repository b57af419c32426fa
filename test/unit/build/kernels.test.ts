// Every kernel of shaders/ links, keeps the house rules, and says the same as the TypeScript that uses it.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { linkKernel, linkStoredKernels } from '../../../scripts/build/kernel-plugin.js';
import { reflectKernel } from '../../../scripts/build/reflect-kernel.js';
import { ACTIVATION_CODES, PADDING_CODES, POOL_KIND_CODES } from '../../../src/algorithms/codes.js';

const folder = fileURLToPath(new URL('../../../shaders', import.meta.url));
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.wgsl'));
const kernels = files.filter((file) => /@compute/.test(readFileSync(join(folder, file), 'utf8')));

describe('kernels', () => {
  it('are found', () => expect(kernels.length).toBeGreaterThanOrEqual(5));

  it.each(kernels)('%s links, and reflects bindings, parameters and workgroup size', async (file) => {
    const kernel = await linkKernel(folder, join(folder, file));
    expect(kernel.name).toBe(basename(file, '.wgsl'));
    expect(kernel.code).not.toMatch(/^\s*import |\/\//m);
    expect(kernel.bindings[0]).toMatchObject({ name: 'params', type: 'uniform' });
    expect(kernel.uniform.sizeBytes % 16).toBe(0);
    const [x, y, z] = kernel.workgroupSize;
    expect(x * y * z).toBeLessThanOrEqual(256);
  });

  it.each(kernels)('%s is named <operator>_<algorithm>_<dtype>[_<tile>]', (file) => {
    expect(basename(file, '.wgsl')).toMatch(/^[a-z0-9]+(_[a-z0-9]+)*_f(32|16)(_\d+x\d+)?$/);
  });

  it.each(files)('%s starts with what it is for, and stays short', (file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    expect(text).toMatch(/^\/\/ \S/);
    expect(text.split('\n').length).toBeLessThanOrEqual(120);
  });

  it.each(kernels)('%s links for every storage, with the same parameters and bindings', async (file) => {
    const { float32, float16, packed16 } = await linkStoredKernels(folder, join(folder, file));
    for (const kernel of [float16, packed16]) {
      const { name: _, code: __, ...facts } = kernel;
      const { name: ___, code: ____, ...expected } = float32;
      expect(facts).toEqual(expected);
    }
    expect(float16.code).toMatch(/^enable f16;/);
    for (const { code } of [float32, packed16]) expect(code).not.toMatch(/\bf16\b/);
    expect(new Set([float32.name, float16.name, packed16.name]).size).toBe(3);
  });

  it.each([
    ['shared/activation.wgsl', 'ACTIVATION', ACTIVATION_CODES],
    ['shared/padding.wgsl', 'PADDING', PADDING_CODES],
    ['pool/pool_window_f32.wgsl', 'KIND', POOL_KIND_CODES],
    ['backward/pool_gradient_f32.wgsl', 'KIND', POOL_KIND_CODES],
  ])('%s numbers %s as TypeScript does', (file, prefix, codes) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const constants = [...text.matchAll(new RegExp(`const ${prefix}_(\\w+) = (\\d+)u;`, 'g'))];
    const stated = constants.map(([, name, code]) => [name!.toLowerCase(), Number(code)]);
    expect(Object.fromEntries(stated)).toEqual(
      Object.fromEntries(Object.entries(codes).map(([name, code]) => [name.toLowerCase(), code])),
    );
  });
});

describe('reflectKernel', () => {
  const kernel = (more: string, main = '@compute @workgroup_size(8, TILE) fn main() {}') => `
struct Params { count: u32, shift: i32, scale: f32 }
const TILE = 4u;
override FLAG: bool = false;
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
${more}
${main}
`;

  it('reads everything off the text', () => {
    expect(reflectKernel(kernel('var<workgroup> tile: array<f32, 16>;'))).toEqual({
      overrides: { FLAG: 'bool' },
      constants: { TILE: 4 },
      bindings: [
        { name: 'params', type: 'uniform' },
        { name: 'x', type: 'read-only-storage' },
        { name: 'y', type: 'storage' },
      ],
      uniform: {
        sizeBytes: 16,
        fields: {
          count: { offsetBytes: 0, type: 'u32' },
          shift: { offsetBytes: 4, type: 'i32' },
          scale: { offsetBytes: 8, type: 'f32' },
        },
      },
      workgroupSize: [8, 4, 1],
    });
  });

  it.each([
    [
      '@group(0) @binding(4) var<storage, read> z: array<f32>;',
      'bindings must be numbered 0…n in group 0, without gaps',
    ],
    [
      '@group(1) @binding(3) var<storage, read> z: array<f32>;',
      'bindings must be numbered 0…n in group 0, without gaps',
    ],
    ['@group(0) @binding(3) var<uniform> more: Params;', 'exactly one parameter block, at binding 0'],
    ['@compute @workgroup_size(1) fn other() {}', 'exactly one entry point, called main'],
  ])('refuses %s', (more, message) => expect(() => reflectKernel(kernel(more))).toThrow(message));

  it('refuses vectors in the parameter block, whose layout it does not compute', () => {
    const code = kernel('').replace('shift: i32', 'shift: vec2f');
    expect(() => reflectKernel(code)).toThrow('parameter shift must be one of u32, i32, f32');
  });

  it('refuses a workgroup size that it cannot read', () => {
    const main = '@compute @workgroup_size(WIDTH) fn main() {}';
    expect(() => reflectKernel(kernel('override WIDTH: u32 = 8;', main))).toThrow(
      '@workgroup_size takes numbers or constants of the module, got (WIDTH)',
    );
    expect(() => reflectKernel(kernel('', '@compute @workgroup_size(8 * 8) fn main() {}'))).toThrow('got (8 * 8)');
  });

  it('refuses an override without a type, which would be guessed', () => {
    expect(() => reflectKernel(kernel('override SCALE = 1.5;'))).toThrow('override SCALE must state its type');
  });
});
