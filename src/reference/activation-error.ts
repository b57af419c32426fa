// How far activation(x̂) computed in f32 may be from activation(x), when x̂ is known to lie within `bound` of x. Two parts:
//
// 1. What the activation f makes of the error that comes in. Between its turning points f is monotone, so |f(x̂) − f(x)| is
//    largest where x̂ stands at an end of [x − bound, x + bound] or at a turning point between them.
// 2. What evaluating f at x̂ adds, for the formulas of shaders/shared/activation.wgsl and the accuracies of the WGSL
//    specification, "Floating point accuracy": a sum or product half a ULP, a division 2.5 ULP, exp(x) 3 + 2·|x| ULP, log
//    2^-21 between 0.5 and 2. A ULP is at most 2^-23 of the result. Values below 2^-126 may be flushed to zero.
//
// In what follows s is the sigmoid; s(v)·(1 − s(v)), its derivative, is at most ¼ and at most e^−|v|.
import type { ActivationName, ActivationSpec } from '../problem/index.js';
import { activateValue } from './activation.js';

/** Unit roundoff of f32: half a ULP. */
export const ROUNDOFF = 2 ** -24;
/** Smallest normal f32: what is below may be flushed to zero. */
export const SMALLEST_NORMAL = 2 ** -126;
const ULP = 2 * ROUNDOFF;

/** Where f turns from falling to rising or has a kink that may be a turning point; found by Newton's method, f is flat there. */
const TURNING_POINTS: Partial<Record<ActivationName, number>> = {
  leakyRelu: 0,
  elu: 0,
  prelu: 0,
  gelu: -0.7517915247,
  geluTanh: -0.7524614221,
  silu: -1.2784645428,
  hardSwish: -1.5,
  mish: -1.1924312145,
};

/** The values that x̂ may have, and what f may come to there. */
interface Range {
  readonly low: number;
  readonly high: number;
  /** Least and largest |x̂|. */
  readonly near: number;
  readonly far: number;
  /** Largest |f(x̂)|. */
  readonly top: number;
}

/** Largest (3 + 2·|v|)·s(v)·(1 − s(v)) for |v| ≥ near: what the error of e^−v, in ULP, leaves of it in s(v). */
function sigmoidShare(near: number): number {
  const v = Math.max(near, Math.log(4)); // below, ¼ is the better bound of the derivative, and grows with |v|
  return (3 + 2 * v) * Math.exp(-v);
}

/**
 * Of 1 + erf(z), z = x/√2, |x| ≥ near, erf(z) = ±(1 − a(t)·e^(−z²)), t = 1/(1 + 0.33·z), which 7.1.26 of Abramowitz and
 * Stegun keeps within 1.5e-7. In units of u = 2^-24: z has 3 (constant, its rounding, product), 0.33·z 5, t 6 + 5 = 11; Horner's rule
 * and the rounded coefficients 11·Σ|aᵢ|·tⁱ (Higham, section 5.1); e^(−z²) 7·z² from its argument and 6 + 4·z² from exp. The tail
 * a(t)·e^(−z²) and all these fall as z grows, but for (7 + 11·z²)·e^(−z²), which has its maximum at z = 0.61.
 */
export function erfSumError(near: number): number {
  const z = near * Math.SQRT1_2;
  const t = 1 / (1 + 0.3275911 * z);
  const coefficients = [0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429];
  let [series, sizes, slope] = [0, 0, 0];
  for (const [index, coefficient] of coefficients.entries()) {
    const term = coefficient * t ** (index + 1);
    series += term;
    sizes += Math.abs(term);
    slope += (index + 1) * term; // t · a′(t)
  }
  const tail = Math.exp(-z * z);
  const farther = Math.max(z, 0.61);
  const tailError = (11 * sizes + 11 * slope) * tail + series * (7 + 11 * farther ** 2) * Math.exp(-(farther ** 2));
  const roundings = 3; // 1 − tail and 1 + erf, which may be 2
  return 1.5e-7 + ROUNDOFF * (tailError + roundings);
}

/** The GELU by 0.5·x·(1 + erf(x/√2)). */
function geluError({ near, far, top }: Range): number {
  return (far / 2) * erfSumError(near) + ROUNDOFF * top;
}

/** 0.5·x·(1 + tanh(v/2)) = x·s(v), v = 2·√(2/π)·(x + 0.044715·x³), which has 7 u: |v|·s·(1 − s) is at most 0.224. */
function geluTanhError({ near, far, top }: Range): number {
  const v = 2 * Math.sqrt(2 / Math.PI) * (near + 0.044715 * near ** 3);
  // 6 u for the last steps of either formula, of 1: 1 + tanh cancels where x is negative
  return far * (ULP * sigmoidShare(v) + (7 * 0.224 + 6) * ROUNDOFF + 2 * SMALLEST_NORMAL) + 2 * ROUNDOFF * top;
}

