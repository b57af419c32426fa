// The sums of a transposed convolution, before its epilogue, straight from the definition: every input is scattered, weighed
// with each tap, to the outputs that a convolution would have gathered from.
//
//     sum[n, k, d·stride + t·dilation − pad, …rows, …columns] += x[n, c, d, h, v] · w[c, k, t, r, s]
//
// Nothing is divided into phases here, as the GPU side does: the two share no more than the sizes.
import {
  axisPitches,
  type ConvProblem,
  convInputShape,
  convOutputShape,
  elementCount,
  volumeAxes,
} from '../problem/index.js';
import { filterWalk, tapsInside } from './taps.js';

/** The sums of a transposed convolution, in the layout of its output. */
export function transposedSums(problem: ConvProblem, x: ArrayLike<number>, w: ArrayLike<number>): Float64Array {
  const { batch: N, inputChannels, outputChannels, groups } = problem;
  const C = inputChannels / groups; // input channels of a group
  const K = outputChannels / groups; // output channels of a group
  const [depth, rows, columns] = volumeAxes(problem.axes);
  const { n: xn, c: xc, d: xd, h: xh, w: xw } = axisPitches(convInputShape(problem), problem.inputLayout);
  const { n: yn, c: yc, d: yd, h: yh, w: yw } = axisPitches(convOutputShape(problem), problem.inputLayout);
  const { first: firstWeight, o: wo, i: wi, depth: wt, row: wr, column: ws } = filterWalk(problem);
  const columnStep = columns.dilation * yw; // from the output of a tap to that of its right neighbour

  const y = new Float64Array(elementCount(convOutputShape(problem)));
  for (let n = 0; n < N; n++) {
    for (let c = 0; c < inputChannels; c++) {
      const firstChannel = Math.floor(c / C) * K; // first output channel of the group that input channel c belongs to
      for (let k = 0; k < K; k++) {
        const plane = n * yn + (firstChannel + k) * yc;
        for (let d = 0; d < depth.inputSize; d++) {
          const front = d * depth.stride - depth.padBegin; // output coordinate of the first tap; may be cropped
          const [firstT, endT] = tapsInside(front, depth.outputSize, depth);
          for (let h = 0; h < rows.inputSize; h++) {
            const top = h * rows.stride - rows.padBegin;
            const [firstR, endR] = tapsInside(top, rows.outputSize, rows);
            for (let v = 0; v < columns.inputSize; v++) {
              const left = v * columns.stride - columns.padBegin;
              const [firstS, endS] = tapsInside(left, columns.outputSize, columns);
              const value = x[n * xn + c * xc + d * xd + h * xh + v * xw]!;
              for (let t = firstT; t < endT; t++) {
                for (let r = firstR; r < endR; r++) {
                  const filterRow = firstWeight + k * wo + c * wi + t * wt + r * wr;
                  const outputRow =
                    plane + (front + t * depth.dilation) * yd + (top + r * rows.dilation) * yh + left * yw;
                  for (let s = firstS; s < endS; s++) {
                    y[outputRow + s * columnStep]! += value * w[filterRow + s * ws]!;
                  }
                }
              }
            }
          }
        }
      }
    }
  }
  return y;
}
