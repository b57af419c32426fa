// The reference poolings of every rank: plain loops, float64.
import { InvalidArgumentError } from '../errors.js';
import {
  type AveragePoolOptions,
  assertOptionsObject,
  axisPitches,
  type ConvAxis,
  describe,
  elementCount,
  type FloatDType,
  type PoolKind,
  type PoolOptions,
  type PoolProblem,
  poolInputShape,
  poolName,
  poolOptionNames,
  poolOutputShape,
  poolProblem,
  type Rank,
  rejectUnknownOptions,
  volumeAxes,
} from '../problem/index.js';
import { type ReferenceResult, type ReferenceTensor, storedValues, withTensors } from './operands.js';
import { sourceTable } from './taps.js';

interface StoredType {
  /** 'float16' rounds the input to half precision first; default 'float32', which takes it as it is. */
  readonly dtype?: FloatDType;
}

/** Options of the reference max poolings. */
export interface ReferenceMaxPoolOptions<R extends Rank = Rank> extends PoolOptions<R>, StoredType {
  /** True: also where each largest value stands. */
  readonly returnIndices?: boolean;
}

/** Options of the reference average poolings. */
export interface ReferenceAveragePoolOptions<R extends Rank = Rank> extends AveragePoolOptions<R>, StoredType {}

/** Options of the reference L2 poolings. */
export interface ReferenceL2PoolOptions<R extends Rank = Rank> extends PoolOptions<R>, StoredType {}

/** Result of a max pooling. */
export interface ReferenceMaxPoolResult extends ReferenceResult {
  /** With `returnIndices`: for each output the flat index of its value in the plane of its channel, (depth · H + row) · W + column. */
  readonly indices?: Uint32Array;
}

type AnyPoolOptions = ReferenceMaxPoolOptions | ReferenceAveragePoolOptions | ReferenceL2PoolOptions;

/** Checks the operand of a reference pooling and normalises its problem. @throws InvalidArgumentError as the engine. */
export function referencePoolProblem(
  kind: PoolKind,
  rank: Rank,
  input: ReferenceTensor,
  options: AnyPoolOptions,
): { readonly problem: PoolProblem; readonly returnIndices: boolean } {
  const action = `reference ${poolName(kind, rank)}`;
  assertOptionsObject(action, options);
  const { returnIndices = false, ...geometry } = options as ReferenceMaxPoolOptions;
  const problem = withTensors(action, { input }, () => {
    const names = [...poolOptionNames(kind), 'dtype', ...(kind === 'max' ? ['returnIndices'] : [])];
    rejectUnknownOptions(action, options, names);
    return poolProblem(kind, rank, { ...geometry, inputShape: input.shape }, action);
  });
  if (typeof returnIndices !== 'boolean') {
    throw new InvalidArgumentError(
      `${action}: returnIndices is ${describe(returnIndices)}, but must be true or false.`,
    );
  }
  if (returnIndices && problem.paddingContent?.mode === 'constant') {
    throw new InvalidArgumentError(
      `${action}: returnIndices cannot point at the constant ${problem.paddingContent.value} in the padding. Leave paddingMode out, or give one that holds values of the input.`,
    );
  }
  return { problem, returnIndices };
}

/** How many taps of the window of each output lie in the input or the padding asked for; 'ceil' may reach further. */
function tapsInPadding({ inputSize, filterSize, stride, dilation, padBegin, padEnd, outputSize }: ConvAxis): number[] {
  return Array.from({ length: outputSize }, (_, output) => {
    const origin = output * stride - padBegin;
    return Math.min(filterSize, Math.ceil((inputSize + padEnd - origin) / dilation));
  });
}

/** What a window comes to. */
interface WindowResult {
  readonly value: number;
  /** Of a maximum: place in the plane; −1 if it stands in the padding. */
  readonly index: number;
}

/**
 * What a kind of pooling makes of a window's values. The largest is the first in row-major order of several, and NaN counts as
 * larger than all that came before, as in PyTorch.
 */
function reduceWindow(
  kind: PoolKind,
  values: readonly number[],
  places: readonly number[],
  divisor: number,
): WindowResult {
  if (kind === 'average') return { value: values.reduce((sum, value) => sum + value, 0) / divisor, index: -1 };
  if (kind === 'l2') return { value: Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)), index: -1 };
  let largest = 0;
  for (let tap = 1; tap < values.length; tap++) {
    if (values[tap]! > values[largest]! || Number.isNaN(values[tap])) largest = tap;
  }
  return { value: values[largest]!, index: places[largest]! };
}

/**
 * Computes a pooling; an input stored in half precision is rounded to it first. `divisors` are what each mean was divided
 * by; `indices` are those of a max pooling, 2^32 − 1 where the largest value is a constant in the padding.
 */
export function poolOfProblem(
  problem: PoolProblem,
  input: ArrayLike<number>,
): { data: Float64Array; indices: Uint32Array; divisors: Uint32Array } {
  const x = storedValues(input, problem.dtype);
  const { kind, batch: N, channels: C, paddingContent, countPadding } = problem;
  const axes = volumeAxes(problem.axes);
  const [depth, rows, columns] = axes;
  const [T, R, S] = [depth.filterSize, rows.filterSize, columns.filterSize];
  const [depths, heights, widths] = axes.map((axis) => sourceTable(axis, paddingContent?.mode ?? 'constant'));
  const [depthTaps, rowTaps, columnTaps] = axes.map(tapsInPadding);
  const xp = axisPitches(poolInputShape(problem), problem.inputLayout);
  const yp = axisPitches(poolOutputShape(problem), problem.inputLayout);
  const count = elementCount(poolOutputShape(problem));
  const data = new Float64Array(count);
  const indices = new Uint32Array(count);
  const divisors = new Uint32Array(count);
  for (let n = 0; n < N; n++) {
    for (let c = 0; c < C; c++) {
      for (let o = 0; o < depth.outputSize; o++) {
        for (let p = 0; p < rows.outputSize; p++) {
          for (let q = 0; q < columns.outputSize; q++) {
            const values: number[] = [];
            const places: number[] = [];
            for (let t = 0; t < T; t++) {
              const d = depths![o * T + t]!;
              for (let r = 0; r < R; r++) {
                const h = heights![p * R + r]!;
                for (let s = 0; s < S; s++) {
                  const v = widths![q * S + s]!;
                  const isInside = d >= 0 && h >= 0 && v >= 0;
                  if (!isInside && paddingContent === undefined) continue; // no part of the window
                  values.push(
                    isInside ? x[n * xp.n + c * xp.c + d * xp.d + h * xp.h + v * xp.w]! : paddingContent!.value,
                  );
                  places.push(isInside ? (d * rows.inputSize + h) * columns.inputSize + v : -1);
                }
              }
            }
            const isPaddingCounted = countPadding && paddingContent === undefined;
            const divisor = isPaddingCounted ? depthTaps![o]! * rowTaps![p]! * columnTaps![q]! : values.length;
            const result = reduceWindow(kind, values, places, divisor);
            const output = n * yp.n + c * yp.c + o * yp.d + p * yp.h + q * yp.w;
            data[output] = result.value;
            indices[output] = result.index;
            divisors[output] = divisor;
          }
        }
      }
    }
  }
  return { data, indices, divisors };
}
