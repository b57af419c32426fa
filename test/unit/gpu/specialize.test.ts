// Text that overrides leave of a kernel: every kernel of shaders/ under every value that an override may have.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { linkKernel } from '../../../scripts/build/kernel-plugin.js';
import { reflectKernel } from '../../../scripts/build/reflect-kernel.js';
import { ACTIVATION_CODES, PADDING_CODES } from '../../../src/algorithms/codes.js';
import type { Kernel } from '../../../src/gpu/kernel.js';
import { specialize } from '../../../src/gpu/specialize.js';

const folder = fileURLToPath(new URL('../../../shaders', import.meta.url));
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.wgsl'));
const kernels = files.filter((file) => /@compute/.test(readFileSync(join(folder, file), 'utf8')));

const functionsOf = (code: string) => new Set([...code.matchAll(/\bfn (\w+)\(/g)].map(([, name]) => name!));
const callsOf = (code: string) => new Set([...code.matchAll(/(?<!fn )\b(\w+)\(/g)].map(([, name]) => name!));

/** Overrides that all have their default, 0, but one. */
function withOverride(kernel: Kernel, name: string | undefined, value: number): Record<string, number> {
  const zeros = Object.fromEntries(Object.keys(kernel.overrides).map((override) => [override, 0]));
  return name === undefined ? zeros : { ...zeros, [name]: value };
}

describe('specialize', () => {
  it.each(kernels)('%s keeps what it calls, and facts that the host relies on', async (file) => {
    const kernel = await linkKernel(folder, join(folder, file));
    const { name: _, code, ...facts } = kernel;
    const declared = functionsOf(code);
    for (const name of [undefined, ...Object.keys(kernel.overrides)]) {
      for (let value = 0; value <= 15; value++) {
        const text = specialize(kernel, withOverride(kernel, name, value));
        expect(reflectKernel(text)).toEqual(facts);
        const left = functionsOf(text);
        for (const call of callsOf(text)) expect(left.has(call), `${name}=${value}: ${call}`).toBe(declared.has(call));
        for (const kept of left) if (kept !== 'main') expect(callsOf(text), `${name}=${value}`).toContain(kept);
      }
    }
  });

  const kernel = (code: string): Kernel => ({ name: 'test', code, ...reflectKernel(code) });
  const text = (body: string, more = '') => `override ACTIVATION: u32 = 0u;
override FLAG: bool = false;
const ACTIVATION_RELU = 1u;
struct Params {
  count: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
${more}@compute @workgroup_size(8) fn main() {
${body}
}
`;
  const bodyOf = (body: string, overrides: { ACTIVATION?: number; FLAG?: number } = {}, more = '') => {
    const code = specialize(kernel(text(body, more)), { ACTIVATION: 0, FLAG: 0, ...overrides });
    return code
      .slice(code.indexOf('fn main() {') + 11, code.lastIndexOf('}'))
      .replace(/\s+/g, ' ')
      .trim();
  };

  it('takes the branch that an override decides', () => {
    const branch = 'if (FLAG) {\n y[0] = 1.0;\n } else {\n y[0] = 2.0;\n }\n y[1] = 3.0;';
    expect(bodyOf(branch, { FLAG: 1 })).toBe('{ y[0] = 1.0; } y[1] = 3.0;');
    expect(bodyOf(branch)).toBe('{ y[0] = 2.0; } y[1] = 3.0;');
    expect(bodyOf('if (!FLAG) {\n y[0] = 1.0;\n }', { FLAG: 1 })).toBe('');
  });

  it('decides what is in what it takes', () => {
    const nested =
      'if (FLAG) {\n if (ACTIVATION > 3u) {\n y[0] = 1.0;\n }\n if (ACTIVATION == ACTIVATION_RELU) {\n y[0] = 2.0;\n }\n }';
    expect(bodyOf(nested, { FLAG: 1, ACTIVATION: 1 })).toBe('{ { y[0] = 2.0; } }');
  });

  it.each([
    'if (params.count > 3u) {\n y[0] = 1.0;\n }',
    'if (FLAG && params.count > 3u) {\n y[0] = 1.0;\n }',
    'if (params.count < 2u) {\n y[0] = 1.0;\n } else if (FLAG) {\n y[0] = 2.0;\n } else {\n y[0] = 3.0;\n }',
    'if (FLAG) {\n y[0] = 1.0;\n } else if (params.count < 2u) {\n y[0] = 2.0;\n }',
    'if (!FLAG) {\n return;\n }\n y[0] = 1.0;',
    'switch params.count {\n case 1u: {\n y[0] = 1.0;\n }\n default: {\n }\n }',
  ])('leaves alone what it cannot decide, or what returns: %s', (body) =>
    expect(bodyOf(body)).toBe(body.replace(/\s+/g, ' ')),
  );

  const activate = `fn activate(kind: u32, x: f32) -> f32 {
  switch kind {
    case ACTIVATION_RELU, 5u: {
      return rectified(x);
    }
    default: {
      return x;
    }
  }
}
fn rectified(x: f32) -> f32 {
  return max(x, 0.0);
}
`;
  it('leaves the case that an override selects, and the functions that it calls', () => {
    const body = 'y[0] = activate(ACTIVATION, y[0]);';
    const of = (code: number) => specialize(kernel(text(body, activate)), { ACTIVATION: code, FLAG: 0 });
    expect(of(0)).not.toContain('rectified');
    expect(of(0)).toMatch(/switch kind \{default: \{\s*return x;/);
    for (const code of [1, 5]) expect(of(code)).toMatch(/switch kind \{default: \{\s*return rectified\(x\);/);
  });

  it('keeps all cases of a function that is called in several ways', () => {
    const body = 'y[0] = activate(ACTIVATION, y[0]);\n y[1] = activate(1u, y[1]);';
    expect(specialize(kernel(text(body, activate)), { ACTIVATION: 0, FLAG: 0 })).toContain('fn rectified');
  });

  it('leaves an epilogue the activation that is asked for', async () => {
    const kernel = await linkKernel(folder, join(folder, 'implicit/implicit_single_f32_1x4.wgsl'));
    const overrides = { HAS_TERMS: 0, HAS_RESIDUAL: 0 };
    const plain = specialize(kernel, { ...overrides, ACTIVATION: 0, PADDING: 0 });
    expect(plain).not.toMatch(/exp\(|fn modulo|fn sigmoid|clamp\(/);
    const all = specialize(kernel, {
      ...overrides,
      ACTIVATION: ACTIVATION_CODES.mish,
      PADDING: PADDING_CODES.circular,
    });
    expect(all).toMatch(/fn mish/);
    expect(all).toMatch(/fn modulo/);
    expect(all).not.toMatch(/fn sigmoid/);
  });
});
