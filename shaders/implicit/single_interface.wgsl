// What the kernels implicit_single share: parameters, and four columns of the input.
import package::input::row::PADDING;
import package::input::values::input_at;
import package::shared::padding::{ PADDING_CONSTANT, source_of };

struct Params {
  tiles: u32,                // G · filter_tiles · position_tiles
  groups: u32,               // G
  filter_tiles: u32,         // tiles of K/G filters
  position_tiles: u32,       // N·O·P·column_tiles
  column_tiles: u32,         // tiles of four columns in a row of Q
  channels_last: u32,        // 1 if so: then neighbouring invocations compute neighbouring filters
  output_depth: u32,         // O
  output_rows: u32,          // P
  output_columns: u32,       // Q
  group_filters: u32,        // K/G
  group_channels: u32,       // C/G
  filter_depth: u32,         // T
  filter_rows: u32,          // R
  filter_columns: u32,       // S
  first_weight: u32,         // element of the filter that belongs to the first tap of filter 0, channel 0
  weight_group_pitch: u32,   // elements of the filter from one group to the next, and so on along the other axes
  weight_filter_pitch: u32,
  weight_channel_pitch: u32,
  weight_depth_pitch: i32,   // from tap to tap; negative if the filter is flipped
  weight_row_pitch: i32,
  weight_column_pitch: i32,
  input_depth: u32,          // D
  input_rows: u32,           // H
  input_columns: u32,        // W
  depth_stride: u32,
  row_stride: u32,
  column_stride: u32,
  depth_dilation: u32,
  row_dilation: u32,
  column_dilation: u32,
  depth_padding: i32,        // in front; negative: cropped
  row_padding: i32,          // at the top
  column_padding: i32,       // at the left
  input_image_pitch: u32,    // elements from one image to the next, and so on along the other axes
  input_channel_pitch: u32,
  input_depth_pitch: u32,
  input_row_pitch: u32,
  input_column_pitch: u32,
  first_output: u32,         // element of the output that position 0 of filter 0 belongs to
  output_image_pitch: u32,
  output_filter_pitch: u32,
  output_depth_pitch: u32,
  output_row_pitch: u32,
  output_column_pitch: u32,
  padding_value: f32,        // what lies in the padding, if it is a constant
  alpha: f32,                // parameters of the activation
  beta: f32,
}

@group(0) @binding(0) var<uniform> params: Params;

// Four neighbouring outputs of a row lie over these columns of the input.
struct Columns {
  at: vec4u,
  inside: vec4<bool>,
}

fn columns_of(column: vec4u, size: u32) -> Columns {
  if (PADDING == PADDING_CONSTANT) {
    return Columns(column, column < vec4u(size));
  }
  return Columns(source_of(PADDING, column, size), vec4<bool>(true));
}

fn load_four(at: vec4u, inside: vec4<bool>, fill: f32) -> vec4f {
  return select(vec4f(fill), vec4f(input_at(at.x), input_at(at.y), input_at(at.z), input_at(at.w)), inside);
}
