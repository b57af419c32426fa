// Packs a depthwise filter for kernels that walk down the input rows under four output rows: for each filter, tap along depth, input row i
// and tap along columns a vec4 of the weights that the row has for output rows 0 to 3. Output row o meets input row i at tap
// (i − o · stride), where that is one; elsewhere its weight is zero. One invocation writes one vec4, once for each filter.
// Bytes: 4·K·T·R·S read, about 4 to 8 times as many written.
import package::filter::interface::{ params, packed, tap_offset, weight };
import package::shared::grid::workgroup_number;

fn weight_at(offset: u32, row: u32, output_row: u32, column: u32) -> f32 {
  let tap = row - output_row * params.row_stride; // modulo 2^32 where it is negative
  let inside = tap < params.filter_rows;
  return select(0.0, weight(select(0u, offset + tap_offset(0u, tap, column), inside)), inside);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let quad = workgroup_number(group, groups) * 64u + local;
  if (quad >= params.quads) {
    return;
  }
  let line = quad / params.filter_columns; // (filter, depth, input row)
  let column = quad - line * params.filter_columns;
  let window_rows = 3u * params.row_stride + params.filter_rows;
  let plane = line / window_rows;
  let row = line - plane * window_rows;
  let filter_depth = params.taps / (params.filter_rows * params.filter_columns);
  let number = plane / filter_depth;
  let in_group = number / params.group_filters;
  let offset = params.first + in_group * params.group_pitch + (number - in_group * params.group_filters) * params.filter_pitch
    + tap_offset(plane - number * filter_depth, 0u, 0u);
  packed[params.first_quad + quad] = vec4f(
    weight_at(offset, row, 0u, column), weight_at(offset, row, 1u, column),
    weight_at(offset, row, 2u, column), weight_at(offset, row, 3u, column)
  );
}
