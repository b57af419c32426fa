// Depthwise convolution: each filter reads one channel. Each invocation computes one filter × 4 rows × 8 columns of an output
// plane. It walks down the input rows under its tile; a row's values meet up to four output rows, so each is loaded once for all of
// them: per tap of a row one new value, one vec4 of weights (those of the four output rows) and two rank-1 updates.
// Loads for a 3×3 filter: 6 · 10 values and 18 weights for 32 outputs; a row at a time it would be 3 · 10 and 9 for 8.
import package::depthwise::interface::{ params, filters, load, load_four, store_row };
import package::input::row::{ OUTSIDE, place };
import package::shared::grid::workgroup_number;
import package::shared::outer::outer;

const TILE_ROWS = 4u;
const TILE_COLUMNS = 8u;

// True if the channels of an image lie innermost: neighbouring invocations then compute neighbouring channels.
override CHANNELS_LAST: bool = false;
// True if a window slides along the row: column stride 1.
override SLIDES: bool = true;

struct Tile {
  left: mat4x4f,   // column i: output row i, columns 0…3
  right: mat4x4f,  // columns 4…7
}

// Adds the taps of one input row, whose weights begin at filters[quad].
fn add_row(row: u32, column: u32, quad: u32, before: Tile) -> Tile {
  var tile = before;
  if (SLIDES) {
    var left = load_four(row, column, 1u);
    var right = load_four(row, column + 4u, 1u);
    for (var tap = 0u; tap < params.filter_columns; tap++) {
      if (tap > 0u) {
        left = vec4f(left.yzw, right.x);
        right = vec4f(right.yzw, load(row, column + 7u + tap));
      }
      let weights = filters[quad + tap];
      tile.left = outer(left, weights, tile.left);
      tile.right = outer(right, weights, tile.right);
    }
  } else {
    for (var tap = 0u; tap < params.filter_columns; tap++) {
      let weights = filters[quad + tap];
      tile.left = outer(load_four(row, column + tap, params.column_stride), weights, tile.left);
      let next = column + tap + 4u * params.column_stride;
      tile.right = outer(load_four(row, next, params.column_stride), weights, tile.right);
    }
  }
  return tile;
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let number = workgroup_number(group, groups) * 64u + local;
  if (number >= params.tiles) {
    return;
  }
  var rest = number;
  var filter_number = 0u;
  if (CHANNELS_LAST) {
    filter_number = rest % params.filters;
    rest /= params.filters;
  }
  let column = TILE_COLUMNS * (rest % params.column_tiles);
  rest /= params.column_tiles;
  let row = TILE_ROWS * (rest % params.row_tiles);
  rest /= params.row_tiles;
  let depth = rest % params.output_depth;
  rest /= params.output_depth;
  if (!CHANNELS_LAST) {
    filter_number = rest % params.filters;
    rest /= params.filters;
  }

  let channel_offset = rest * params.input_image_pitch + (filter_number / params.multiplier) * params.input_channel_pitch;
  let left = column * params.column_stride - bitcast<u32>(params.column_padding); // modulo 2^32 where it is negative
  let top = row * params.row_stride - bitcast<u32>(params.row_padding);
  var quad = params.first_quad + filter_number * params.filter_depth * params.window_rows * params.filter_columns;
  var tile: Tile;
  for (var tap_depth = 0u; tap_depth < params.filter_depth; tap_depth++) {
    let at_depth = depth * params.depth_stride + tap_depth * params.depth_dilation - bitcast<u32>(params.depth_padding);
    let input_depth = place(at_depth, params.input_depth);
    for (var window_row = 0u; window_row < params.window_rows; window_row++) {
      let input_row = place(top + window_row, params.input_rows);
      let inside = (input_depth != OUTSIDE) & (input_row != OUTSIDE);
      if (inside | (params.padding_value != 0.0)) {
        let offset = channel_offset + input_depth * params.input_depth_pitch + input_row * params.input_row_pitch;
        tile = add_row(select(OUTSIDE, offset, inside), left, quad, tile);
      }
      quad += params.filter_columns;
    }
  }

  let plane = params.first_output + rest * params.output_image_pitch + filter_number * params.output_filter_pitch
    + depth * params.output_depth_pitch;
  for (var index = 0u; index < TILE_ROWS; index++) {
    store_row(filter_number, plane, row + index, column, tile.left[index], tile.right[index]);
  }
}
