// Activations in float64, each as its definition reads.
import type { ActivationSpec } from '../problem/index.js';
import { erfc } from './erf.js';

/** ln(1 + eˣ), which eˣ must not overflow in. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** The activation of one value; `slope` is that of 'prelu'. */
export function activateValue({ name, alpha, beta }: ActivationSpec, x: number, slope = 0): number {
  switch (name) {
    case 'none':
      return x;
    case 'relu':
      return Math.max(x, 0);
    case 'relu6':
      return Math.min(Math.max(x, 0), 6);
    case 'leakyRelu':
      return x < 0 ? alpha * x : x;
    case 'elu':
      return x < 0 ? alpha * Math.expm1(x) : x;
    case 'prelu':
      return x < 0 ? slope * x : x;
    case 'sigmoid':
      return 1 / (1 + Math.exp(-x));
    case 'hardSigmoid':
      return Math.min(Math.max(alpha * x + beta, 0), 1);
    case 'tanh':
      return Math.tanh(x);
    case 'gelu': // Φ(x) = erfc(−x / √2) / 2
      return (x / 2) * erfc(-x * Math.SQRT1_2);
    case 'geluTanh':
      return (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
    case 'silu':
      return x / (1 + Math.exp(-x));
    case 'hardSwish':
      return (x * Math.min(Math.max(x + 3, 0), 6)) / 6;
    case 'mish':
      return x * Math.tanh(softplus(x));
    case 'softplus':
      return softplus(x);
    case 'clamp':
      return Math.min(Math.max(x, alpha), beta);
  }
}
