// How far sums computed by Winograd may be off: the magnitudes T of src/algorithms/winograd-transforms.ts, for every output, in plain
// loops and float64.
import { type WinogradTransform, winogradRoundings } from '../../src/algorithms/winograd-transforms.js';
import {
  axisPitches,
  type ConvProblem,
  convFilterShape,
  convInputShape,
  convOutputShape,
  elementCount,
  type GatherAxis,
  gathersOf,
  type PaddingContent,
} from '../../src/problem/index.js';
import type { SumErrors } from '../../src/reference/error-bound.js';
import type { ConvOperands } from '../../src/reference/operands.js';

type Matrix = readonly (readonly number[])[];

/** Values below 2^-126 may be flushed to zero: in units of u = 2^-24, 2^-102 of any intermediate value. */
const FLUSHED = 2 ** -102;

/** |left| · middle · |left|ᵀ */
function sandwich(left: Matrix, middle: Matrix): number[][] {
  const times = (a: Matrix, column: (l: number) => number) =>
    a.map((row) => row.reduce((sum, value, l) => sum + Math.abs(value) * column(l), 0));
  const half = middle[0]!.map((_, column) => times(left, (l) => middle[l]![column]!)); // columns of |left| · middle
  return left.map((_, i) => times(left, (l) => half[l]![i]!));
}

/** Where a coordinate lies on an axis; undefined: in a constant padding. */
function sourceOf(mode: PaddingContent['mode'], at: number, size: number): number | undefined {
  if (at >= 0 && at < size) return at;
  const modulo = (divisor: number) => ((at % divisor) + divisor) % divisor;
  if (mode === 'constant') return undefined;
  if (mode === 'replicate') return at < 0 ? 0 : size - 1;
  if (mode === 'circular') return modulo(size);
  if (mode === 'symmetric') return Math.min(modulo(2 * size), 2 * size - 1 - modulo(2 * size));
  return size === 1 ? 0 : Math.min(modulo(2 * size - 2), 2 * size - 2 - modulo(2 * size - 2));
}

/** The errors of Winograd's sums. */
export function winogradSumErrors(
  problem: ConvProblem,
  { input, filter }: ConvOperands,
  transform: WinogradTransform,
): SumErrors {
  const { batch, groups, inputChannels, outputChannels, paddingContent, operator } = problem;
  const { tile } = transform;
  const [, rows, columns] = gathersOf(problem)[0]!;
  const x = axisPitches(convInputShape(problem), problem.inputLayout);
  const w = axisPitches(convFilterShape(problem), problem.filterLayout);
  const y = axisPitches(convOutputShape(problem), problem.inputLayout);
  const [channels, filters] = [inputChannels / groups, outputChannels / groups];
  const places = Array.from({ length: tile + 2 }, (_, i) => i);

  const transformed = Array.from({ length: outputChannels }, (_, k) =>
    Array.from({ length: channels }, (__, c) => {
      const group = Math.floor(k / filters);
      const first = operator === 'conv' ? k * w.o + c * w.i : (k % filters) * w.o + (group * channels + c) * w.i;
      const tapAt = (axis: GatherAxis, tap: number) => axis.firstTap + tap * axis.tapStep;
      const taps = [0, 1, 2].map((r) =>
        [0, 1, 2].map((s) => Math.abs(filter[first + tapAt(rows, r) * w.h + tapAt(columns, s) * w.w]!) + FLUSHED),
      );
      return sandwich(transform.filter, taps).flat();
    }),
  );

  const magnitudes = new Float64Array(elementCount(convOutputShape(problem)));
  const inputAt = (n: number, c: number, p: number, q: number) => {
    if (p >= rows.outputs + 2 || q >= columns.outputs + 2) return 0; // seen by no output: the kernels take 0
    const h = sourceOf(paddingContent.mode, p - rows.padBegin, rows.inputSize);
    const v = sourceOf(paddingContent.mode, q - columns.padBegin, columns.inputSize);
    return Math.abs(
      h === undefined || v === undefined ? paddingContent.value : input[n * x.n + c * x.c + h * x.h + v * x.w]!,
    );
  };
  const sumsOfRows = transform.output.map((row) => row.reduce((sum, value) => sum + Math.abs(value), 0));
  const flushed = FLUSHED * Math.max(...sumsOfRows) ** 2;
  for (let n = 0; n < batch; n++)
    for (let top = 0; top < rows.outputs; top += tile)
      for (let left = 0; left < columns.outputs; left += tile) {
        const inputs = Array.from({ length: inputChannels }, (_, c) => {
          const values = places.map((i) => places.map((j) => inputAt(n, c, top + i, left + j) + FLUSHED));
          return sandwich(transform.input, values).flat();
        });
        for (let k = 0; k < outputChannels; k++) {
          const group = Math.floor(k / filters);
          const products = new Float64Array((tile + 2) ** 2);
          for (let c = 0; c < channels; c++) {
            const [u, v] = [transformed[k]![c]!, inputs[group * channels + c]!];
            for (let index = 0; index < products.length; index++) products[index]! += u[index]! * v[index]!;
          }
          const outputs = sandwich(
            transform.output,
            places.map((i) => [...products.subarray(i * (tile + 2), (i + 1) * (tile + 2))]),
          );
          for (let p = top; p < Math.min(top + tile, rows.outputs); p++)
            for (let q = left; q < Math.min(left + tile, columns.outputs); q++)
              magnitudes[n * y.n + k * y.c + p * y.h + q * y.w] = outputs[p - top]![q - left]! + flushed;
        }
      }
  const u = 2 ** -24;
  return { magnitudes, roundings: Math.expm1(winogradRoundings(problem, transform) * Math.log1p(u)) / u };
}
