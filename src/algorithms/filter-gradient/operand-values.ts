// Parameters of the kernels that read the operands of a filter's gradient (shaders/backward/filter/interface.wgsl).
import type { UniformValues } from '../../gpu/kernel.js';
import { axisPitches, type ConvProblem, convFilterShape, convOutputShape, gathersOf } from '../../problem/index.js';
import { inputValues, tapValues } from '../gather-values.js';

/** What a dispatch says for itself; all that it leaves out has no meaning for it. */
export interface OwnValues {
  readonly invocations: number;
  readonly parts?: number;
  readonly part_positions?: number;
  readonly first_position?: number;
  readonly positions?: number;
  readonly row_quads?: number;
}

/** Where the weights lie in the filter: the first, and from one to the next. */
export function weightValues(convolution: ConvProblem): UniformValues {
  const [depth, rows, columns] = gathersOf(convolution)[0]!;
  const { o, i, d, h, w } = axisPitches(convFilterShape(convolution), convolution.filterLayout);
  return {
    first_weight: depth.firstTap * d + rows.firstTap * h + columns.firstTap * w,
    weight_group_pitch: (convolution.outputChannels / convolution.groups) * o,
    weight_filter_pitch: o,
    weight_channel_pitch: i,
    weight_depth_pitch: depth.tapStep * d,
    weight_row_pitch: rows.tapStep * h,
    weight_column_pitch: columns.tapStep * w,
  };
}

/** Elements of the gradient from one image to the next, and so on along the other axes. */
function gradientPitches(convolution: ConvProblem) {
  const { n, c, d, h, w } = axisPitches(convOutputShape(convolution), convolution.inputLayout);
  return { image: n, filter: c, depth: d, row: h, column: w };
}

/** The parameter block. */
export function operandValues(convolution: ConvProblem, own: OwnValues): UniformValues {
  const gather = gathersOf(convolution)[0]!;
  const [depth, rows, columns] = gather;
  const { batch, groups, inputChannels, outputChannels, paddingContent } = convolution;
  const pitch = gradientPitches(convolution);
  return {
    parts: 1,
    part_positions: 0,
    first_position: 0,
    positions: 0,
    row_quads: 0,
    ...own,
    ...tapValues(gather),
    ...inputValues(convolution),
    ...weightValues(convolution),
    groups,
    group_filters: outputChannels / groups,
    group_channels: inputChannels / groups,
    filter_depth: depth.taps,
    filter_rows: rows.taps,
    filter_columns: columns.taps,
    images: batch,
    output_depth: depth.outputs,
    output_rows: rows.outputs,
    output_columns: columns.outputs,
    gradient_image_pitch: pitch.image,
    gradient_filter_pitch: pitch.filter,
    gradient_depth_pitch: pitch.depth,
    gradient_row_pitch: pitch.row,
    gradient_column_pitch: pitch.column,
    padding_value: paddingContent.value,
  };
}

/** The block for a kernel that reads the gradient as if it lay under a single tap: one value of each filter at each position. */
export function gradientAsInput(convolution: ConvProblem, own: OwnValues): UniformValues {
  const values = operandValues(convolution, own);
  const pitch = gradientPitches(convolution);
  const single = Object.fromEntries(
    ['depth', 'row', 'column'].flatMap((axis) => [
      [`${axis}_stride`, 1],
      [`${axis}_dilation`, 1],
      [`${axis}_padding`, 0],
      [`input_${axis}_pitch`, pitch[axis as 'depth' | 'row' | 'column']],
    ]),
  );
  return {
    ...values,
    ...single,
    group_channels: values.group_filters!,
    filter_depth: 1,
    filter_rows: 1,
    filter_columns: 1,
    input_depth: values.output_depth!,
    input_rows: values.output_rows!,
    input_columns: values.output_columns!,
    input_image_pitch: pitch.image,
    input_channel_pitch: pitch.filter,
  };
}
