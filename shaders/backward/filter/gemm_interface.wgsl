// What the matrix products of a filter's gradient share: parameters, bindings, and the last step of a tile. In each group and for each tap,
//   sums[c, f] = Σp values[p + tap, c] · gradients[p, f]
// over the positions p of a part. Both operands have a row for each position, so that a step reads a few neighbouring vec4 of each; the rows of
// `values` are places of a padded input, or whole receptive fields, as under a single tap. Tiles past an edge read the next row, whose products
// are never stored.

struct Params {
  tiles: u32,                 // parts · G · filter_tiles · product_tiles
  groups: u32,                // G
  filter_tiles: u32,
  product_tiles: u32,         // tiles, of an invocation or a workgroup, of eight channels of a tap
  filters: u32,               // K/G
  filter_quads: u32,          // ⌈K/G / 4⌉
  channels: u32,              // in a row of `values`, of a group
  channel_tiles: u32,         // ⌈channels / 8⌉
  taps: u32,
  filter_rows: u32,           // taps along rows
  filter_columns: u32,        // and along columns
  lines: u32,                 // stretches of rows of positions, all together
  part_lines: u32,            // in a part; the last may have fewer
  row_lines: u32,             // in a row
  line_columns: u32,          // positions of a line; the last of a row may have fewer
  output_depth: u32,          // planes,
  output_rows: u32,           // rows
  output_columns: u32,        // and columns of positions
  gradient_first_quad: u32,   // where `gradients` begin,
  gradient_pitch_quads: u32,  // vec4 from one position to the next,
  gradient_group_quads: u32,  // and from one group to the next
  value_first_quad: u32,      // where `values` begin,
  value_group_quads: u32,     // vec4 from one group to the next,
  value_image_quads: u32,     // and from one position to the next along all axes
  value_depth_quads: u32,
  value_row_quads: u32,
  value_column_quads: u32,
  tap_depth_quads: u32,       // vec4 from one tap to the next
  tap_row_quads: u32,
  tap_column_quads: u32,
  adds: u32,                  // 1 if an earlier band left sums, to be added to
  group_channels: u32,        // C/G
  window_rows: u32,           // R
  window_columns: u32,        // S
  first_weight: u32,          // element of the filter that belongs to the first tap of filter 0, channel 0
  weight_group_pitch: u32,    // and from one group to the next, and so on along the other axes
  weight_filter_pitch: u32,
  weight_channel_pitch: u32,
  weight_depth_pitch: i32,    // from tap to tap; negative if the filter is flipped
  weight_row_pitch: i32,
  weight_column_pitch: i32,
}

// Whether sums are whole, and go to the result itself, as the filter is laid out.
override IS_RESULT: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gradients: array<vec4f>;  // (G, N·O·P·Q, filter_quads), or the tensor itself
@group(0) @binding(2) var<storage, read> values: array<vec4f>;     // (G, places, ⌈channels / 4⌉), or the tensor itself
@group(0) @binding(3) var<storage, read_write> sums: array<f32>;   // (parts, G, taps · channels, 4·filter_quads), or the result

// Where the sum of filter 0 of a group lies, of product `product` = tap · channels + channel.
fn place_of(part: u32, group: u32, product: u32) -> u32 {
  if (!IS_RESULT) {
    return ((part * params.groups + group) * params.taps * params.channels + product) * 4u * params.filter_quads;
  }
  let tap = product / params.group_channels;
  let line = tap / params.window_columns;
  let depth = line / params.window_rows;
  return params.first_weight + group * params.weight_group_pitch
    + (product - tap * params.group_channels) * params.weight_channel_pitch + depth * bitcast<u32>(params.weight_depth_pitch)
    + (line - depth * params.window_rows) * bitcast<u32>(params.weight_row_pitch)
    + (tap - line * params.window_columns) * bitcast<u32>(params.weight_column_pitch);
}

fn store_sum(at: u32, sum: f32) {
  if (params.adds == 1u) {
    sums[at] += sum;
  } else {
    sums[at] = sum;
  }
}
