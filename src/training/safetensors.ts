// The file format safetensors (https://github.com/huggingface/safetensors): the length of a header in 8 bytes, little-endian; the header, JSON,
// that says of each tensor its type, shape and place; and the values, without gaps. Nothing is taken from a file before all of it was checked.
import { InvalidArgumentError } from '../errors.js';
import { describe, elementCount, formatShape, fromHalfBits, type Shape } from '../problem/index.js';

/** A tensor of a file. */
export interface SavedTensor {
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** What a file holds. */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, SavedTensor>;
  /** The header's `__metadata__`; empty if it has none. */
  readonly metadata: Readonly<Record<string, string>>;
}

const LENGTH_BYTES = 8;
/** The format's own limit. */
const MOST_HEADER_BYTES = 100_000_000;
const METADATA = '__metadata__';
const ELEMENT_BYTES: Readonly<Record<string, number>> = { F32: 4, F16: 2 };

/** The bytes of a file with f32 tensors, in the order given. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, SavedTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  let end = 0;
  const entries = [...tensors].map(([name, { shape, data }]) => {
    const begin = end;
    end += 4 * data.length;
    return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }] as const;
  });
  const named = Object.keys(metadata).length > 0 ? [[METADATA, metadata] as const, ...entries] : entries;
  const text = new TextEncoder().encode(
    `{${named.map((entry) => entry.map((part) => JSON.stringify(part)).join(':'))}}`,
  );
  const headerBytes = Math.ceil(text.length / 8) * 8; // filled up with spaces, so that values are aligned
  const file = new Uint8Array(LENGTH_BYTES + headerBytes + end).fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerBytes);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(headerBytes), true);
  file.set(text, LENGTH_BYTES);
  let offset = LENGTH_BYTES + headerBytes;
  for (const { data } of tensors.values()) {
    for (const value of data) {
      view.setFloat32(offset, value, true);
      offset += 4;
    }
  }
  return file;
}

/**
 * Reads a file. Values are copied.
 * @throws InvalidArgumentError for anything that is not such a file: no bytes, truncated, too long, a header that is no JSON object or names a
 * tensor twice, a type other than F32 and F16, shapes, places and sizes that contradict each other, gaps and overlaps.
 */
export function readSafetensors(file: Uint8Array | ArrayBuffer, action = 'readSafetensors'): Safetensors {
  const refuse: Refuse = (problem) => {
    throw new InvalidArgumentError(`${action}: ${problem}. Give the bytes of a whole safetensors file.`);
  };
  const bytes = bytesOf(file) ?? refuse(`the file must be a Uint8Array or an ArrayBuffer, got ${describe(file)}`);
  if (bytes.length < LENGTH_BYTES)
    refuse(`the file has ${bytes.length} bytes, fewer than the 8 of its header's length`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > MOST_HEADER_BYTES) refuse(`the header is said to have ${length} bytes, but 100,000,000 are the most`);
  const start = LENGTH_BYTES + Number(length);
  if (start > bytes.length) refuse(`the header is said to have ${length} bytes, but ${bytes.length - 8} follow`);
  const { tensors: entries, metadata } = parseHeader(bytes.subarray(LENGTH_BYTES, start), refuse);
  const places = entries.map(([name, entry]) => [name, placeOf(name, entry, refuse)] as const);
  let end = 0;
  for (const [name, { begin, end: next }] of [...places].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== end) {
      refuse(
        `the values of '${name}' begin at ${begin}, ${begin > end ? 'after a gap from' : 'before the end at'} ${end}`,
      );
    }
    end = next;
  }
  const held = bytes.length - start;
  if (held !== end) {
    refuse(
      `the header describes ${end} bytes of values, but ${held} follow: the file is ${held < end ? 'truncated' : 'too long'}`,
    );
  }
  const tensors = new Map(
    places.map(([name, { shape, dtype, begin, end: last }]) => {
      const own = bytes.slice(start + begin, start + last).buffer; // a copy of its own is aligned
      return [name, { shape, data: dtype === 'F16' ? fromHalfBits(new Uint16Array(own)) : new Float32Array(own) }];
    }),
  );
  return { tensors, metadata };
}

type Refuse = (problem: string) => never;

/** The bytes of a file, also of one from another realm; undefined if it is none. */
function bytesOf(file: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(file) && (file as Uint8Array)[Symbol.toStringTag] === 'Uint8Array') return file as Uint8Array;
  const isBuffer = Object.prototype.toString.call(file) === '[object ArrayBuffer]';
  return isBuffer ? new Uint8Array(file as ArrayBuffer) : undefined;
}

function parseHeader(
  bytes: Uint8Array,
  refuse: Refuse,
): { tensors: [string, Readonly<Record<string, unknown>>][]; metadata: Readonly<Record<string, string>> } {
  let text = '';
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    header = JSON.parse(text);
  } catch (error) {
    refuse(`the header is no JSON (${(error as Error).message})`);
  }
  if (!isObject(header)) refuse(`the header is ${describe(header)}, but must be an object`);
  const names = keysOf(text);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) refuse(`the header names '${twice}' twice`);
  const { [METADATA]: metadata = {}, ...others } = header as Record<string, unknown>;
  if (!isObject(metadata) || Object.values(metadata).some((value) => typeof value !== 'string')) {
    refuse(`${METADATA} is ${describe(metadata)}, but must be an object of texts`);
  }
  const tensors = Object.entries(others).map(([name, entry]): [string, Readonly<Record<string, unknown>>] =>
    isObject(entry) ? [name, entry] : refuse(`the entry of '${name}' is ${describe(entry)}, but must be an object`),
  );
  return { tensors, metadata: metadata as Readonly<Record<string, string>> };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The keys of the outermost object of valid JSON, as often as they stand there: JSON.parse keeps but the last of equal ones. */
function keysOf(text: string): string[] {
  const keys: string[] = [];
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"\s*:?|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (depth === 1 && token.endsWith(':')) keys.push(JSON.parse(token.slice(0, -1)) as string);
  }
  return keys;
}

interface Place {
  readonly dtype: string;
  readonly shape: Shape;
  /** Bytes from the first value of the file. */
  readonly begin: number;
  readonly end: number;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Where a tensor lies, by its entry. */
function placeOf(
  name: string,
  { dtype, shape, data_offsets: offsets }: Readonly<Record<string, unknown>>,
  refuse: Refuse,
): Place {
  const elementBytes = typeof dtype === 'string' && Object.hasOwn(ELEMENT_BYTES, dtype) ? ELEMENT_BYTES[dtype]! : 0;
  if (elementBytes === 0) refuse(`'${name}' has the dtype ${describe(dtype)}, but F32 and F16 can be read`);
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    refuse(`'${name}' has the shape ${describe(shape)}, but it must be a list of sizes`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    refuse(`'${name}' has the data_offsets ${describe(offsets)}, but they must be [begin, end] in bytes`);
  }
  const [begin, end] = offsets as [number, number];
  const bytes = elementBytes * elementCount(shape as number[]);
  if (end - begin !== bytes) {
    refuse(
      `'${name}' ${formatShape(shape as number[])} takes ${bytes} bytes as ${dtype}, but its data_offsets are [${begin}, ${end}]`,
    );
  }
  return { dtype: dtype as string, shape: Object.freeze([...(shape as number[])]), begin, end };
}
