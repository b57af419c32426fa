// Parameters that the kernels of several algorithms share, from a problem and one of its gathers: where taps meet the input,
// and where outputs lie.
import type { UniformValues } from '../gpu/kernel.js';
import { axisPitches, type ConvProblem, convInputShape, convOutputShape, type Gather } from '../problem/index.js';

/** `depth_stride`, `row_dilation`, `column_padding` and the like. */
export function tapValues([depth, rows, columns]: Gather): UniformValues {
  return {
    input_depth: depth.inputSize,
    input_rows: rows.inputSize,
    input_columns: columns.inputSize,
    depth_stride: depth.stride,
    row_stride: rows.stride,
    column_stride: columns.stride,
    depth_dilation: depth.dilation,
    row_dilation: rows.dilation,
    column_dilation: columns.dilation,
    depth_padding: depth.padBegin,
    row_padding: rows.padBegin,
    column_padding: columns.padBegin,
  };
}

/** Pitches of the input. */
export function inputPitches(problem: ConvProblem) {
  const { n, c, d, h, w } = axisPitches(convInputShape(problem), problem.inputLayout);
  return { image: n, channel: c, depth: d, row: h, column: w };
}

/** The output's element that a gather's first position belongs to, and its pitches from position to position. */
export function outputPlaces(problem: ConvProblem, [depth, rows, columns]: Gather) {
  const { n, c, d, h, w } = axisPitches(convOutputShape(problem), problem.inputLayout);
  return {
    first: depth.outputFirst * d + rows.outputFirst * h + columns.outputFirst * w,
    image: n,
    filter: c,
    depth: depth.outputStep * d,
    row: rows.outputStep * h,
    column: columns.outputStep * w,
  };
}
