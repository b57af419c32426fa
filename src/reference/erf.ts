// The error function in float64, for the exact GELU. M. Abramowitz, I. Stegun, Handbook of Mathematical Functions: the series
// 7.1.6 near 0, whose terms all have one sign, so that nothing cancels; the continued fraction 7.1.14 of erfc further out.

/** Where the series, which needs ever more terms, gives way to the fraction, which needs ever fewer. */
const BORDER = 2.5;
/** Terms of either that leave less than 1e-16 of the result at the border (tested against tabulated values). */
const TERMS = 60;

/** erf(x) = 2/√π · e^(−x²) · Σ 2ⁿ·x^(2n+1) / (1·3·5·…·(2n+1)) */
function series(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < TERMS; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** erfc(x) = e^(−x²)/√π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + …)))), x > 0 */
function fraction(x: number): number {
  let denominator = x;
  for (let n = TERMS; n > 0; n--) denominator = x + n / 2 / denominator;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * denominator);
}

/** erf(x) = 2/√π · ∫ from 0 to x of e^(−t²) dt */
export function erf(x: number): number {
  if (Math.abs(x) < BORDER) return series(x);
  return x < 0 ? fraction(-x) - 1 : 1 - fraction(x);
}

/** 1 − erf(x), without cancellation where it is small. */
export function erfc(x: number): number {
  return x < BORDER ? 1 - erf(x) : fraction(x);
}
