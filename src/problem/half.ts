// Half precision (IEEE 754 binary16): 1 sign, 5 exponent and 10 mantissa bits. Conversion rounds to nearest, ties to even,
// as stored tensors and the kernels do (shaders/shared/half.wgsl).

const word = new Float32Array(1);
const wordBits = new Uint32Array(word.buffer);

/** Bits of the half-precision number nearest to `value` (taken as f32); beyond ±65,520 infinity. */
export function halfBits(value: number): number {
  word[0] = value;
  const bits = wordBits[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65,520 and more round to infinity
  if (magnitude < 0x38800000) {
    // below 2^-14, in steps of 2^-24: adding 0.5 leaves just the bits that count, rounded
    word[0] = Math.abs(value) + 0.5;
    return sign | (wordBits[0]! - 0x3f000000);
  }
  const odd = (magnitude >>> 13) & 1;
  return sign | ((magnitude - 0x38000000 + 0xfff + odd) >>> 13);
}

/** The number that half-precision bits stand for. */
export function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

/** `value` rounded to half precision. */
export function roundToHalf(value: number): number {
  return halfValue(halfBits(value));
}

/** Values as half-precision bits. */
export function toHalfBits(values: ArrayLike<number>): Uint16Array<ArrayBuffer> {
  return Uint16Array.from(values, halfBits);
}

/** Half-precision bits as values. */
export function fromHalfBits(bits: Uint16Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(bits, halfValue);
}
