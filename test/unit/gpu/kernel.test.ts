import { describe, expect, it } from 'vitest';
import { checkOverrides, type Kernel, writeUniform } from '../../../src/gpu/kernel.js';

const kernel: Kernel = {
  name: 'twice_f32',
  code: '',
  overrides: { FACTOR: 'u32' },
  constants: {},
  bindings: [{ name: 'params', type: 'uniform' }],
  uniform: {
    sizeBytes: 16,
    fields: {
      count: { offsetBytes: 0, type: 'u32' },
      shift: { offsetBytes: 4, type: 'i32' },
      scale: { offsetBytes: 8, type: 'f32' },
    },
  },
  workgroupSize: [64, 1, 1],
};

describe('writeUniform', () => {
  it('writes each value at its offset in its type, little-endian', () => {
    const target = new ArrayBuffer(32);
    writeUniform(kernel, { scale: 1.5, count: 4_000_000_000, shift: -2 }, target, 16);
    const view = new DataView(target);
    expect([view.getUint32(16, true), view.getInt32(20, true), view.getFloat32(24, true)]).toEqual([4e9, -2, 1.5]);
    expect([...new Uint8Array(target, 0, 16)].every((byte) => byte === 0)).toBe(true);
  });

  it('refuses names that the kernel does not declare, and missing ones, and lists what exists', () => {
    expect(() => writeUniform(kernel, { count: 1, shift: 0, scaling: 1 }, new ArrayBuffer(16), 0)).toThrow(
      'twice_f32: unknown parameter scaling; missing parameter scale. It declares count, shift, scale.',
    );
  });

  it.each([
    ['count', -1],
    ['count', 2 ** 32],
    ['count', 0.5],
    ['shift', 2 ** 31],
  ])('refuses a value that its type does not hold: %s = %s', (name, value) => {
    const values = { count: 1, shift: 0, scale: 1, [name]: value };
    expect(() => writeUniform(kernel, values, new ArrayBuffer(16), 0)).toThrow(`parameter ${name} is ${value}`);
  });
});

describe('checkOverrides', () => {
  it('demands exactly the declared ones', () => {
    expect(() => checkOverrides(kernel, { FACTOR: 2 })).not.toThrow();
    expect(() => checkOverrides(kernel, {})).toThrow('twice_f32: missing override FACTOR. It declares FACTOR.');
    expect(() => checkOverrides(kernel, { FACTOR: 2, TILE: 3 })).toThrow('unknown override TILE');
  });
});
