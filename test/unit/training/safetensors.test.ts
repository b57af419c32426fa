// Safetensors: what is written is the format, byte by byte; what others write is read; and nothing else is.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHalfBits } from '../../../src/problem/index.js';
import { readSafetensors, writeSafetensors } from '../../../src/training/safetensors.js';
import { refusalOf } from '../problem/refusals.js';

/** A file built by hand: a header as it stands, and bytes. */
function fileOf(header: string | object, data: ArrayLike<number> = [], length?: bigint): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + data.length);
  new DataView(file.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  file.set(text, 8);
  file.set(Array.from(data), 8 + text.length);
  return file;
}

const ONE = [0, 0, 128, 63]; // 1 as f32, little-endian
const f32 = (shape: readonly number[], begin: number, end: number) => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
});

describe('writeSafetensors', () => {
  it('writes the length of the header, the header filled up to whole words, and the values', () => {
    const file = writeSafetensors(new Map([['a', { shape: [1], data: new Float32Array([1]) }]]), { by: 'hand' });
    const length = Number(new DataView(file.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = new TextDecoder().decode(file.subarray(8, 8 + length));
    expect(header.trimEnd()).toBe(
      '{"__metadata__":{"by":"hand"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
    );
    expect([...file.subarray(8 + length)]).toEqual(ONE);
  });

  it('writes no metadata if there is none, and files without tensors', () => {
    expect(new TextDecoder().decode(writeSafetensors(new Map()).subarray(8)).trimEnd()).toBe('{}');
  });

  it('writes what readSafetensors reads', () => {
    const tensors = fc.uniqueArray(
      fc.tuple(fc.string(), fc.array(fc.nat(4), { maxLength: 4 })).filter(([name]) => name !== '__metadata__'),
      { selector: ([name]) => name, maxLength: 5 },
    );
    fc.assert(
      fc.property(tensors, fc.dictionary(fc.string(), fc.string()), fc.nat(7), (list, metadata, shift) => {
        const given = new Map(
          list.map(([name, shape], number) => {
            const count = shape.reduce((product, size) => product * size, 1);
            return [name, { shape, data: Float32Array.from({ length: count }, (_, index) => index / 3 - number) }];
          }),
        );
        const file = writeSafetensors(given, metadata);
        const moved = new Uint8Array(file.length + shift).subarray(shift); // values may lie anywhere
        moved.set(file);
        const read = readSafetensors(moved);
        expect(read.tensors).toEqual(given);
        expect(Object.entries(read.metadata)).toEqual(Object.entries(metadata));
      }),
      { numRuns: 100 },
    );
  });
});

describe('readSafetensors', () => {
  it('reads what other systems write: metadata, tensors in any order, halves, scalars, an ArrayBuffer', () => {
    const halves = new Uint8Array(toHalfBits([0.5, -2]).buffer);
    const header = {
      b: { dtype: 'F16', shape: [2, 1], data_offsets: [4, 8] },
      __metadata__: { format: 'pt' },
      a: f32([], 0, 4),
    };
    const { tensors, metadata } = readSafetensors(fileOf(header, [...ONE, ...halves]).buffer);
    expect(metadata).toEqual({ format: 'pt' });
    expect(tensors.get('a')).toEqual({ shape: [], data: new Float32Array([1]) });
    expect(tensors.get('b')).toEqual({ shape: [2, 1], data: new Float32Array([0.5, -2]) });
  });

  it('takes names that look like others: escapes, brackets, "a":, __proto__', () => {
    const header =
      '{"a\\"]}{":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"__proto__" : {"data_offsets":[4,8],"shape":[1],"dtype":"F32"}}';
    expect([...readSafetensors(fileOf(header, [...ONE, ...ONE])).tensors.keys()]).toEqual(['a"]}{', '__proto__']);
  });

  it.each<[string, unknown, RegExp]>([
    ['what is no file', 'text', /must be a Uint8Array or an ArrayBuffer, got 'text'/],
    ['floats', new Float32Array(2), /got a Float32Array of 2 elements/],
    ['fewer than 8 bytes', new Uint8Array(7), /has 7 bytes, fewer than the 8/],
    ['a header longer than the file', fileOf('{}', [], 3n), /said to have 3 bytes, but 2 follow/],
    [
      'a header of more than 100 MB',
      fileOf('{}', [], 2n ** 63n),
      /9223372036854775808 bytes, but 100,000,000 are the most/,
    ],
    ['a header that is no JSON', fileOf('{a}'), /the header is no JSON/],
    ['a header that is no UTF-8', fileOf('xx', [], 2n).fill(0xff, 8), /the header is no JSON/],
    ['a header that is a list', fileOf('[]'), /the header is \[\], but must be an object/],
    ['a header that is null', fileOf('null'), /the header is null/],
    ['an entry that is no object', fileOf({ a: 1 }), /the entry of 'a' is 1/],
    [
      'metadata of numbers',
      fileOf({ __metadata__: { a: 1 } }),
      /__metadata__ is an object, but must be an object of texts/,
    ],
    [
      'a tensor named twice',
      fileOf(
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\\u0061":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
        ONE,
      ),
      /names 'a' twice/,
    ],
    [
      'another dtype',
      fileOf({ a: { dtype: 'BF16', shape: [2], data_offsets: [0, 4] } }, ONE),
      /'a' has the dtype 'BF16', but F32 and F16/,
    ],
    [
      'a dtype of every object',
      fileOf({ a: { dtype: 'toString', shape: [1], data_offsets: [0, 4] } }, ONE),
      /has the dtype 'toString'/,
    ],
    ['no dtype', fileOf({ a: { shape: [1], data_offsets: [0, 4] } }, ONE), /has the dtype undefined/],
    ['a negative size', fileOf({ a: f32([-1], 0, 4) }, ONE), /'a' has the shape \[-1\]/],
    [
      'a size that is not finite',
      fileOf('{"a":{"dtype":"F32","shape":[1e999],"data_offsets":[0,4]}}', ONE),
      /'a' has the shape \[Infinity\]/,
    ],
    ['no shape', fileOf({ a: { dtype: 'F32', data_offsets: [0, 4] } }, ONE), /'a' has the shape undefined/],
    [
      'three offsets',
      fileOf({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4, 8] } }, ONE),
      /must be \[begin, end\]/,
    ],
    ['broken offsets', fileOf({ a: f32([1], 0.5, 4.5) }, ONE), /must be \[begin, end\]/],
    [
      'offsets that do not fit the shape',
      fileOf({ a: f32([2], 0, 4) }, ONE),
      /'a' \[2\] takes 8 bytes as F32, but its data_offsets are \[0, 4\]/,
    ],
    ['offsets backwards', fileOf({ a: f32([1], 4, 0) }, ONE), /takes 4 bytes as F32/],
    [
      'overlapping tensors',
      fileOf({ a: f32([1], 0, 4), b: f32([1], 0, 4) }, ONE),
      /'b' begin at 0, before the end at 4/,
    ],
    [
      'a gap',
      fileOf({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, [...ONE, ...ONE, ...ONE]),
      /'b' begin at 8, after a gap from 4/,
    ],
    ['a gap in front', fileOf({ a: f32([1], 4, 8) }, [...ONE, ...ONE]), /'a' begin at 4, after a gap from 0/],
    [
      'a truncated file',
      fileOf({ a: f32([1], 0, 4) }, ONE.slice(1)),
      /describes 4 bytes of values, but 3 follow: the file is truncated/,
    ],
    ['a file that is too long', fileOf({ a: f32([1], 0, 4) }, [...ONE, 0]), /but 5 follow: the file is too long/],
  ])('refuses %s', (_, file, message) => {
    expect(refusalOf(() => readSafetensors(file as Uint8Array))).toMatch(message);
    expect(refusalOf(() => readSafetensors(file as Uint8Array))).toMatch(
      /^readSafetensors: .*\. Give the bytes of a whole/,
    );
  });

  it('throws nothing but what it says for bytes of any kind', () => {
    const whole = fileOf({ a: f32([2, 1], 0, 8), b: f32([1], 8, 12) }, [...ONE, ...ONE, ...ONE]);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (place, value) => {
        const file = whole.slice();
        file[place] = value;
        try {
          readSafetensors(file);
        } catch (error) {
          expect((error as { code?: string }).code).toBe('invalid-argument');
        }
      }),
      { numRuns: 300 },
    );
  });
});
