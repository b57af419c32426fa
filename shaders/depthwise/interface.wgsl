// What the depthwise kernels of this folder share: parameters, bindings, finding a tile, storing its outputs.
import package::epilogue::store::store_four;

struct Params {
  tiles: u32,             // N · K · O · row_tiles · column_tiles
  column_tiles: u32,      // of Q output columns
  row_tiles: u32,         // of P output rows
  output_depth: u32,      // O
  output_rows: u32,       // P
  output_columns: u32,    // Q
  filters: u32,           // K
  group_filters: u32,     // K/G
  group_channels: u32,    // C/G: 1, but for the kernel that shaders/direct/ adds
  first_quad: u32,        // where the packed filters begin
  filter_depth: u32,      // T
  filter_rows: u32,       // R
  row_phases: u32,        // of input rows that meet different taps: min(row stride, R)
  column_phases: u32,     // min(column stride, S)
  phase_steps: u32,       // walks that the taps of a column phase take
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
@group(0) @binding(2) var<storage, read> filters: array<vec4f>;    // (K, T, R) rows of taps, from first_quad on

// True if the channels of an image lie innermost: neighbouring invocations then compute neighbouring channels.
override CHANNELS_LAST: bool = false;

struct Tile {
  image: u32,
  number: u32,   // of the filter
  depth: u32,    // of the output, as row and column
  row: u32,      // the first
  column: u32,
}

// Tile `index`, where a tile is `rows` × `columns` outputs.
fn tile_at(index: u32, rows: u32, columns: u32) -> Tile {
  var rest = index;
  var number = 0u;
  if (CHANNELS_LAST) {
    rest = index / params.filters;
    number = index - rest * params.filters;
  }
  let line = rest / params.column_tiles;
  let plane = line / params.row_tiles;
  var image = plane / params.output_depth;
  let depth = plane - image * params.output_depth;
  if (!CHANNELS_LAST) {
    let volume = image;
    image = volume / params.filters;
    number = volume - image * params.filters;
  }
  return Tile(image, number, depth, rows * (line - plane * params.row_tiles), columns * (rest - line * params.column_tiles));
}

// Stores four neighbouring columns, as far as they exist, from `column` on of a tile's output row `row`.
fn store_columns(tile: Tile, row: u32, column: u32, sums: vec4f) {
  let at_row = tile.row + row;
  let at_column = tile.column + column;
  if (at_row >= params.output_rows || at_column >= params.output_columns) {
    return;
  }
  let start = params.first_output + tile.image * params.output_image_pitch + tile.number * params.output_filter_pitch
    + tile.depth * params.output_depth_pitch + at_row * params.output_row_pitch;
  let offsets = start + (vec4u(at_column) + vec4u(0u, 1u, 2u, 3u)) * params.output_column_pitch;
  store_four(tile.number, params.output_columns - at_column, offsets, sums, params.alpha, params.beta);
}
