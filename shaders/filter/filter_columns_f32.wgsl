// Packs a filter for a product whose rows are all weights that a channel meets: for each channel of each group the taps in the order (t, r, s), and
// in each tap the K/G filters side by side; only the end of a row is zero-padded to whole vec4. One invocation writes one vec4.
// Bytes: 4·C·K/G·T·R·S read, as many written; once for each filter.
import package::filter::interface::{ params, packed, tap_offset };
import package::filter::weights::weight;
import package::shared::grid::workgroup_number;

// The weight number `number` of the row of a channel that starts at `offset`; zero past its end.
fn weight_of(offset: u32, number: u32) -> f32 {
  let inside = number < params.taps * params.group_filters;
  let tap = number / params.group_filters;
  let line = tap / params.filter_columns;
  let depth = line / params.filter_rows;
  let place = offset + (number - tap * params.group_filters) * params.filter_pitch
    + tap_offset(depth, line - depth * params.filter_rows, tap - line * params.filter_columns);
  return select(0.0, weight(select(0u, place, inside)), inside);
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
  let line = quad / params.row_quads; // (group, channel)
  let first = 4u * (quad - line * params.row_quads);
  let in_group = line / params.channels;
  let offset = params.first + in_group * params.group_pitch + (line - in_group * params.channels) * params.channel_pitch;
  packed[params.first_quad + quad] = vec4f(
    weight_of(offset, first), weight_of(offset, first + 1u), weight_of(offset, first + 2u), weight_of(offset, first + 3u)
  );
}
