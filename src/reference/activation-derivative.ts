// Derivatives of the activations in float64, each as its definition reads, from z or from y = f(z). Where a function has a kink, the
// derivative is PyTorch's: 0 at the ends of 'relu', 'relu6', 'hardSigmoid' and 'clamp' (F.hardtanh; torch.clamp has 1 there), that of
// the left side at the kinks of 'leakyRelu', 'elu' and 'prelu'; 'hardSwish' has z/3 + ½ at both ends.
import type { ActivationSpec, DerivativeSource } from '../problem/index.js';
import { erfc } from './erf.js';

/** s(z)·(1 − s(z)) of the sigmoid s, without the difference, which cancels. */
function sigmoidSlope(z: number): number {
  const e = Math.exp(-Math.abs(z));
  return e / (1 + e) ** 2;
}

function sigmoid(z: number): number {
  return 1 / (1 + Math.exp(-z));
}

function isBetween(value: number, low: number, high: number): number {
  return value > low && value < high ? 1 : 0;
}

function fromPreActivation({ name, alpha, beta }: ActivationSpec, z: number, slope: number): number {
  switch (name) {
    case 'none':
      return 1;
    case 'relu':
      return z > 0 ? 1 : 0;
    case 'relu6':
      return isBetween(z, 0, 6);
    case 'leakyRelu':
      return z > 0 ? 1 : alpha;
    case 'elu':
      return z > 0 ? 1 : alpha * Math.exp(z);
    case 'prelu':
      return z > 0 ? 1 : slope;
    case 'sigmoid':
      return sigmoidSlope(z);
    case 'hardSigmoid':
      return alpha * isBetween(alpha * z + beta, 0, 1);
    case 'tanh':
      return 4 * sigmoidSlope(2 * z);
    case 'gelu': // Φ(z) + z·φ(z)
      return erfc(-z * Math.SQRT1_2) / 2 + (z * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
    case 'geluTanh': {
      const scale = 2 * Math.sqrt(2 / Math.PI);
      const v = scale * (z + 0.044715 * z ** 3);
      return sigmoid(v) + z * sigmoidSlope(v) * scale * (1 + 3 * 0.044715 * z ** 2);
    }
    case 'silu':
      return sigmoid(z) + z * sigmoidSlope(z);
    case 'hardSwish':
      return z < -3 ? 0 : z <= 3 ? z / 3 + 0.5 : 1;
    case 'mish': {
      const t = Math.tanh(Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))));
      return t + z * (1 - t * t) * sigmoid(z);
    }
    case 'softplus':
      return sigmoid(z);
    case 'clamp':
      return isBetween(z, alpha, beta);
  }
}

/**
 * f′(z) from one value.
 * @param value z or, where it tells the derivative (`outputTellsDerivative`), y.
 * @param slope that of 'prelu'
 */
export function activationDerivative(spec: ActivationSpec, from: DerivativeSource, value: number, slope = 0): number {
  if (from === 'preActivation') return fromPreActivation(spec, value, slope);
  switch (spec.name) {
    case 'elu':
      return value > 0 ? 1 : value + spec.alpha;
    case 'sigmoid':
      return value * (1 - value);
    case 'hardSigmoid':
      return spec.alpha * isBetween(value, 0, 1);
    case 'tanh':
      return (1 - value) * (1 + value);
    case 'softplus':
      return -Math.expm1(-value);
    default: // kinks lie where they lie of z
      return fromPreActivation(spec, value, slope);
  }
}
