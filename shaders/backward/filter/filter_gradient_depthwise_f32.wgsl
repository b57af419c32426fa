// The gradient of filters that read one channel each, from the operands as they lie. An invocation sums a block of at most 5×5 taps of a filter
// over 8 neighbouring output columns, row by row: a row of taps takes 12 loads for 40 multiply-adds where windows lie side by side, else 8 for each
// tap; the gradient's 8 values are loaded once for all. Tiles of columns and stretches of rows are parts of their own, that filter_gradient_sum
// adds. Values should be finite, since those past the last column are multiplied by zero.
import package::backward::filter::depthwise_taps::{
  Columns, FOUR, Sums, TAP_COLUMNS, TAP_ROWS, add_row, four_gradients, places, row_at, store_row
};
import package::backward::filter::interface::params;
import package::shared::grid::workgroup_number;

const TILE_COLUMNS = 8u;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = workgroup_number(group, groups) * 64u + local;
  if (index >= params.invocations) {
    return;
  }
  // neighbours have what lies side by side: columns, or channels where they come last
  let filters = params.groups * params.group_filters;
  let column_tiles = (params.output_columns + TILE_COLUMNS - 1u) / TILE_COLUMNS;
  let line = index / (filters * column_tiles); // (stretch of rows, block of taps)
  let rest = index - line * filters * column_tiles;
  let channels_last = params.gradient_filter_pitch == 1u;
  let number = select(rest / column_tiles, rest % filters, channels_last);
  let column_tile = select(rest % column_tiles, rest / filters, channels_last);
  let block_rows = (params.filter_rows + TAP_ROWS - 1u) / TAP_ROWS;
  let block_columns = (params.filter_columns + TAP_COLUMNS - 1u) / TAP_COLUMNS;
  let blocks = params.filter_depth * block_rows * block_columns;
  let stretch = line / blocks;
  let block = line - stretch * blocks;
  let block_line = block / block_columns;
  let tap_depth = block_line / block_rows;
  let first_row = (block_line - tap_depth * block_rows) * TAP_ROWS;
  let first_column = (block - block_line * block_columns) * TAP_COLUMNS;

  let filter_group = number / params.group_filters; // and channel
  let output_column = vec4u(column_tile * TILE_COLUMNS) + FOUR;
  let column = output_column.x * params.column_stride + first_column * params.column_dilation - bitcast<u32>(params.column_padding);
  let columns = Columns(column, places(column + FOUR), places(column + FOUR + 4u), places(column + FOUR + 8u));
  var sums0: Sums;
  var sums1: Sums;
  var sums2: Sums;
  var sums3: Sums;
  var sums4: Sums;
  let rows = params.images * params.output_depth * params.output_rows;
  let end = min((stretch + 1u) * params.part_positions, rows);
  for (var output_row = stretch * params.part_positions; output_row < end; output_row++) {
    let output_plane = output_row / params.output_rows;
    let image = output_plane / params.output_depth;
    let p = output_row - output_plane * params.output_rows;
    let o = output_plane - image * params.output_depth;
    let gradient_row = image * params.gradient_image_pitch + number * params.gradient_filter_pitch + o * params.gradient_depth_pitch
      + p * params.gradient_row_pitch;
    let g0 = four_gradients(gradient_row, output_column);
    let g1 = four_gradients(gradient_row, output_column + 4u);
    let d = o * params.depth_stride + tap_depth * params.depth_dilation - bitcast<u32>(params.depth_padding);
    let h = p * params.row_stride + first_row * params.row_dilation - bitcast<u32>(params.row_padding);
    let step = params.row_dilation;
    let first = image * params.input_image_pitch + filter_group * params.input_channel_pitch;
    sums0 = add_row(sums0, row_at(first, d, h), columns, g0, g1);
    if (TAP_ROWS > 1u) { sums1 = add_row(sums1, row_at(first, d, h + step), columns, g0, g1); }
    if (TAP_ROWS > 2u) { sums2 = add_row(sums2, row_at(first, d, h + 2u * step), columns, g0, g1); }
    if (TAP_ROWS > 3u) { sums3 = add_row(sums3, row_at(first, d, h + 3u * step), columns, g0, g1); }
    if (TAP_ROWS > 4u) { sums4 = add_row(sums4, row_at(first, d, h + 4u * step), columns, g0, g1); }
  }

  let part = stretch * column_tiles + column_tile;
  let taps = params.filter_rows * params.filter_columns;
  let products = params.filter_depth * taps;
  let first = ((part * params.groups + filter_group) * products + tap_depth * taps) * 4u * params.row_quads
    + number - filter_group * params.group_filters;
  store_row(first, first_row, first_column, sums0);
  if (TAP_ROWS > 1u) { store_row(first, first_row + 1u, first_column, sums1); }
  if (TAP_ROWS > 2u) { store_row(first, first_row + 2u, first_column, sums2); }
  if (TAP_ROWS > 3u) { store_row(first, first_row + 3u, first_column, sums3); }
  if (TAP_ROWS > 4u) { store_row(first, first_row + 4u, first_column, sums4); }
}
