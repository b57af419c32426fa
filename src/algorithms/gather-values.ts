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

/** The pitches of the input under the names that kernels give them: `input_image_pitch` and the like. */
export function inputValues(problem: ConvProblem) {
  const { image, channel, depth, row, column } = inputPitches(problem);
  return {
    input_image_pitch: image,
    input_channel_pitch: channel,
    input_depth_pitch: depth,
    input_row_pitch: row,
    input_column_pitch: column,
  };
}

/** Sizes of a gather's output, where it begins and its pitches, under the names that kernels give them. */
export function outputValues(problem: ConvProblem, gather: Gather) {
  const [depth, rows, columns] = gather;
  const places = outputPlaces(problem, gather);
  return {
    output_depth: depth.outputs,
    output_rows: rows.outputs,
    output_columns: columns.outputs,
    first_output: places.first,
    output_image_pitch: places.image,
    output_filter_pitch: places.filter,
    output_depth_pitch: places.depth,
    output_row_pitch: places.row,
    output_column_pitch: places.column,
  };
}
