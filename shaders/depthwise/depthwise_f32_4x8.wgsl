// Depthwise convolution under filters of at most 5×5 taps, strides of at most 2: each invocation computes one filter × 4 rows (2 under a row
// stride of 2) × 8 columns of an output plane, without a loop. Loops would move the sums through memory, again and again, wherever one
// is entered or left. Loads for a 3×3 filter: 6 · 10 values and 3 vec4 of weights for 32 outputs of 9 multiply-adds.
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
  // modulo 2^32 where they are negative
  let plane = plane_at(tile, 0u, tile.depth * params.depth_stride - bitcast<u32>(params.depth_padding));
  let top = tile.row * ROW_STRIDE - bitcast<u32>(params.row_padding);
  let quad = params.first_quad + tile.number * FILTER_ROWS * ((FILTER_COLUMNS + 3u) / 4u);
  store_rows(tile, add_plane(Sums(), plane, top, under_tile(tile), quad));
}
