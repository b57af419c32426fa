// Gradients of the reference poolings, of every rank: plain loops over windows and their elements, float64. Each window scatters what its
// output's gradient comes to for every element that it holds.
import { InvalidArgumentError } from '../errors.js';
import {
  type AveragePoolOptions,
  assertOptionsObject,
  axisPitches,
  describe,
  elementCount,
  type FloatDType,
  formatShape,
  type PoolDescription,
  type PoolKind,
  type PoolOptions,
  type PoolProblem,
  poolInputShape,
  poolOptionNames,
  poolOutputShape,
  poolProblem,
  type Rank,
  rejectUnknownOptions,
  type Shape,
  sameShape,
  volumeAxes,
} from '../problem/index.js';
import { type ReferenceTensor, storedValues, withTensors } from './operands.js';
import { poolOfProblem } from './pool.js';
import { sourceTable } from './taps.js';

interface Shared {
  /** Shape of the pooling's input, and of the result. */
  readonly inputShape: Shape;
  /** 'float16' rounds the tensors to half precision first; default 'float32', which takes them as they are. */
  readonly dtype?: FloatDType;
}

/** Options of the reference's maxPoolBackward: those of the pooling. */
export interface ReferenceMaxPoolBackwardOptions<R extends Rank = Rank> extends PoolOptions<R>, Shared {}

/** Options of the reference's averagePoolBackward: those of the pooling. */
export interface ReferenceAveragePoolBackwardOptions<R extends Rank = Rank> extends AveragePoolOptions<R>, Shared {}

/** Options of the reference's l2PoolBackward: those of the pooling. */
export interface ReferenceL2PoolBackwardOptions<R extends Rank = Rank> extends PoolOptions<R>, Pick<Shared, 'dtype'> {}

/** What the gradient of a pooling is computed from, as it is stored. */
export interface PoolBackwardOperands {
  readonly problem: PoolProblem;
  readonly gradient: ArrayLike<number>;
  /** Of a maximum: where each stands in the plane of its channel. */
  readonly indices: ArrayLike<number> | undefined;
  /** Of √Σx²: x. */
  readonly input: ArrayLike<number> | undefined;
}

/** The other tensor that a pooling's gradient is computed from: none of a mean. */
export type PoolBackwardTensors = { readonly indices: ReferenceTensor } | { readonly input: ReferenceTensor } | object;

function assertShape(action: string, name: string, tensor: ReferenceTensor, shape: Shape): void {
  if (Array.isArray(tensor.shape) && sameShape(tensor.shape, shape)) return;
  throw new InvalidArgumentError(
    `${action}: ${name} has shape ${describe(tensor.shape)}, but the output of this pooling has ${formatShape(shape)}. Give a tensor of that shape.`,
  );
}

/** Throws InvalidArgumentError for an index that is no place in the plane of a channel. */
function assertIndices(action: string, { axes }: PoolProblem, { data }: ReferenceTensor): void {
  const places = axes.reduce((product, { inputSize }) => product * inputSize, 1);
  for (let at = 0; at < data.length; at++) {
    if (Number.isInteger(data[at]) && data[at]! >= 0 && data[at]! < places) continue;
    throw new InvalidArgumentError(
      `${action}: index ${at} is ${data[at]}, but must be a place in a plane of ${places} elements. Give the indices that the pooling returned.`,
    );
  }
}

