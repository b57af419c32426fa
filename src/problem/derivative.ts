// Derivatives of activations: what they are computed from.
import type { ActivationSpec } from './activation.js';

/** What a derivative is computed from: what an activation gave, y, or what it was given, z; y = activation(z). */
export type DerivativeSource = 'output' | 'preActivation';

/**
 * Whether y alone tells activation'(z): where the activation is monotonic on both sides of its kinks, and keeps the sign. Of 'prelu' that is not
 * known, since its slopes are values; 'gelu', 'geluTanh', 'silu', 'hardSwish' and 'mish' take most negative values twice.
 */
export function outputTellsDerivative({ name, alpha }: ActivationSpec): boolean {
  switch (name) {
    case 'none':
    case 'relu':
    case 'relu6':
    case 'sigmoid':
    case 'hardSigmoid':
    case 'tanh':
    case 'softplus':
    case 'clamp':
      return true;
    case 'leakyRelu':
    case 'elu':
      return alpha >= 0;
    default:
      return false;
  }
}
