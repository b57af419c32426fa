// Packs a filter of any layout into the matrices that the GEMM kernels read, one for each group: a row for each of the
// gemmK = T·R·S·C/G products, in the order (t, r, s, c), and in it the K/G filters side by side, zero-padded to whole vec4.
// One invocation writes one vec4. Bytes: 4·K·C/G·T·R·S read, as many written; once for each filter.
import package::filter::interface::{ params, packed, tap_offset };
import package::filter::weights::weight;
import package::shared::grid::workgroup_number;

// The weight at `offset` of the receptive field of filter `number` of a group; zero for the filters that only pad.
fn weight_of(number: u32, offset: u32) -> f32 {
  let inside = number < params.group_filters;
  return select(0.0, weight(select(0u, number * params.filter_pitch + offset, inside)), inside);
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
  let line = quad / params.row_quads; // (group, tap, channel)
  let first = 4u * (quad - line * params.row_quads);
  let products = params.taps * params.channels;
  let number = line / products; // of the group
  let product = line - number * products;
  let tap = product / params.channels;
  let channel = product - tap * params.channels;
  let tap_line = tap / params.filter_columns;
  let column = tap - tap_line * params.filter_columns;
  let depth = tap_line / params.filter_rows;
  let row = tap_line - depth * params.filter_rows;
  let offset = params.first + number * params.group_pitch + channel * params.channel_pitch + tap_offset(depth, row, column);
  packed[params.first_quad + quad] = vec4f(
    weight_of(first, offset), weight_of(first + 1u, offset), weight_of(first + 2u, offset), weight_of(first + 3u, offset)
  );
}
