// Implicit GEMM that compiles quickest, for depthwise convolutions of planes that run once: an invocation computes two neighbouring
// positions of a row for one filter of one channel. Two products load two values and a weight, and there is one loop, over taps: where a group
// has one channel, another one inside would be entered and left for each tap. It is written in scalars, since a vec4 is compiled to four times the
// instructions. It reads the filter as the user laid it out, so that no packing is compiled.
import package::epilogue::store::store_one;
import package::filter::weights::weight;
import package::implicit::single_interface::params;
import package::input::row::{ OUTSIDE, RowShape, load_in_row, place };
import package::shared::grid::workgroup_number;

const TILE_FILTERS = 1u;
const TILE_POSITIONS = 2u;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = workgroup_number(group, groups) * 64u + local;
  if (index >= params.tiles) {
    return;
  }
  // neighbouring invocations compute neighbouring positions in either layout: for a convolution that runs once a second order is not worth its text
  let channel = index / params.position_tiles;
  let position = index - channel * params.position_tiles;
  let line = position / params.column_tiles;
  let column = TILE_POSITIONS * (position - line * params.column_tiles);
  let image = line / params.output_rows;
  let row = line - image * params.output_rows;
  let number = channel / params.group_filters; // of the group
  let first = image * params.input_image_pitch + number * params.input_channel_pitch;
  let first_row = row * params.row_stride - bitcast<u32>(params.row_padding);
  let first_column = column * params.column_stride - bitcast<u32>(params.column_padding);
  var a = params.first_weight + number * params.weight_group_pitch
    + (channel - number * params.group_filters) * params.weight_filter_pitch;
  // what the loop needs of the parameters, once: a load of a parameter takes as long as three products
  let rows = params.input_rows;
  let row_pitch = params.input_row_pitch;
  let shape = RowShape(params.input_columns, params.input_column_pitch, params.padding_value);
  let dilation = vec2u(params.row_dilation, params.column_dilation);
  let stride = params.column_stride;
  let weight_column_pitch = bitcast<u32>(params.weight_column_pitch);
  let columns = params.filter_columns;
  let next_line = bitcast<u32>(params.weight_row_pitch) - columns * weight_column_pitch;
  let taps = params.filter_rows * columns;

  var sum0 = 0.0;
  var sum1 = 0.0;
  var at_row = first_row;
  var tap_column = 0u;
  for (var tap = 0u; tap < taps; tap++) {
    let h = place(at_row, rows);
    let start = select(OUTSIDE, first + h * row_pitch, h != OUTSIDE);
    let at_column = first_column + tap_column * dilation.y;
    let each = weight(a);
    sum0 = fma(load_in_row(shape, start, at_column), each, sum0);
    sum1 = fma(load_in_row(shape, start, at_column + stride), each, sum1);
    // counted, as a division takes as long as ten products
    tap_column++;
    let ends = tap_column == columns;
    tap_column = select(tap_column, 0u, ends);
    at_row += select(0u, dilation.x, ends);
    a += weight_column_pitch + select(0u, next_line, ends);
  }
  let at = params.first_output + image * params.output_image_pitch + channel * params.output_filter_pitch
    + row * params.output_row_pitch + column * params.output_column_pitch;
  store_one(channel, at, sum0, params.alpha, params.beta);
  if (column + 1u < params.output_columns) {
    store_one(channel, at + params.output_column_pitch, sum1, params.alpha, params.beta);
  }
}
