// The conformance fixtures, read the same way in Node and in a browser: indices as text, values as data URLs that Vite makes.
import activationValues from './activation.bin?url&inline';
import activationIndex from './activation.json?raw';
import convValues from './conv.bin?url&inline';
import convIndex from './conv.json?raw';
import gradientsValues from './gradients.bin?url&inline';
import gradientsIndex from './gradients.json?raw';
import poolValues from './pool.bin?url&inline';
import poolIndex from './pool.json?raw';
import signalValues from './signal.bin?url&inline';
import signalIndex from './signal.json?raw';
import transposedValues from './transposed.bin?url&inline';
import transposedIndex from './transposed.json?raw';

const SOURCES = {
  conv: [convIndex, convValues],
  transposed: [transposedIndex, transposedValues],
  pool: [poolIndex, poolValues],
  signal: [signalIndex, signalValues],
  activation: [activationIndex, activationValues],
  gradients: [gradientsIndex, gradientsValues],
} as const;

export type Family = keyof typeof SOURCES;
export const FAMILIES = Object.keys(SOURCES) as Family[];

/** An operand: its values as numbers, and the type that they are stored in. */
export interface Operand {
  readonly data: Float32Array<ArrayBuffer>;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'float16';
}

/** A case: what is computed from what, and what another system computed. */
export interface Fixture {
  readonly family: Family;
  readonly name: string;
  /** `conv2d`, `convTranspose1d`, `maxPool3d`, `convolve`, `correlate`, `activation`; `convBackwardInput` and its like. */
  readonly operator: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** input, filter, bias, scale, shift, slope, residual; of convolve and correlate a and b; of gradients gradient, output, preActivation, accumulate. */
  readonly operands: Readonly<Record<string, Operand>>;
  /** In float64. Of float16 cases before it is rounded to the stored type. */
  readonly expected: { readonly data: Float64Array<ArrayBuffer>; readonly shape: readonly number[] };
  /** Of a max pooling: where each value stands in the spatial axes of the input, row by row. */
  readonly indices: Uint32Array<ArrayBuffer> | undefined;
  /** Of a max pooling's gradient such indices as an operand. */
  readonly places: { readonly data: Uint32Array<ArrayBuffer>; readonly shape: readonly number[] } | undefined;
  /** How far expected values may be off because the other system had another parameter; 0 unless README.md says so. */
  readonly uncertainty: number;
}

interface StoredArray {
  readonly shape: readonly number[];
  readonly dtype: 'float64' | 'float32' | 'float16' | 'uint32';
  /** Bytes from the beginning of the binary file. */
  readonly offset: number;
}

interface StoredIndex {
  readonly bytes: number;
  readonly cases: readonly {
    readonly name: string;
    readonly operator: string;
    readonly options: Readonly<Record<string, unknown>>;
    readonly operands: Readonly<Record<string, StoredArray & { readonly dtype: 'float32' | 'float16' }>>;
    readonly expected: StoredArray;
    readonly indices?: StoredArray;
    readonly places?: StoredArray;
    readonly uncertainty?: number;
  }[];
}

function bytesOf(dataUrl: string): ArrayBuffer {
  const text = atob(dataUrl.slice(dataUrl.indexOf(',') + 1));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0)).buffer;
}

/** A half-precision number from its bits; written anew here, so that no fixture depends on what it tests. */
function halfNumber(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  const magnitude = exponent === 0 ? mantissa * 2 ** -24 : (1024 + mantissa) * 2 ** (exponent - 25);
  return bits & 0x8000 ? -magnitude : magnitude;
}

const countOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

function operandOf(
  buffer: ArrayBuffer,
  { shape, dtype, offset }: StoredIndex['cases'][number]['operands'][string],
): Operand {
  const count = countOf(shape);
  const data =
    dtype === 'float32'
      ? new Float32Array(buffer.slice(offset, offset + 4 * count))
      : Float32Array.from(new Uint16Array(buffer, offset, count), halfNumber);
  return { data, shape, dtype };
}

/** All cases of a family. */
export function readFamily(family: Family): Fixture[] {
  const [text, dataUrl] = SOURCES[family];
  const index = JSON.parse(text) as StoredIndex;
  const buffer = bytesOf(dataUrl);
  if (buffer.byteLength !== index.bytes) {
    throw new Error(
      `${family}.bin holds ${buffer.byteLength} bytes, but ${family}.json says ${index.bytes}. Generate both.`,
    );
  }
  return index.cases.map(({ name, operator, options, operands, expected, indices, places, uncertainty = 0 }) => {
    const count = countOf(expected.shape);
    return {
      family,
      name,
      operator,
      options,
      operands: Object.fromEntries(Object.entries(operands).map(([key, place]) => [key, operandOf(buffer, place)])),
      expected: { data: new Float64Array(buffer, expected.offset, count), shape: expected.shape },
      indices: indices && new Uint32Array(buffer, indices.offset, count),
      places: places && {
        data: new Uint32Array(buffer, places.offset, countOf(places.shape)),
        shape: places.shape,
      },
      uncertainty,
    };
  });
}

/** Cases as rows of a table of tests: `$name` would be cut. */
export function named(fixtures: readonly Fixture[]): [name: string, fixture: Fixture][] {
  return fixtures.map((fixture) => [fixture.name, fixture]);
}

/** Coordinates of an element of a shape. */
export function coordinatesOf(index: number, shape: readonly number[]): number[] {
  const coordinates: number[] = [];
  for (let axis = shape.length - 1, rest = index; axis >= 0; axis--) {
    coordinates.unshift(rest % shape[axis]!);
    rest = Math.floor(rest / shape[axis]!);
  }
  return coordinates;
}
