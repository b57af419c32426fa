// How far sums computed by the algorithm fft may be off: Σc ‖xc‖₂·‖wc‖₂ of src/algorithms/fft-error.ts for the tile of every output, in
// plain loops and float64.
import { fftRoundings } from '../../src/algorithms/fft-error.js';
import { extentOf, fftTiles, POINTS } from '../../src/algorithms/fft-values.js';
import {
  axisPitches,
  type ConvProblem,
  convFilterShape,
  convInputShape,
  convOutputShape,
  elementCount,
  type GatherAxis,
  gathersOf,
  sourceIndex,
} from '../../src/problem/index.js';
import type { SumErrors } from '../../src/reference/error-bound.js';
import type { ConvOperands } from '../../src/reference/operands.js';

/** Values below 2^-126 may be flushed to zero, each of 64·64 of them: in units of u = 2^-24. Filters are scaled by 2^-14 before. */
const FLUSHED = { input: POINTS * 2 ** -102, filter: POINTS * 2 ** -88 };

/** The inputs that the rows (columns) of a tile hold, from the first that an output of it sees: −1 in the padding, undefined where no output sees it. */
function placesOf(axis: GatherAxis, first: number, mode: ConvProblem['paddingContent']['mode']) {
  const seen = axis.outputs + extentOf(axis) - 1;
  return Array.from({ length: POINTS }, (_, i) =>
    first + i < seen ? sourceIndex(first + i - axis.padBegin, axis.inputSize, mode) : undefined,
  );
}

/** The errors of fft's sums. */
export function fftSumErrors(problem: ConvProblem, { input, filter }: ConvOperands): SumErrors {
  const { batch, groups, inputChannels, outputChannels, paddingContent, operator } = problem;
  const gather = gathersOf(problem)[0]!;
  const [, rows, columns] = gather;
  const { stepRows, stepColumns } = fftTiles(problem, gather);
  const x = axisPitches(convInputShape(problem), problem.inputLayout);
  const w = axisPitches(convFilterShape(problem), problem.filterLayout);
  const y = axisPitches(convOutputShape(problem), problem.inputLayout);
  const [channels, filters] = [inputChannels / groups, outputChannels / groups];

  const filterNorm = (k: number, c: number) => {
    const group = Math.floor(k / filters);
    const first = operator === 'conv' ? k * w.o + c * w.i : (k % filters) * w.o + (group * channels + c) * w.i;
    let sum = 0;
    for (let r = 0; r < rows.taps; r++)
      for (let s = 0; s < columns.taps; s++) {
        const [h, v] = [rows.firstTap + r * rows.tapStep, columns.firstTap + s * columns.tapStep];
        sum += filter[first + h * w.h + v * w.w]! ** 2;
      }
    return Math.sqrt(sum) + FLUSHED.filter;
  };
  const filterNorms = Array.from({ length: outputChannels }, (_, k) =>
    Array.from({ length: channels }, (__, c) => filterNorm(k, c)),
  );

  const magnitudes = new Float64Array(elementCount(convOutputShape(problem)));
  for (let n = 0; n < batch; n++)
    for (let top = 0; top < rows.outputs; top += stepRows)
      for (let left = 0; left < columns.outputs; left += stepColumns) {
        const tileRows = placesOf(rows, top, paddingContent.mode);
        const tileColumns = placesOf(columns, left, paddingContent.mode);
        const norms = Array.from({ length: inputChannels }, (_, c) => {
          let sum = 0;
          for (const h of tileRows)
            for (const v of tileColumns) {
              if (h === undefined || v === undefined) continue;
              sum += (h < 0 || v < 0 ? paddingContent.value : input[n * x.n + c * x.c + h * x.h + v * x.w]!) ** 2;
            }
          return Math.sqrt(sum) + FLUSHED.input;
        });
        for (let k = 0; k < outputChannels; k++) {
          const firstChannel = Math.floor(k / filters) * channels;
          const sum = filterNorms[k]!.reduce((total, norm, c) => total + norm * norms[firstChannel + c]!, 0);
          for (let p = top; p < Math.min(top + stepRows, rows.outputs); p++)
            for (let q = left; q < Math.min(left + stepColumns, columns.outputs); q++)
              magnitudes[n * y.n + k * y.c + p * y.h + q * y.w] = sum + FLUSHED.filter;
        }
      }
  const u = 2 ** -24;
  return { magnitudes, roundings: Math.expm1(fftRoundings(problem) * Math.log1p(u)) / u };
}
