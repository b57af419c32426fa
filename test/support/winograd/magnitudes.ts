// How far sums computed by Winograd may be off: the bound of src/algorithms/winograd-errors.ts on the data of its tile, for every output,
// in plain loops and float64.
import { productsOf, type Transforms, type WinogradTransform } from '../../../src/algorithms/winograd-transforms.js';
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
} from '../../../src/problem/index.js';
import type { SumErrors } from '../../../src/reference/error-bound.js';
import type { ConvOperands } from '../../../src/reference/operands.js';
import { type ErrorTerm, winogradErrors } from './errors.js';
import { evaluated } from './transforms.js';

/** Values below 2^-126 may be flushed to zero: in units of u = 2^-24, 2^-102 of any intermediate value. */
const FLUSHED = 2 ** -102;

/** Σ count · rows[o,i,r] · columns[p,j,s] · products[i,j,r,s] for the outputs (o, p) of a tile; products as (i, j, r, s). */
function tileErrors(terms: readonly ErrorTerm[], products: Float64Array): number[][] {
  const [, first, second] = terms[0]!;
  const errors = first.map(() => second.map(() => 0));
  const [columns, taps, otherTaps] = [second[0]!.length, first[0]![0]!.length, second[0]![0]!.length];
  for (const [count, p, q] of terms)
    for (const [o, inputs] of p.entries()) {
      // the rows' axis first: (j, s)
      const sums = new Float64Array(columns * otherTaps);
      for (const [i, factors] of inputs.entries())
        for (const [r, factor] of factors.entries())
          for (let j = 0; factor !== 0 && j < columns; j++)
            for (let s = 0; s < otherTaps; s++)
              sums[j * otherTaps + s]! += factor * products[((i * columns + j) * taps + r) * otherTaps + s]!;
      for (const [at, others] of q.entries())
        for (const [j, factors] of others.entries())
          for (const [s, factor] of factors.entries()) errors[o]![at]! += count * factor * sums[j * otherTaps + s]!;
    }
  return errors;
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

/** The errors of Winograd's sums, by a transform along rows and one along columns. */
export function winogradSumErrors(
  problem: ConvProblem,
  { input, filter }: ConvOperands,
  transforms: Transforms,
): SumErrors {
  const [along, across] = transforms;
  const { batch, groups, inputChannels, outputChannels, paddingContent, operator } = problem;
  const terms = winogradErrors(problem, transforms);
  const [, rows, columns] = gathersOf(problem)[0]!;
  const x = axisPitches(convInputShape(problem), problem.inputLayout);
  const w = axisPitches(convFilterShape(problem), problem.filterLayout);
  const y = axisPitches(convOutputShape(problem), problem.inputLayout);
  const [channels, filters] = [inputChannels / groups, outputChannels / groups];
  const [seenRows, seenColumns] = transforms.map(productsOf) as [number, number];
  const [R, S] = [along.taps, across.taps];

  const weights = Array.from({ length: outputChannels }, (_, k) =>
    Array.from({ length: channels }, (__, c) => {
      const group = Math.floor(k / filters);
      const first = operator === 'conv' ? k * w.o + c * w.i : (k % filters) * w.o + (group * channels + c) * w.i;
      const tapAt = (axis: GatherAxis, tap: number) => axis.firstTap + tap * axis.tapStep;
      return Array.from({ length: R * S }, (___, tap) => {
        const at = first + tapAt(rows, Math.floor(tap / S)) * w.h + tapAt(columns, tap % S) * w.w;
        return Math.abs(filter[at]!) + FLUSHED;
      });
    }),
  );

  const magnitudes = new Float64Array(elementCount(convOutputShape(problem)));
  const inputAt = (n: number, c: number, p: number, q: number) => {
    if (p >= rows.outputs + R - 1 || q >= columns.outputs + S - 1) return 0; // seen by no output: the kernels take 0
    const h = sourceOf(paddingContent.mode, p - rows.padBegin, rows.inputSize);
    const v = sourceOf(paddingContent.mode, q - columns.padBegin, columns.inputSize);
    return Math.abs(
      h === undefined || v === undefined ? paddingContent.value : input[n * x.n + c * x.c + h * x.h + v * x.w]!,
    );
  };
  const mostOf = (transform: WinogradTransform) =>
    Math.max(...evaluated(transform).output.matrix.map((row) => row.reduce((sum, value) => sum + Math.abs(value), 0)));
  const flushed = FLUSHED * channels * mostOf(along) * mostOf(across);
  for (let n = 0; n < batch; n++)
    for (let top = 0; top < rows.outputs; top += along.tile)
      for (let left = 0; left < columns.outputs; left += across.tile) {
        const inputs = Array.from({ length: inputChannels }, (_, c) =>
          Array.from(
            { length: seenRows * seenColumns },
            (__, at) => inputAt(n, c, top + Math.floor(at / seenColumns), left + (at % seenColumns)) + FLUSHED,
          ),
        );
        for (let k = 0; k < outputChannels; k++) {
          const group = Math.floor(k / filters);
          const products = new Float64Array(seenRows * seenColumns * R * S);
          for (let c = 0; c < channels; c++) {
            const [taps, values] = [weights[k]![c]!, inputs[group * channels + c]!];
            let index = 0;
            for (const value of values) for (const tap of taps) products[index++]! += value * tap;
          }
          const errors = tileErrors(terms, products);
          for (let p = top; p < Math.min(top + along.tile, rows.outputs); p++)
            for (let q = left; q < Math.min(left + across.tile, columns.outputs); q++)
              magnitudes[n * y.n + k * y.c + p * y.h + q * y.w] = errors[p - top]![q - left]! + flushed;
        }
      }
  return { magnitudes, roundings: 1 }; // all roundings are in the magnitudes, those of the bias' addition among them
}
