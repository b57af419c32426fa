// Seeded random numbers: the same bits for the same seed in every engine of JavaScript, because nothing is used but integers and
// the operations that IEEE 754 rounds exactly. Math.log is not among them, so the logarithm is written out here.

/** A source of random numbers. */
export interface Random {
  /** Uniform in [0, 1), a multiple of 2^-32. */
  uniform(): number;
  /** Normal, with mean 0 and variance 1. */
  normal(): number;
}

const words = new DataView(new ArrayBuffer(8));

/** ln x of a positive normal number: with x = m · 2^e, m in [√½, √2), ln m = 2 · artanh((m − 1) / (m + 1)), to 1e-16. */
export function naturalLogarithm(x: number): number {
  words.setFloat64(0, x);
  let exponent = ((words.getUint32(0) >>> 20) & 0x7ff) - 1023;
  words.setUint32(0, (words.getUint32(0) & 0xfffff) | 0x3ff00000);
  let mantissa = words.getFloat64(0);
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent++;
  }
  const s = (mantissa - 1) / (mantissa + 1); // at most 0.172 in size, so that 11 terms do
  let series = 0;
  for (let power = 21; power >= 1; power -= 2) series = series * s * s + 1 / power;
  return 2 * s * series + exponent * Math.LN2;
}

/**
 * A generator with a period of 2^128 − 1: xoshiro128**, D. Blackman, S. Vigna, *Scrambled Linear Pseudorandom Number Generators*, 2021. Its state
 * is filled from the seed by SplitMix (G. Steele, D. Lea, C. Flood, 2014) with the 32-bit finaliser of MurmurHash3. Normal numbers by the polar
 * method of G. Marsaglia and T. Bray, 1964.
 * @param seed an integer; taken modulo 2^32.
 */
export function seededRandom(seed: number): Random {
  let counter = seed | 0;
  const fill = () => {
    counter = (counter + 0x9e3779b9) | 0;
    let z = counter;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return z ^ (z >>> 16);
  };
  let [a, b, c, d] = [fill(), fill(), fill(), fill()]; // of four different counters one finalises to 0 at most
  const rotate = (value: number, bits: number) => (value << bits) | (value >>> (32 - bits));
  const uniform = () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result / 2 ** 32;
  };
  let spare: number | undefined; // they come in pairs
  const normal = () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const [x, y] = [2 * uniform() - 1, 2 * uniform() - 1];
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * naturalLogarithm(square)) / square);
      spare = y * factor;
      return x * factor;
    }
  };
  return { uniform, normal };
}
