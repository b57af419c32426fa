// Optimisers: what turns a gradient into new weights, one fused kernel each. Weights are tensors and never change: a step computes new ones. What
// an optimiser remembers of a weight is its own, and is updated in place.
import adamKernel from '../../shaders/training/optimizer_adam_f32.wgsl';
import sgdKernel from '../../shaders/training/optimizer_sgd_f32.wgsl';
import { InvalidArgumentError } from '../errors.js';
import type { Kernel, UniformValues } from '../gpu/kernel.js';
import { assertOptionsObject, describe, oneOf, rejectUnknownOptions } from '../problem/index.js';

/**
 * Gradient descent with momentum, as in PyTorch: v ← momentum · v + (g + weightDecay · w), w ← w − learningRate · v.
 * B. Polyak, *Some methods of speeding up the convergence of iteration methods*, 1964.
 */
export interface SgdOptions {
  readonly name: 'sgd';
  /** Default 0.01. */
  readonly learningRate?: number;
  /** At least 0 and below 1; default 0. */
  readonly momentum?: number;
  /** At least 0; default 0. */
  readonly weightDecay?: number;
}

/** Adam: D. Kingma, J. Ba, arXiv:1412.6980. With `weightDecay` AdamW: I. Loshchilov, F. Hutter, arXiv:1711.05101. */
export interface AdamOptions {
  readonly name: 'adam';
  /** Default 0.001. */
  readonly learningRate?: number;
  /** How much of the gradient's mean is kept; at least 0 and below 1, default 0.9. */
  readonly beta1?: number;
  /** How much of the mean of its square is kept; at least 0 and below 1, default 0.999. */
  readonly beta2?: number;
  /** Added to the root of that mean; above 0, default 1e-8. */
  readonly epsilon?: number;
  /** A weight shrinks by learningRate · weightDecay of itself in a step; at least 0, default 0. */
  readonly weightDecay?: number;
}

/** How a network learns: a name for the defaults, or a name with parameters. */
export type OptimizerOptions = 'sgd' | 'adam' | SgdOptions | AdamOptions;

/** An optimiser that is known to be valid. */
export interface Optimizer {
  readonly name: 'sgd' | 'adam';
  readonly learningRate: number;
  readonly kernel: Kernel;
  /** Values that it remembers of each weight. */
  readonly moments: number;
  /** Parameters of the kernel in step number `step`, from 1 on. */
  values(weights: number, step: number, learningRate: number): UniformValues;
}

const DEFAULTS = {
  sgd: { learningRate: 0.01, momentum: 0, weightDecay: 0 },
  adam: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
} as const;

/** Throws unless a learning rate is a finite number of at least 0. */
export function parseLearningRate(action: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(Math.fround(value)) && value >= 0) return value;
  throw new InvalidArgumentError(
    `${action}: learningRate is ${describe(value)}, but must be a finite number of at least 0.`,
  );
}

function parseParameter(action: string, name: string, value: unknown): number {
  if (name === 'learningRate') return parseLearningRate(action, value);
  const isNumber = typeof value === 'number' && Number.isFinite(Math.fround(value));
  const below1 = name === 'momentum' || name.startsWith('beta');
  const isPositive = name === 'epsilon'; // and not 0 in f32: 0 / 0 is no number
  if (isNumber && value >= 0 && (!below1 || Math.fround(value) < 1) && (!isPositive || value >= 2 ** -126))
    return value;
  const rule = below1
    ? 'a number of at least 0 and below 1'
    : `a finite number ${isPositive ? 'above' : 'of at least'} 0`;
  throw new InvalidArgumentError(`${action}: ${name} is ${describe(value)}, but must be ${rule}.`);
}

/**
 * Reads the option.
 * @throws InvalidArgumentError for an optimiser or parameter that does not exist, or a value out of its range.
 */
export function parseOptimizer(action: string, option: unknown): Optimizer {
  const given = typeof option === 'string' ? { name: option } : option;
  assertOptionsObject(`${action}: optimizer`, given);
  const { name: givenName, ...parameters } = given as { name?: unknown } & Readonly<Record<string, unknown>>;
  const name = oneOf(action, 'the name of the optimizer', givenName, ['sgd', 'adam'] as const);
  const defaults: Readonly<Record<string, number>> = DEFAULTS[name];
  rejectUnknownOptions(`${action}: optimizer '${name}'`, parameters, Object.keys(defaults));
  const parsed = Object.fromEntries(
    Object.entries(defaults).map(([key, byDefault]) => [
      key,
      parseParameter(action, key, parameters[key] ?? byDefault),
    ]),
  );
  return name === 'sgd' ? sgd(parsed as never) : adam(parsed as never);
}

function sgd({ learningRate, momentum, weightDecay }: Required<Omit<SgdOptions, 'name'>>): Optimizer {
  const values = (weights: number, _: number, rate: number) => ({ weights, rate, momentum, decay: weightDecay });
  return { name: 'sgd', learningRate, kernel: sgdKernel, moments: 1, values };
}

function adam({ learningRate, beta1, beta2, epsilon, weightDecay }: Required<Omit<AdamOptions, 'name'>>): Optimizer {
  return {
    name: 'adam',
    learningRate,
    kernel: adamKernel,
    moments: 2,
    values: (weights, step, rate) => ({
      weights,
      rate: rate / (1 - beta1 ** step),
      shrink: rate * weightDecay,
      mean_keep: beta1,
      mean_add: 1 - beta1,
      square_keep: beta2,
      square_add: 1 - beta2,
      square_unbias: 1 / Math.sqrt(1 - beta2 ** step),
      epsilon,
    }),
  };
}
