// What the depthwise kernels of this folder share: parameters, bindings, reading the input, storing a row of a tile.
import package::epilogue::store::store_four;
import package::input::row::{ RowShape, load_in_row };

struct Params {
  tiles: u32,             // N · K · O · row_tiles · column_tiles
  column_tiles: u32,      // ceil(Q / 8)
  row_tiles: u32,         // ceil(P / 4)
  output_depth: u32,      // O
  output_rows: u32,       // P
  output_columns: u32,    // Q
  filters: u32,           // K
  multiplier: u32,        // K/G: filters that read a channel
  first_quad: u32,        // where the packed filters begin
  filter_depth: u32,      // T
  window_rows: u32,       // input rows under a tile: 3 · row stride + R
  filter_columns: u32,    // S
  input_depth: u32,       // D
  input_rows: u32,        // H
  input_columns: u32,     // W
  depth_stride: u32,
  row_stride: u32,
  column_stride: u32,
  depth_dilation: u32,
  depth_padding: i32,     // in front; negative: cropped
  row_padding: i32,       // at the top
  column_padding: i32,    // at the left
  input_image_pitch: u32, // elements from one image to the next, and so on along the other axes
  input_channel_pitch: u32,
  input_depth_pitch: u32,
  input_row_pitch: u32,
  input_column_pitch: u32,
  first_output: u32,      // element of the output that position 0 of filter 0 of image 0 belongs to
  output_image_pitch: u32,
  output_filter_pitch: u32,
  output_depth_pitch: u32,
  output_row_pitch: u32,
  output_column_pitch: u32,
  padding_value: f32,     // what lies in the padding, if it is a constant
  alpha: f32,             // parameters of the activation
  beta: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> filters: array<vec4f>;    // (K, T, window_rows, S) of weights of 4 rows, from first_quad on

// The value in `column` of the input row that starts at `row`.
fn load(row: u32, column: u32) -> f32 {
  return load_in_row(RowShape(params.input_columns, params.input_column_pitch, params.padding_value), row, column);
}

fn load_four(row: u32, column: u32, step: u32) -> vec4f {
  return vec4f(load(row, column), load(row, column + step), load(row, column + 2u * step), load(row, column + 3u * step));
}

// Stores eight neighbouring columns, as far as they exist, of output row `row` of a plane that starts at `plane`.
fn store_row(channel: u32, plane: u32, row: u32, column: u32, left: vec4f, right: vec4f) {
  if (row >= params.output_rows) {
    return;
  }
  let start = plane + row * params.output_row_pitch;
  let offsets = start + (vec4u(column) + vec4u(0u, 1u, 2u, 3u)) * params.output_column_pitch;
  let count = params.output_columns - column;
  store_four(channel, count, offsets, left, params.alpha, params.beta);
  if (count > 4u) {
    store_four(channel, count - 4u, offsets + 4u * params.output_column_pitch, right, params.alpha, params.beta);
  }
}
