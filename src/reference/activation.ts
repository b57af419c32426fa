// Activations in float64, and how an error before the activation carries over to after it.
import type { Activation } from '../problem/index.js';

/** The activation of one value. */
export function activate(activation: Activation, x: number): number {
  switch (activation) {
    case 'none':
      return x;
    case 'relu':
      return Math.max(x, 0);
    case 'relu6':
      return Math.min(Math.max(x, 0), 6);
    case 'sigmoid':
      return 1 / (1 + Math.exp(-x));
  }
}

/**
 * Bound of the error of activation(x) in f32, when x itself is known to within `bound`.
 * relu and relu6 have slope at most 1 and are exact. The sigmoid has slope at most 1/4; evaluated as 1 / (1 + exp(−x)) it
 * adds the errors that WGSL 17.6.1 ("Floating point accuracy") allows: exp (3 + 2·|x|) ULP, division 2.5 ULP, addition
 * half a ULP, each at most 2^-23 of the result. The constant term covers its flush to zero below −87.
 */
export function activationErrorBound(activation: Activation, x: number, bound: number): number {
  if (activation !== 'sigmoid') return bound;
  return bound / 4 + activate('sigmoid', x) * (6 + 2 * Math.abs(x)) * 2 ** -23 + 2 ** -125;
}
