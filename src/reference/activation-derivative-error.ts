// How far f′ computed in f32 by shaders/shared/activation_derivative.wgsl may be from f′ of the same value, for activations f. The accuracies
// are those of activation-error.ts: in units of u = 2^-24 a sum or product has 1, a division 5, exp(x) 2·(3 + 2·|x|), each of the result.
// Values below 2^-126 may be flushed to zero, those that come in as well.
//
// An error ε of e = e^−|v|, relative, becomes ε·|1 − e|/(1 + e) ≤ ε of the sigmoid's slope d(v) = e/(1 + e)², whose two sums, square and division
// have 8 u; and |d′/d| ≤ 1, so that an error of v itself becomes no more than that, absolute, of d, relative.
import { type ActivationSpec, type DerivativeSource, NO_ACTIVATION } from '../problem/index.js';
import { activationDerivative } from './activation-derivative.js';
import { activationErrorBound, erfSumError, ROUNDOFF, SMALLEST_NORMAL } from './activation-error.js';

const SIGMOID: ActivationSpec = { ...NO_ACTIVATION, name: 'sigmoid' };

/** Relative error of exp(x), in u. */
function expUnits(x: number): number {
  return 2 * (3 + 2 * Math.abs(x));
}

/** Φ(z) + z·φ(z): the density has 1 from its constant, z²/2 from its argument; three products, and the last sum. */
function geluError(z: number, top: number): number {
  const density = (Math.abs(z) * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
  const units = 4 + (z * z) / 2 + expUnits((z * z) / 2);
  return erfSumError(Math.abs(z)) / 2 + ROUNDOFF * (units * density + top) + 2 * SMALLEST_NORMAL;
}

/** s(v) + z·d(v)·v′: v has 7 u, of which s feels |v|·d at most 0.224; v′ 6, and three products and the last sum. */
function geluTanhError(z: number, top: number): number {
  const scale = 2 * Math.sqrt(2 / Math.PI);
  const v = scale * (z + 0.044715 * z ** 3);
  const e = Math.exp(-Math.abs(v));
  const product = (Math.abs(z) * e * scale * (1 + 3 * 0.044715 * z ** 2)) / (1 + e) ** 2;
  const units = expUnits(v) + 8 + 7 * Math.abs(v) + 6 + 3;
  const flushed = 8 * (1 + Math.abs(Math.min(Math.abs(z), 14)) ** 3) * SMALLEST_NORMAL;
  const sigmoid = activationErrorBound(SIGMOID, v, SMALLEST_NORMAL) + 7 * 0.224 * ROUNDOFF;
  return sigmoid + ROUNDOFF * (units * product + top) + flushed;
}

/**
 * n/(n + 2) + 4z·e·(1 + e)/(n + 2)², n = e·(e + 2), e = eᶻ. An error ε of e becomes at most 2·ε of n, which has 2 u of its own, and comes into the
 * first term as 2/(n + 2) of it; of the second, whose logarithm has a slope from −2 to 1 over that of e, it becomes 2·ε; its 15 other roundings. Beyond 20
 * the kernel takes 20, where f′ is 1 within a rounding.
 */
function mishError(given: number, top: number): number {
  const z = Math.min(given, 20);
  const e = Math.exp(z);
  const n = e * (e + 2);
  const units = expUnits(Math.max(z, -104)); // below, e is less than the smallest f32
  const first = (n / (n + 2)) * ((2 * (2 * units + 2)) / (n + 2) + 6);
  const second = ((4 * Math.abs(z) * e * (1 + e)) / (n + 2) ** 2) * (2 * units + 15);
  return ROUNDOFF * (first + second + top) + (3 + 2 * Math.abs(z)) * SMALLEST_NORMAL;
}

/** What evaluating f′ adds at z, whose f′ is `top` in size. */
function fromPreActivation({ name, alpha, beta }: ActivationSpec, z: number, top: number): number {
  switch (name) {
    case 'none':
    case 'relu':
    case 'relu6':
    case 'leakyRelu':
    case 'clamp':
      return 0;
    case 'prelu': // the slope is rounded to f32
      return ROUNDOFF * top;
    case 'elu':
      return z > 0 ? 0 : ROUNDOFF * (expUnits(z) + 1) * top + Math.abs(alpha) * SMALLEST_NORMAL;
    case 'sigmoid':
      return ROUNDOFF * (expUnits(z) + 8) * top + 2 * SMALLEST_NORMAL;
    case 'hardSigmoid': {
      // either side of an end that the rounded α·z + β may lie on
      const place = alpha * z + beta;
      const error = ROUNDOFF * (2 * Math.abs(alpha * z) + Math.abs(beta)) + SMALLEST_NORMAL;
      return Math.min(Math.abs(place), Math.abs(place - 1)) <= error ? Math.abs(alpha) : 0;
    }
    case 'tanh':
      return ROUNDOFF * (expUnits(2 * z) + 8) * top + 8 * SMALLEST_NORMAL;
    case 'gelu':
      return geluError(z, top);
    case 'geluTanh':
      return geluTanhError(z, top);
    case 'silu': {
      const e = Math.exp(-Math.abs(z));
      const product = (Math.abs(z) * e) / (1 + e) ** 2;
      const sum = activationErrorBound(SIGMOID, z, 0) + ROUNDOFF * ((expUnits(z) + 9) * product + top);
      return sum + 2 * (1 + Math.abs(z)) * SMALLEST_NORMAL;
    }
    case 'hardSwish': // the division by 3, and the sum
      return z < -3 || z > 3 ? 0 : ROUNDOFF * ((5 * Math.abs(z)) / 3 + top);
    case 'mish':
      return mishError(z, top);
    case 'softplus':
      return activationErrorBound(SIGMOID, z, 0);
  }
}

/** What evaluating f′ adds from y. */
function fromOutput(spec: ActivationSpec, y: number, top: number): number {
  switch (spec.name) {
    case 'elu':
      return y > 0 ? 0 : ROUNDOFF * top + SMALLEST_NORMAL;
    case 'sigmoid':
      return 2 * ROUNDOFF * top + SMALLEST_NORMAL;
    case 'hardSigmoid':
      return 0;
    case 'tanh':
      return 3 * ROUNDOFF * top + SMALLEST_NORMAL;
    case 'softplus': // of the series 2.6 u from its sums and products, 0.8 u from what follows it, of y
      return y < 0.25 ? ROUNDOFF * 5 * y + SMALLEST_NORMAL : ROUNDOFF * (expUnits(y) * Math.exp(-y) + top);
    default:
      return fromPreActivation(spec, y, top);
  }
}

/**
 * Bound of the error of f′ in f32, from z or y as it is stored; infinite where that is. Of 'softplus' for y ≥ 0, which it gives.
 * @param slope that of 'prelu'
 */
export function derivativeErrorBound(spec: ActivationSpec, from: DerivativeSource, value: number, slope = 0): number {
  if (!Number.isFinite(value)) return Number.POSITIVE_INFINITY;
  const derivative = activationDerivative(spec, from, value, slope);
  const isFlushed = value !== 0 && Math.abs(value) < SMALLEST_NORMAL;
  const incoming = isFlushed ? Math.abs(activationDerivative(spec, from, 0, slope) - derivative) : 0;
  const evaluate = from === 'output' ? fromOutput : fromPreActivation;
  // errors of errors are a thousandth at most, as those of activations
  return incoming + evaluate(spec, value, Math.abs(derivative)) * (1 + 2 ** -10);
}

/**
 * Bound of the error of a gradient times f′, both in f32, the product rounded.
 * @param gradient as it is stored
 */
export function derivedGradientErrorBound(
  spec: ActivationSpec,
  from: DerivativeSource,
  gradient: number,
  value: number,
  slope = 0,
): number {
  if (spec.name === 'none') return 0;
  const derivative = Math.abs(activationDerivative(spec, from, value, slope));
  const error = derivativeErrorBound(spec, from, value, slope);
  if (gradient === 0) return error === Number.POSITIVE_INFINITY ? error : 0;
  const flushed = SMALLEST_NORMAL * (1 + derivative + error);
  return Math.abs(gradient) * (error * (1 + ROUNDOFF) + ROUNDOFF * derivative) + flushed;
}
