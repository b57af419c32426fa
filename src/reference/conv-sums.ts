// The sums of a convolution, before its epilogue: plain loops, float64 accumulation.
//
//     sum[n, k, o, p, q] = Σ over c, t, r, s of w[k, c, t, r, s] · x[n, c, o·stride + t·dilation − pad, …rows, …columns]
//
// Twice: where zeros lie in the padding its taps are left out, and the rest of a row lies evenly spaced; else each tap looks
// up what it meets. All that does not change from tap to tap is outside the innermost loop: the benchmark measures against it.
import {
  axisPitches,
  type ConvProblem,
  convInputShape,
  convOutputShape,
  elementCount,
  volumeAxes,
} from '../problem/index.js';
import { filterWalk, sourceTable, tapsInside } from './taps.js';

/** The sums of a convolution, in the layout of its output. */
export function convSums(problem: ConvProblem, x: ArrayLike<number>, w: ArrayLike<number>): Float64Array {
  const { mode, value } = problem.paddingContent;
  return mode === 'constant' && value === 0 ? zeroPaddedSums(problem, x, w) : valuePaddedSums(problem, x, w);
}

function zeroPaddedSums(problem: ConvProblem, x: ArrayLike<number>, w: ArrayLike<number>): Float64Array {
  const { batch: N, outputChannels: K, groups } = problem;
  const C = problem.inputChannels / groups; // input channels of a group
  const [depth, rows, columns] = volumeAxes(problem.axes);
  const [O, P, Q] = [depth.outputSize, rows.outputSize, columns.outputSize];
  // elements from one index to the next along each axis: this is all that a layout is
  const inputPitch = axisPitches(convInputShape(problem), problem.inputLayout);
  const outputPitch = axisPitches(convOutputShape(problem), problem.inputLayout);
  const { n: xn, c: xc, d: xd, h: xh, w: xw } = inputPitch;
  const { n: yn, c: yc, d: yd, h: yh, w: yw } = outputPitch;
  const { first: firstWeight, o: wo, i: wi, depth: wt, row: wr, column: ws } = filterWalk(problem);
  // from a tap to the next along each axis
  const [depthStep, rowStep, columnStep] = [depth.dilation * xd, rows.dilation * xh, columns.dilation * xw];

  const y = new Float64Array(elementCount(convOutputShape(problem)));
  for (let n = 0; n < N; n++) {
    for (let k = 0; k < K; k++) {
      const firstChannel = Math.floor(k / (K / groups)) * C; // of the group that filter k belongs to
      for (let o = 0; o < O; o++) {
        const front = o * depth.stride - depth.padBegin; // input coordinate of the first tap; may lie in the padding
        const [firstT, endT] = tapsInside(front, depth.inputSize, depth);
        for (let p = 0; p < P; p++) {
          const top = p * rows.stride - rows.padBegin;
          const [firstR, endR] = tapsInside(top, rows.inputSize, rows);
          for (let q = 0; q < Q; q++) {
            const left = q * columns.stride - columns.padBegin;
            const [firstS, endS] = tapsInside(left, columns.inputSize, columns);
            const field = n * xn + firstChannel * xc + front * xd + top * xh + left * xw; // index of the first tap
            let sum = 0;
            for (let c = 0; c < C; c++) {
              for (let t = firstT; t < endT; t++) {
                for (let r = firstR; r < endR; r++) {
                  const inputRow = field + c * xc + t * depthStep + r * rowStep;
                  const filterRow = firstWeight + k * wo + c * wi + t * wt + r * wr;
                  for (let s = firstS; s < endS; s++) sum += x[inputRow + s * columnStep]! * w[filterRow + s * ws]!;
                }
              }
            }
            y[n * yn + k * yc + o * yd + p * yh + q * yw] = sum;
          }
        }
      }
    }
  }
  return y;
}

function valuePaddedSums(problem: ConvProblem, x: ArrayLike<number>, w: ArrayLike<number>): Float64Array {
  const { batch: N, outputChannels: K, groups, paddingContent } = problem;
  const C = problem.inputChannels / groups;
  const [depth, rows, columns] = volumeAxes(problem.axes);
  const [O, P, Q] = [depth.outputSize, rows.outputSize, columns.outputSize];
  const [T, R, S] = [depth.filterSize, rows.filterSize, columns.filterSize];
  const [depths, heights, widths] = [depth, rows, columns].map((axis) => sourceTable(axis, paddingContent.mode)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  const { n: xn, c: xc, d: xd, h: xh, w: xw } = axisPitches(convInputShape(problem), problem.inputLayout);
  const { n: yn, c: yc, d: yd, h: yh, w: yw } = axisPitches(convOutputShape(problem), problem.inputLayout);
  const { first: firstWeight, o: wo, i: wi, depth: wt, row: wr, column: ws } = filterWalk(problem);

  const y = new Float64Array(elementCount(convOutputShape(problem)));
  for (let n = 0; n < N; n++) {
    for (let k = 0; k < K; k++) {
      const firstChannel = Math.floor(k / (K / groups)) * C;
      for (let o = 0; o < O; o++) {
        for (let p = 0; p < P; p++) {
          for (let q = 0; q < Q; q++) {
            let sum = 0;
            for (let c = 0; c < C; c++) {
              const plane = n * xn + (firstChannel + c) * xc;
              for (let t = 0; t < T; t++) {
                const d = depths[o * T + t]!;
                for (let r = 0; r < R; r++) {
                  const h = heights[p * R + r]!;
                  const isRowInside = d >= 0 && h >= 0;
                  const inputRow = plane + d * xd + h * xh;
                  const filterRow = firstWeight + k * wo + c * wi + t * wt + r * wr;
                  for (let s = 0; s < S; s++) {
                    const v = widths[q * S + s]!;
                    const value = isRowInside && v >= 0 ? x[inputRow + v * xw]! : paddingContent.value;
                    sum += value * w[filterRow + s * ws]!;
                  }
                }
              }
            }
            y[n * yn + k * yc + o * yd + p * yh + q * yw] = sum;
          }
        }
      }
    }
  }
  return y;
}