/** What evaluating f in f32 adds, at most, wherever x̂ lies in the range. */
function evaluationError({ name, alpha, beta }: ActivationSpec, range: Range, slope: number): number {
  const { low, high, near, far, top } = range;
  const below = Math.min(low, 0);
  switch (name) {
    case 'none':
    case 'relu':
    case 'relu6':
    case 'clamp':
      return 0;
    case 'leakyRelu':
      return ROUNDOFF * Math.abs(alpha * below);
    case 'prelu': // the slope is rounded to f32, too
      return 2 * ROUNDOFF * Math.abs(slope * below);
    case 'elu': {
      if (low >= 0) return 0;
      const highest = Math.min(high, 0); // (3 + 2·|x|)·eˣ grows with x < 0
      const exp = ULP * (3 + 2 * Math.abs(highest)) * Math.exp(highest);
      return Math.abs(alpha) * (exp + 2 * ROUNDOFF * Math.abs(Math.expm1(below)) + SMALLEST_NORMAL);
    }
    case 'sigmoid': // below −87 it is that of −87; 1 + e and the division have 6 u
      return ULP * sigmoidShare(near) + 6 * ROUNDOFF * top + 2 * SMALLEST_NORMAL;
    case 'hardSigmoid': {
      const error = ROUNDOFF * (2 * Math.abs(alpha) * far + Math.abs(beta));
      const ends = [alpha * low + beta, alpha * high + beta];
      return Math.min(...ends) >= 1 + error || Math.max(...ends) <= -error ? 0 : error;
    }
    case 'tanh': // an error δ of t = e^(−2|x|) becomes 2·δ/(1 + t)² = δ/t · 2·s·(1 − s) at 2x; the rest has 7 u
      return 2 * ULP * sigmoidShare(2 * near) + 7 * ROUNDOFF * top + 2 * SMALLEST_NORMAL;
    case 'gelu':
      return geluError(range);
    case 'geluTanh':
      return geluTanhError(range);
    case 'silu':
      return far * (ULP * sigmoidShare(near) + 2 * SMALLEST_NORMAL) + 7 * ROUNDOFF * top;
    case 'hardSwish': // x + 3, the product and the division: 7 u
      return 7 * ROUNDOFF * top;
    case 'mish': {
      // n = e·(e + 2) has twice the error of e = eˣ and 2 u; n/(n + 2) takes over 2/(n + 2) of that; the rest has 7 u
      const e = Math.exp(Math.min(low, 20));
      const n = 2 * ULP * (3 + 2 * Math.min(far, 104)) + 2 * ROUNDOFF; // below −104 e is less than the smallest f32
      return top * ((n * 2) / (e * (e + 2) + 2) + 7 * ROUNDOFF) + far * 2 * SMALLEST_NORMAL;
    }
    case 'softplus': // 1 + e is rounded and its logarithm off by 2^-21; an error of e comes through undiminished at most
      return ULP * (3 + 2 * near) * Math.exp(-near) + ROUNDOFF + 2 ** -21 + ROUNDOFF * top;
  }
}

/**
 * Bound of the error of activation(x) in f32, when x itself is known to within `bound`; infinite where x or its bound is.
 * @param slope that of 'prelu'
 */
export function activationErrorBound(spec: ActivationSpec, x: number, bound: number, slope = 0): number {
  if (spec.name === 'none') return bound;
  if (!Number.isFinite(x) || !Number.isFinite(bound)) return Number.POSITIVE_INFINITY;
  const [low, high] = [x - bound, x + bound];
  const turn = TURNING_POINTS[spec.name];
  const places = turn !== undefined && low < turn && turn < high ? [low, high, turn] : [low, high];
  const value = activateValue(spec, x, slope);
  const values = places.map((place) => activateValue(spec, place, slope));
  const incoming = Math.max(...values.map((other) => Math.abs(other - value)));
  const near = low < 0 && high > 0 ? 0 : Math.min(Math.abs(low), Math.abs(high));
  const far = Math.max(Math.abs(low), Math.abs(high));
  const top = Math.max(...values.map(Math.abs));
  // errors of errors are a thousandth at most: exp(104) has 211 ULP, which is 2.5e-5
  return incoming + evaluationError(spec, { low, high, near, far, top }, slope) * (1 + 2 ** -10);
}
