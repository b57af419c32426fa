// The values of a case, made from its seed.
import {
  type ChannelTerm,
  type ConvProblem,
  convFilterShape,
  convInputShape,
  convOutputShape,
  elementCount,
  FILTER_LAYOUTS,
  type FloatDType,
  gathersOf,
  gemmSize,
  INPUT_LAYOUTS,
  roundToHalf,
  type Shape,
  shapeInLayout,
  type TensorLayout,
} from '../../src/problem/index.js';
import { type ConvCase, problemOf } from './arbitrary-problem.js';
import { randomValues } from './random.js';

/** Values and their shape. */
export interface Values {
  readonly data: Float32Array<ArrayBuffer>;
  readonly shape: Shape;
}

/** Values in another order of axes. */
export function inLayout(values: ArrayLike<number>, shape: Shape, from: TensorLayout, to: TensorLayout): Values {
  const sizes = Object.fromEntries([...from].map((letter, axis) => [letter, shape[axis]!]));
  const target = shapeInLayout(to, sizes);
  const pitches = [...to].map((letter) => elementCount(shape.slice(from.indexOf(letter) + 1)));
  const data = new Float32Array(values.length);
  const at = target.map(() => 0);
  for (let index = 0; index < data.length; index++) {
    data[index] = values[at.reduce((sum, place, axis) => sum + place * pitches[axis]!, 0)]!;
    for (let axis = at.length - 1; axis >= 0 && ++at[axis]! === target[axis]; axis--) at[axis] = 0;
  }
  return { data, shape: target };
}

/** A case with all its values, in its layouts. */
export interface ConvOperands {
  readonly case: ConvCase;
  readonly problem: ConvProblem;
  readonly input: Values;
  readonly filter: Values;
  readonly terms: Readonly<Partial<Record<ChannelTerm, Float32Array<ArrayBuffer>>>>;
  readonly residual: Values | undefined;
}

/** Seeded values, as they can be stored. */
export function storedRandom(count: number, seed: number, dtype: FloatDType, gain = 0): Float32Array<ArrayBuffer> {
  const values = randomValues(count, seed).map((value) => value * 2 ** gain);
  return dtype === 'float16' ? values.map(roundToHalf) : values;
}

/** Values of a tensor that is drawn channels first. */
function drawnTensor(
  shape: Shape,
  layout: TensorLayout,
  channelsFirst: TensorLayout,
  seed: number,
  dtype: FloatDType,
  gain = 0,
) {
  const sizes = Object.fromEntries([...layout].map((letter, axis) => [letter, shape[axis]!]));
  const values = storedRandom(elementCount(shape), seed, dtype, gain);
  return inLayout(values, shapeInLayout(channelsFirst, sizes), channelsFirst, layout);
}

/** Makes the values of a case. */
export function operandsOf(given: ConvCase): ConvOperands {
  const { rank, seed, terms, oneSlope, dtype, filterDtype, inputLayout, filterLayout, gain } = given;
  const problem = problemOf(given);
  const plainInput = INPUT_LAYOUTS[rank][0];
  const plainFilter = FILTER_LAYOUTS[rank][given.operator === 'conv' ? 0 : 1];
  const values = (term: ChannelTerm, index: number): [ChannelTerm, Float32Array<ArrayBuffer>] => [
    term,
    randomValues(term === 'slope' && oneSlope ? 1 : problem.outputChannels, seed + 3 + index),
  ];
  return {
    case: given,
    problem,
    input: drawnTensor(convInputShape(problem), inputLayout, plainInput, seed, dtype, gain),
    filter: drawnTensor(convFilterShape(problem), filterLayout, plainFilter, seed + 1, filterDtype),
    terms: Object.fromEntries(terms.map(values)),
    residual: given.residual
      ? drawnTensor(convOutputShape(problem), inputLayout, plainInput, seed + 2, dtype)
      : undefined,
  };
}

/** Bytes of workspace that a case allows; undefined: as much as the engine likes. */
export function workspaceLimitOf({ tiles }: ConvCase, problem: ConvProblem): number | undefined {
  if (tiles === 0) return undefined;
  const depths = gathersOf(problem).map((gather) => gemmSize(problem, gather).depth);
  // not less than what Winograd needs for four tiles, of 36 values in each channel
  const transformed = 4 * 4 * 36 * (problem.inputChannels + problem.outputChannels);
  // nor than the products of the batch with every tap, which transposed convolutions may sum
  const { batch, outputChannels, operator, axes } = problem;
  const ofTaps = axes.reduce((product, { inputSize, filterSize }) => product * inputSize * filterSize, 4 * batch);
  const columns = operator === 'convTranspose' ? ofTaps * outputChannels : 0;
  return Math.max(transformed, columns, tiles * 64 * 4 * Math.max(1, ...depths));
}
