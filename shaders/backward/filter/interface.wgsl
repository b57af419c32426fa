// What the kernels that read the operands of a filter's gradient share: parameters, and where both operands lie. The gradient of a
// weight is the sum, over all output positions, of the output's gradient there times the input under the weight's tap. Of a transposed
// convolution the two operands have changed places (src/problem/filter-gradient.ts): what is called input here lies under the taps.
import package::shared::padding::{ PADDING_CONSTANT, source_of };

struct Params {
  invocations: u32,           // those that compute something
  parts: u32,                 // into which the positions are divided, each summed by itself
  part_positions: u32,        // positions of a part, the last may have fewer; of filter_gradient_depthwise, rows
  first_position: u32,        // of a band of the N·O·P·Q positions
  positions: u32,             // in the band
  row_quads: u32,             // vec4 in a row of a matrix
  groups: u32,                // G
  group_filters: u32,         // K/G
  group_channels: u32,        // C/G
  filter_depth: u32,          // T
  filter_rows: u32,           // R
  filter_columns: u32,        // S
  images: u32,                // N
  output_depth: u32,          // O
  output_rows: u32,           // P
  output_columns: u32,        // Q
  input_depth: u32,           // D
  input_rows: u32,            // H
  input_columns: u32,         // W
  depth_stride: u32,
  row_stride: u32,
  column_stride: u32,
  depth_dilation: u32,
  row_dilation: u32,
  column_dilation: u32,
  depth_padding: i32,         // in front; negative: cropped
  row_padding: i32,           // at the top
  column_padding: i32,        // at the left
  input_image_pitch: u32,     // elements from one image to the next, and so on along the other axes
  input_channel_pitch: u32,
  input_depth_pitch: u32,
  input_row_pitch: u32,
  input_column_pitch: u32,
  gradient_image_pitch: u32,  // the same of the output's gradient
  gradient_filter_pitch: u32,
  gradient_depth_pitch: u32,
  gradient_row_pitch: u32,
  gradient_column_pitch: u32,
  first_weight: u32,          // element of the filter that belongs to the first tap of filter 0, channel 0
  weight_group_pitch: u32,    // and from one group to the next, and so on along the other axes
  weight_filter_pitch: u32,
  weight_channel_pitch: u32,
  weight_depth_pitch: i32,    // from tap to tap; negative if the filter is flipped
  weight_row_pitch: i32,
  weight_column_pitch: i32,
  padding_value: f32,         // what lies in the padding, if it is a constant
}

override PADDING: u32 = 0u;

@group(0) @binding(0) var<uniform> params: Params;

const OUTSIDE = 0xffffffffu;

// Elements from the beginning of an image to what lies at four places (coordinates modulo 2^32 where they are negative), of channel 0;
// OUTSIDE where the padding is a constant.
fn elements_at(d: vec4u, h: vec4u, w: vec4u) -> vec4u {
  if (PADDING == PADDING_CONSTANT) {
    // one unsigned comparison finds both ends: a negative coordinate has wrapped to a large one
    let inside = (d < vec4u(params.input_depth)) & (h < vec4u(params.input_rows)) & (w < vec4u(params.input_columns));
    let at = d * params.input_depth_pitch + h * params.input_row_pitch + w * params.input_column_pitch;
    return select(vec4u(OUTSIDE), at, inside);
  }
  return source_of(PADDING, d, params.input_depth) * params.input_depth_pitch
    + source_of(PADDING, h, params.input_rows) * params.input_row_pitch
    + source_of(PADDING, w, params.input_columns) * params.input_column_pitch;
}

// Four neighbouring products of a group, in the order (t, r, s, c): the input's values that meet a weight of each filter.
struct Products {
  channel: vec4u,      // of all groups
  depth_step: vec4u,   // from where a window begins to the tap, without the padding: modulo 2^32
  row_step: vec4u,
  column_step: vec4u,
  weight: vec4u,       // element of the filter, of filter 0 of the group
  exists: vec4<bool>,
}

fn four_products(group: u32, first: u32) -> Products {
  let product = vec4u(first) + vec4u(0u, 1u, 2u, 3u);
  let tap = product / params.group_channels;
  let channel = product - tap * params.group_channels;
  let line = tap / params.filter_columns;
  let depth = line / params.filter_rows;
  let row = line - depth * params.filter_rows;
  let column = tap - line * params.filter_columns;
  return Products(
    channel + group * params.group_channels,
    depth * params.depth_dilation - bitcast<u32>(params.depth_padding),
    row * params.row_dilation - bitcast<u32>(params.row_padding),
    column * params.column_dilation - bitcast<u32>(params.column_padding),
    params.first_weight + group * params.weight_group_pitch + channel * params.weight_channel_pitch
      + depth * bitcast<u32>(params.weight_depth_pitch) + row * bitcast<u32>(params.weight_row_pitch)
      + column * bitcast<u32>(params.weight_column_pitch),
    depth < vec4u(params.filter_depth)
  );
}
