// Packs a filter of any layout for kernels that walk along its rows: weights in the order (filter, channel, depth, row,
// column), each row zero-padded to whole vec4. One invocation writes one vec4. Bytes: 4·K·C/G·T·R·S read, at most 4 times as
// many written, once for each filter.
import package::filter::interface::{ params, packed, tap_offset };
import package::filter::weights::weight;
import package::shared::grid::workgroup_number;

// The weight in `column` of the row of taps that starts at `offset`; zero past its end.
fn weight_in(offset: u32, column: u32) -> f32 {
  let inside = column < params.filter_columns;
  return select(0.0, weight(select(0u, offset + tap_offset(0u, 0u, column), inside)), inside);
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
  let line = quad / params.row_quads; // (filter, channel, depth, row)
  let column = 4u * (quad - line * params.row_quads);
  let plane = line / params.filter_rows;
  let row = line - plane * params.filter_rows;
  let filter_depth = params.taps / (params.filter_rows * params.filter_columns);
  let volume = plane / filter_depth;
  let depth = plane - volume * filter_depth;
  let number = volume / params.channels;
  let channel = volume - number * params.channels;
  let in_group = number / params.group_filters;
  let offset = params.first + in_group * params.group_pitch + (number - in_group * params.group_filters) * params.filter_pitch
    + channel * params.channel_pitch + tap_offset(depth, row, 0u);
  packed[params.first_quad + quad] = vec4f(
    weight_in(offset, column), weight_in(offset, column + 1u), weight_in(offset, column + 2u), weight_in(offset, column + 3u)
  );
}
