// What the packing kernels of this folder share besides the filter that they read: parameters, what they write, where taps lie.

struct Params {
  quads: u32,            // vec4 to write
  first_quad: u32,       // where to write them
  row_quads: u32,        // vec4 in a row of the packed filter
  group_filters: u32,    // K/G
  channels: u32,         // C/G
  filter_rows: u32,      // taps along rows
  filter_columns: u32,   // taps along columns
  first: u32,            // element of the filter that belongs to the first tap of filter 0, channel 0
  group_pitch: u32,      // elements from one group to the next, and so on along the other axes
  filter_pitch: u32,
  channel_pitch: u32,
  depth_pitch: i32,      // from tap to tap; negative if the filter is flipped
  row_pitch: i32,
  column_pitch: i32,
  taps: u32,             // of all three axes
  column_stride: u32,    // input columns from one output column to the next
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> packed: array<vec4f>;

// Elements from the first tap to the tap (depth, row, column): modulo 2^32, so that negative pitches count backwards.
fn tap_offset(depth: u32, row: u32, column: u32) -> u32 {
  return depth * bitcast<u32>(params.depth_pitch) + row * bitcast<u32>(params.row_pitch) + column * bitcast<u32>(params.column_pitch);
}
