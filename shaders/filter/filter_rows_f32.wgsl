// Packs a filter of any layout for kernels that walk along its rows: weights in the order (filter, channel, row, column), each
// row zero-padded to whole vec4. One invocation writes one vec4. Bytes: 4·K·C/G·R·S read, at most 4 times as many written,
// once for each filter.
import package::shared::grid::workgroup_number;

struct Params {
  quads: u32,          // vec4 to write: K · C/G · R · row_quads
  row_quads: u32,      // vec4 in a row: ceil(S / 4)
  channels: u32,       // C/G
  rows: u32,           // R
  columns: u32,        // S
  first: u32,          // element of a filter that belongs to the first tap: its last, if the filter is flipped
  filter_pitch: u32,   // elements from one filter to the next, and so on along the other axes
  channel_pitch: u32,
  row_pitch: i32,      // negative if the filter is flipped
  column_pitch: i32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source: array<f32>;          // the filter as the user laid it out
@group(0) @binding(2) var<storage, read_write> packed: array<vec4f>;  // (K, C/G, R, ceil(S / 4))

// The weight in `column` of the row that starts at `offset`; zero past its end.
fn weight(offset: u32, column: u32) -> f32 {
  let inside = column < params.columns;
  return select(0.0, source[select(0u, offset + column * bitcast<u32>(params.column_pitch), inside)], inside);
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
  let line = quad / params.row_quads;
  let column = 4u * (quad - line * params.row_quads);
  let plane = line / params.rows;
  let row = line - plane * params.rows;
  let number = plane / params.channels;
  let channel = plane - number * params.channels;
  // modulo 2^32, so that negative pitches count backwards
  let offset = params.first + number * params.filter_pitch + channel * params.channel_pitch + row * bitcast<u32>(params.row_pitch);
  packed[quad] = vec4f(weight(offset, column), weight(offset, column + 1u), weight(offset, column + 2u), weight(offset, column + 3u));
}