/** Checks the operands of a pooling's gradient and normalises its problem. @throws InvalidArgumentError as the engine. */
export function poolBackwardOperands(
  kind: PoolKind,
  gradient: ReferenceTensor,
  others: PoolBackwardTensors,
  options: ReferenceMaxPoolBackwardOptions | ReferenceAveragePoolBackwardOptions | ReferenceL2PoolBackwardOptions,
): PoolBackwardOperands {
  const action = `reference ${kind}PoolBackward`;
  assertOptionsObject(action, options);
  const { indices, input } = others as { readonly indices?: ReferenceTensor; readonly input?: ReferenceTensor };
  const problem = withTensors(action, { gradient, ...(others as Record<string, ReferenceTensor>) }, () => {
    rejectUnknownOptions(action, options, [...poolOptionNames(kind), 'dtype', ...(input ? [] : ['inputShape'])]);
    const rank = gradient.shape.length - 2;
    if (rank !== 1 && rank !== 2 && rank !== 3) {
      throw new InvalidArgumentError(
        `${action}: gradient has shape ${describe(gradient.shape)}, but must have 3, 4 or 5 axes: batch, channels, and one to three spatial ones.`,
      );
    }
    const description = { ...options, ...(input && { inputShape: input.shape }) } as PoolDescription;
    const normalised = poolProblem(kind, rank, description, action);
    const shape = poolOutputShape(normalised);
    assertShape(action, 'gradient', gradient, shape);
    if (indices) assertShape(action, 'indices', indices, shape);
    if (kind !== 'max' || normalised.paddingContent?.mode !== 'constant') return normalised;
    throw new InvalidArgumentError(
      `${action}: indices cannot tell of the constant ${normalised.paddingContent.value} in the padding. Leave paddingMode out, or give one that holds values of the input.`,
    );
  });
  if (indices) assertIndices(action, problem, indices);
  const { dtype } = problem;
  return {
    problem,
    gradient: storedValues(gradient.data, dtype),
    indices: indices?.data,
    input: input && storedValues(input.data, dtype),
  };
}

/** The gradient of a pooling's input, how many gradients each value is a sum of, and the sum of their sizes. */
export interface PoolGradients {
  readonly data: Float64Array;
  readonly terms: Uint32Array;
  readonly sizes: Float64Array;
}

/** Computes the gradient of a pooling's input. */
export function poolGradientsOf({ problem, gradient, indices, input }: PoolBackwardOperands): PoolGradients {
  const { batch: N, channels: C, kind, paddingContent } = problem;
  const axes = volumeAxes(problem.axes);
  const [depth, rows, columns] = axes;
  const [T, R, S] = [depth.filterSize, rows.filterSize, columns.filterSize];
  const [depths, heights, widths] = axes.map((axis) => sourceTable(axis, paddingContent?.mode ?? 'constant'));
  const xp = axisPitches(poolInputShape(problem), problem.inputLayout);
  const yp = axisPitches(poolOutputShape(problem), problem.inputLayout);
  const count = elementCount(poolInputShape(problem));
  const { data: roots, divisors } = poolOfProblem(problem, input ?? new Float64Array(count));
  const data = new Float64Array(count);
  const terms = new Uint32Array(count);
  const sizes = new Float64Array(count);
  const add = (at: number, value: number) => {
    data[at]! += value;
    sizes[at]! += Math.abs(value);
    terms[at]! += 1;
  };
  for (let n = 0; n < N; n++) {
    for (let c = 0; c < C; c++) {
      const plane = n * xp.n + c * xp.c;
      for (let o = 0; o < depth.outputSize; o++) {
        for (let p = 0; p < rows.outputSize; p++) {
          for (let q = 0; q < columns.outputSize; q++) {
            const output = n * yp.n + c * yp.c + o * yp.d + p * yp.h + q * yp.w;
            const dy = gradient[output]!;
            if (indices) {
              const index = indices[output]!;
              const [line, w] = [Math.floor(index / columns.inputSize), index % columns.inputSize];
              const [d, h] = [Math.floor(line / rows.inputSize), line % rows.inputSize];
              add(plane + d * xp.d + h * xp.h + w * xp.w, dy);
              continue;
            }
            for (let t = 0; t < T; t++) {
              const d = depths![o * T + t]!;
              for (let r = 0; r < R; r++) {
                const h = heights![p * R + r]!;
                for (let s = 0; s < S; s++) {
                  const w = widths![q * S + s]!;
                  if (d < 0 || h < 0 || w < 0) continue; // padding has no gradient
                  const at = plane + d * xp.d + h * xp.h + w * xp.w;
                  if (kind === 'average') add(at, dy / divisors[output]!);
                  else add(at, roots[output] === 0 ? 0 : (dy * input![at]!) / roots[output]!);
                }
              }
            }
          }
        }
      }
    }
  }
  return { data, terms, sizes };
}
