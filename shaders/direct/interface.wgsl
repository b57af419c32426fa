// What the direct kernels of this folder share: parameters, bindings, reading the input along a row, storing along a row.
import package::shared::activation::activate;

struct Params {
  tiles: u32,             // N · K · P · column_tiles
  column_tiles: u32,      // ceil(Q / 16)
  output_rows: u32,       // P
  output_columns: u32,    // Q
  filters: u32,           // K
  group_filters: u32,     // K/G
  group_channels: u32,    // C/G
  filter_rows: u32,       // R
  filter_columns: u32,    // S
  input_rows: u32,        // H
  input_columns: u32,     // W
  row_stride: u32,
  row_dilation: u32,
  row_padding: i32,       // at the top; negative: rows cropped
  column_padding: i32,    // at the left
  input_image_pitch: u32, // elements from one image to the next, and so on along the other axes
  input_channel_pitch: u32,
  input_row_pitch: u32,
  input_column_pitch: u32,
  output_image_pitch: u32,
  output_filter_pitch: u32,
  output_row_pitch: u32,
  output_column_pitch: u32,
}

override HAS_BIAS: bool = false;
override ACTIVATION: u32 = 0u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>;          // (N, C, H, W) or (N, H, W, C), by the pitches
@group(0) @binding(2) var<storage, read> filters: array<vec4f>;      // (K, C/G, R, ceil(S / 4))
@group(0) @binding(3) var<storage, read> bias: array<f32>;           // (K), or a dummy when HAS_BIAS is false
@group(0) @binding(4) var<storage, read_write> output: array<f32>;   // (N, K, P, Q) or (N, P, Q, K), by the pitches

// The value in `column` of the input row that starts at `row`; zero in the padding, also where `column` has wrapped.
fn load(row: u32, column: u32) -> f32 {
  let inside = column < params.input_columns;
  return select(0.0, input[select(0u, row + column * params.input_column_pitch, inside)], inside);
}

fn load_four(row: u32, column: u32) -> vec4f {
  return vec4f(load(row, column), load(row, column + 1u), load(row, column + 2u), load(row, column + 3u));
}

fn store_four(number: u32, offset: u32, column: u32, sums: vec4f) {
  var value = sums;
  if (HAS_BIAS) {
    value += bias[number];
  }
  value = activate(ACTIVATION, value);
  let at = offset + column * params.output_column_pitch;
  if (column < params.output_columns) { output[at] = value.x; }
  if (column + 1u < params.output_columns) { output[at + params.output_column_pitch] = value.y; }
  if (column + 2u < params.output_columns) { output[at + 2u * params.output_column_pitch] = value.z; }
  if (column + 3u < params.output_columns) { output[at + 3u * params.output_column_pitch] = value.w; }
}
