// Direct convolution under filters of at most 5×5 taps, strides of at most 2: each invocation computes one filter × 4 rows (2 under a row stride
// of 2) × 8 columns of an output plane. The kernel of a depthwise convolution, once for each channel (and tap along depth) of a group;
// only that loop moves the sums. Loads for a 3×3 filter: 6 · 10 values and 3 vec4 of weights a channel for 288 multiply-adds.
import package::depthwise::interface::{ params, tile_at };
import package::depthwise::reading::plane_at;
import package::depthwise::taps::{ FILTER_COLUMNS, FILTER_ROWS, ROW_STRIDE, Sums, add_plane, store_rows };
import package::depthwise::window::under_tile;
import package::shared::grid::workgroup_number;

const TILE_ROWS = 4u;
const TILE_COLUMNS = 8u;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = workgroup_number(group, groups) * 64u + local;
  if (index >= params.tiles) {
    return;
  }
  let tile = tile_at(index, TILE_ROWS / ROW_STRIDE, TILE_COLUMNS);
  let channel_quads = FILTER_ROWS * ((FILTER_COLUMNS + 3u) / 4u);
  let top = tile.row * ROW_STRIDE - bitcast<u32>(params.row_padding); // modulo 2^32 where it is negative
  let under = under_tile(tile);
  var quad = params.first_quad + tile.number * params.group_channels * params.filter_depth * channel_quads;
  var sums: Sums;
  for (var channel = 0u; channel < params.group_channels; channel++) {
    for (var depth = 0u; depth < params.filter_depth; depth++) {
      let at_depth = tile.depth * params.depth_stride + depth * params.depth_dilation - bitcast<u32>(params.depth_padding);
      sums = add_plane(sums, plane_at(tile, channel, at_depth), top, under, quad);
      quad += channel_quads;
    }
  }
  store_rows(tile, sums);
}
