import { expect, it, describe as suite } from 'vitest';
import { describe, nearest, rejectUnknownOptions } from '../../../src/problem/options.js';

suite('describe', () => {
  it.each([
    [3, '3'],
    ['same', "'same'"],
    ['x'.repeat(50), `'${'x'.repeat(40)}…'`],
    [[1, 'a', [2]], "[1, 'a', [2]]"],
    [Array(10).fill(0), '[0, 0, 0, 0, 0, 0, 0, 0, …]'],
    [new Uint8Array(3), 'a Uint8Array of 3 elements'],
    [null, 'null'],
    [undefined, 'undefined'],
    [[[[1, 2], 3], 4], '[[[…], 3], 4]'],
    [12n, '12n'],
    [new DataView(new ArrayBuffer(2)), 'a DataView'],
    [{}, 'an object'],
    [new Int8Array(2), 'an Int8Array of 2 elements'],
    [new Map(), 'a Map'],
    [() => 1, 'a function'],
  ])('%o as %s', (value, text) => expect(describe(value)).toBe(text));
});

suite('nearest', () => {
  const names = ['strides', 'dilations', 'padding', 'groups'];
  it.each([
    ['stride', 'strides'],
    ['Padding', 'padding'],
    ['dilatoins', 'dilations'],
    ['kernelSize', undefined],
  ])('%s means %s', (text, meant) => expect(nearest(text, names)).toBe(meant));
});

suite('rejectUnknownOptions', () => {
  it('refuses what is no object', () => {
    expect(() => rejectUnknownOptions('conv2d', [] as object, [])).toThrow(
      'conv2d: options must be an object, got [].',
    );
    expect(() => rejectUnknownOptions('conv2d', 3 as unknown as object, [])).toThrow('got 3');
  });
  it('takes nothing at all', () => expect(() => rejectUnknownOptions('conv2d', undefined, [])).not.toThrow());
});
