// Direct convolution along rows: each invocation computes one filter × 16 neighbouring columns of an output row. A window of
// 16 input values slides along the row in registers, so each tap costs one new value, its weight and 16 multiply-adds.
// No column matrix: for few filters, where that matrix would be nearly all of the traffic. Column stride and dilation 1.
// Loads per filter row: 16 + S values and S weights for 16·S multiply-adds.
import package::direct::interface::{ params, filters, load, load_four, store_columns };
import package::input::row::{ OUTSIDE, place };
import package::shared::grid::workgroup_number;
import package::shared::window::{ add_tap, slide };

const TILE_COLUMNS = 16u;

// sums + one row of taps (from filters[quad] on) along the input row that starts at `row`, `left` its first column.
fn add_row(row: u32, left: u32, quad: u32, before: mat4x4f) -> mat4x4f {
  let full_quads = params.filter_columns / 4u;
  let rest = params.filter_columns - 4u * full_quads;
  var sums = before;
  var window = mat4x4f(load_four(row, left), load_four(row, left + 4u), load_four(row, left + 8u), load_four(row, left + 12u));
  var next_column = left + TILE_COLUMNS;
  for (var step = 0u; step < full_quads; step++) {
    let weights = filters[quad + step];
    let next = load_four(row, next_column);
    sums = add_tap(window, weights.x, sums);
    window = slide(window, next.x);
    sums = add_tap(window, weights.y, sums);
    window = slide(window, next.y);
    sums = add_tap(window, weights.z, sums);
    window = slide(window, next.z);
    sums = add_tap(window, weights.w, sums);
    window = slide(window, next.w);
    next_column += 4u;
  }
  // the taps of a last, incomplete quad: its padding is not multiplied, since 0 · ∞ would be NaN
  if (rest > 0u) {
    let weights = filters[quad + full_quads];
    sums = add_tap(window, weights.x, sums);
    if (rest > 1u) {
      window = slide(window, load(row, next_column));
      sums = add_tap(window, weights.y, sums);
    }
    if (rest > 2u) {
      window = slide(window, load(row, next_column + 1u));
      sums = add_tap(window, weights.z, sums);
    }
  }
  return sums;
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let tile = workgroup_number(group, groups) * 64u + local;
  if (tile >= params.tiles) {
    return;
  }
  let line = tile / params.column_tiles;
  let column = TILE_COLUMNS * (tile - line * params.column_tiles);
  let plane = line / params.output_rows;
  let output_row = line - plane * params.output_rows;
  let volume = plane / params.output_depth;
  let output_depth = plane - volume * params.output_depth;
  let image = volume / params.filters;
  let number = volume - image * params.filters;

  let row_quads = (params.filter_columns + 3u) / 4u;
  let left = column - bitcast<u32>(params.column_padding); // modulo 2^32 where it is negative
  var quad = params.first_quad + number * params.group_channels * params.filter_depth * params.filter_rows * row_quads;
  var channel_offset = image * params.input_image_pitch
    + (number / params.group_filters) * params.group_channels * params.input_channel_pitch;
  var sums: mat4x4f;
  for (var channel = 0u; channel < params.group_channels; channel++) {
    for (var filter_depth = 0u; filter_depth < params.filter_depth; filter_depth++) {
      let depth = output_depth * params.depth_stride + filter_depth * params.depth_dilation - bitcast<u32>(params.depth_padding);
      let input_depth = place(depth, params.input_depth);
      for (var filter_row = 0u; filter_row < params.filter_rows; filter_row++) {
        let height = output_row * params.row_stride + filter_row * params.row_dilation - bitcast<u32>(params.row_padding);
        let input_row = place(height, params.input_rows);
        let inside = (input_depth != OUTSIDE) & (input_row != OUTSIDE);
        if (inside | (params.padding_value != 0.0)) {
          let offset = channel_offset + input_depth * params.input_depth_pitch + input_row * params.input_row_pitch;
          sums = add_row(select(OUTSIDE, offset, inside), left, quad, sums);
        }
        quad += row_quads;
      }
    }
    channel_offset += params.input_channel_pitch;
  }

  let row = params.first_output + image * params.output_image_pitch + number * params.output_filter_pitch
    + output_depth * params.output_depth_pitch + output_row * params.output_row_pitch;
  store_columns(number, row, column, sums[0]);
  store_columns(number, row, column + 4u, sums[1]);
  store_columns(number, row, column + 8u, sums[2]);
  store_columns(number, row, column + 12u, sums[3]);
}
