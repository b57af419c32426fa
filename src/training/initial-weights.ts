// How weights begin: random, with a variance that keeps signals the same size from layer to layer.
import type { Random } from './random.js';

/** The rules. */
export const INITIAL_WEIGHTS = ['heNormal', 'heUniform', 'glorotNormal', 'glorotUniform'] as const;

/**
 * A rule for the variance of a filter's first weights, and their distribution. With fan-in C/G · R · S, the products in an output, and fan-out
 * K/G · R · S:
 *
 * | rule | variance | source |
 * | --- | --- | --- |
 * | 'heNormal', 'heUniform' | 2 / fan-in | K. He, X. Zhang, S. Ren, J. Sun, *Delving Deep into Rectifiers*, arXiv:1502.01852, equation (10) |
 * | 'glorotNormal', 'glorotUniform' | 2 / (fan-in + fan-out) | X. Glorot, Y. Bengio, *Understanding the difficulty of training deep feedforward neural networks*, 2010, equation (12) |
 *
 * Uniform weights lie in ±√(3 · variance). Strides do not count.
 */
export type InitialWeights = (typeof INITIAL_WEIGHTS)[number];

/** How many products an output has, and how many outputs a value is in. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/** `count` weights in f32. */
export function initialWeights(
  random: Random,
  rule: InitialWeights,
  count: number,
  { fanIn, fanOut }: Fans,
): Float32Array<ArrayBuffer> {
  const variance = rule.startsWith('he') ? 2 / fanIn : 2 / (fanIn + fanOut);
  const isNormal = rule.endsWith('Normal');
  const scale = Math.sqrt(isNormal ? variance : 3 * variance);
  const weights = new Float32Array(count);
  for (let index = 0; index < count; index++) {
    weights[index] = scale * (isNormal ? random.normal() : 2 * random.uniform() - 1);
  }
  return weights;
}
