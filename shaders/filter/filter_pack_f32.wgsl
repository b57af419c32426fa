// Packs a filter of any layout into the matrices that the GEMM kernels read, one for each group: a row for each of the
// gemmK = R·S·C/G products, in the order (r, s, c), and in it the K/G filters side by side, zero-padded to whole vec4.
// One invocation writes one vec4. Bytes: 4·K·C/G·R·S read, as many written; once for each filter.
import package::shared::grid::workgroup_number;

struct Params {
  quads: u32,          // vec4 to write: G · group_quads
  group_quads: u32,    // vec4 of a group: gemmK · pitch_quads
  pitch_quads: u32,    // vec4 in a row: ceil(K/G / 4)
  group_filters: u32,  // K/G
  channels: u32,       // C/G
  columns: u32,        // S
  first: u32,          // element of a filter that belongs to the first tap: its last, if the filter is flipped
  filter_pitch: u32,   // elements from one filter to the next, and so on along the other axes
  channel_pitch: u32,
  row_pitch: i32,      // negative if the filter is flipped
  column_pitch: i32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source: array<f32>;          // the filter as the user laid it out
@group(0) @binding(2) var<storage, read_write> packed: array<vec4f>;  // (G, R·S·C/G, ceil(K/G / 4))

// The weight at `offset` of the receptive field of filter `number` of a group; zero for the filters that only pad.
fn weight(number: u32, offset: u32) -> f32 {
  let inside = number < params.group_filters;
  return select(0.0, source[select(0u, number * params.filter_pitch + offset, inside)], inside);
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
  let number = quad / params.group_quads; // of the group
  let within = quad - number * params.group_quads;
  let product = within / params.pitch_quads;
  let first = 4u * (within - product * params.pitch_quads);
  let tap = product / params.channels;
  let channel = product - tap * params.channels;
  let row = tap / params.columns;
  let column = tap - row * params.columns;
  // modulo 2^32, so that negative pitches count backwards
  let offset = params.first + number * params.group_filters * params.filter_pitch + channel * params.channel_pitch
    + row * bitcast<u32>(params.row_pitch) + column * bitcast<u32>(params.column_pitch);
  packed[quad] = vec4f(weight(first, offset), weight(first + 1u, offset), weight(first + 2u, offset), weight(first + 3u, offset));
}
