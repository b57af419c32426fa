// Packs a depthwise filter for kernels that take the columns of the input apart by a stride of s, and up to eight taps of a row at a time:
// weights in the order (filter, depth, row), and in a row the taps 0, s, 2s…, then the taps 1, s + 1…; each of these phases is cut into as many
// steps of as many taps, a step into two vec4. One invocation writes one vec4. Bytes: 4·K·T·R·S read, at most 8 times as many written,
// once for each filter.
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
  let line = quad / params.row_quads; // (filter, depth, row)
  let in_row = quad - line * params.row_quads;
  let stride = params.column_stride;
  let phase_steps = params.row_quads / (2u * min(stride, params.filter_columns));
  let phase_taps = (params.filter_columns + stride - 1u) / stride;
  let step_taps = (phase_taps + phase_steps - 1u) / phase_steps;
  let step = in_row / 2u;
  let phase = step / phase_steps;
  let tap = (step - phase * phase_steps) * step_taps + 4u * (in_row - 2u * step);
  let column = phase + tap * stride;
  let plane = line / params.filter_rows;
  let row = line - plane * params.filter_rows;
  let filter_depth = params.taps / (params.filter_rows * params.filter_columns);
  let number = plane / filter_depth;
  let in_group = number / params.group_filters;
  let offset = params.first + in_group * params.group_pitch + (number - in_group * params.group_filters) * params.filter_pitch
    + tap_offset(plane - number * filter_depth, row, 0u);
  packed[params.first_quad + quad] = vec4f(
    weight_in(offset, column), weight_in(offset, column + stride),
    weight_in(offset, column + 2u * stride), weight_in(offset, column + 3u * stride)
  );
}
