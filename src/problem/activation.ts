// Activations: the function that ends a convolution, or is applied to a tensor by itself. f(x), with parameters α and β.
import { InvalidArgumentError } from '../errors.js';
import { describe, oneOf, rejectUnknownOptions } from './options.js';

/**
 * Parameters of each activation, with their defaults (those of WebNN). 'clamp' names its bounds min and max; a side left out is not bounded.
 */
const PARAMETERS = {
  none: {},
  relu: {},
  relu6: {},
  leakyRelu: { alpha: 0.01 },
  elu: { alpha: 1 },
  prelu: {},
  sigmoid: {},
  hardSigmoid: { alpha: 0.2, beta: 0.5 },
  tanh: {},
  gelu: {},
  geluTanh: {},
  silu: {},
  hardSwish: {},
  mish: {},
  softplus: {},
  clamp: { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY },
} as const satisfies Record<string, Readonly<Record<string, number>>>;

/** Name of an activation. */
export type ActivationName = keyof typeof PARAMETERS;

export const ACTIVATION_NAMES = Object.keys(PARAMETERS) as ActivationName[];

/**
 * Activation by name, or with its parameters.
 *
 * | name | f(x) |
 * | --- | --- |
 * | 'none' | x |
 * | 'relu' | max(x, 0) |
 * | 'relu6' | min(max(x, 0), 6) |
 * | 'leakyRelu' | x < 0 ? α·x : x; α = 0.01 |
 * | 'elu' | x < 0 ? α·(eˣ − 1) : x; α = 1 |
 * | 'prelu' | x < 0 ? slope·x : x; the slope is an operand, one value or one for each channel |
 * | 'sigmoid' | 1 / (1 + e⁻ˣ) |
 * | 'hardSigmoid' | min(max(α·x + β, 0), 1); α = 0.2, β = 0.5 (WebNN, ONNX; PyTorch has α = 1/6) |
 * | 'tanh' | tanh x |
 * | 'gelu' | x·Φ(x), with the normal distribution function Φ |
 * | 'geluTanh' | x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))) |
 * | 'silu' | x / (1 + e⁻ˣ) |
 * | 'hardSwish' | x·min(max(x + 3, 0), 6) / 6 |
 * | 'mish' | x·tanh(softplus(x)) |
 * | 'softplus' | ln(1 + eˣ) |
 * | 'clamp' | min(max(x, min), max) |
 */
export type Activation =
  | ActivationName
  | { readonly name: 'leakyRelu' | 'elu'; readonly alpha?: number }
  | { readonly name: 'hardSigmoid'; readonly alpha?: number; readonly beta?: number }
  | { readonly name: 'clamp'; readonly min?: number; readonly max?: number };

/** Activation of a normalised problem. `alpha` and `beta` are in f32; of 'clamp' they are min and max, of the rest without parameters 0. */
export interface ActivationSpec {
  readonly name: ActivationName;
  readonly alpha: number;
  readonly beta: number;
}

export const NO_ACTIVATION: ActivationSpec = Object.freeze({ name: 'none', alpha: 0, beta: 0 });

/**
 * Reads an activation option.
 * @throws InvalidArgumentError for a name or parameter that does not exist, a parameter that is no number, or min > max.
 */
export function parseActivation(action: string, value: unknown): ActivationSpec {
  const given = typeof value === 'string' ? { name: value } : value;
  if (typeof given !== 'object' || given === null || !('name' in given)) {
    throw new InvalidArgumentError(
      `${action}: activation is ${describe(value)}, but must be a name or an object with a name, such as { name: 'leakyRelu', alpha: 0.1 }.`,
    );
  }
  const name = oneOf(action, 'activation', given.name, ACTIVATION_NAMES);
  const defaults: Readonly<Record<string, number>> = PARAMETERS[name];
  const extra = Object.keys(given).find((key) => key !== 'name');
  if (extra !== undefined && Object.keys(defaults).length === 0) {
    throw new InvalidArgumentError(
      `${action}: the activation '${name}' has no parameters, but ${extra} was given. Leave it out.`,
      'unknown-option',
    );
  }
  rejectUnknownOptions(`${action}: activation '${name}'`, given, ['name', ...Object.keys(defaults)]);
  const [alpha = 0, beta = 0] = Object.entries(defaults).map(([parameter, byDefault]) => {
    const number = (given as Readonly<Record<string, unknown>>)[parameter] ?? byDefault;
    const infinite = name === 'clamp' && Math.abs(number as number) === Number.POSITIVE_INFINITY;
    if (typeof number === 'number' && (infinite || Number.isFinite(Math.fround(number)))) return Math.fround(number);
    throw new InvalidArgumentError(
      `${action}: ${parameter} of the activation '${name}' is ${describe(number)}, but must be a number${name === 'clamp' ? '' : ' that is finite in f32'}.`,
    );
  });
  if (name === 'clamp' && alpha > beta) {
    throw new InvalidArgumentError(`${action}: the activation 'clamp' has min ${alpha} above max ${beta}. Swap them.`);
  }
  return Object.freeze({ name, alpha, beta });
}

/** An activation in a message: `relu`, `leakyRelu(0.1)`. */
export function describeActivation({ name, alpha, beta }: ActivationSpec): string {
  const count = Object.keys(PARAMETERS[name]).length;
  return count === 0 ? name : `${name}(${[alpha, beta].slice(0, count).join(', ')})`;
}
