// GEMM that reads storage directly, for few filters: each invocation keeps 4 filters × 16 positions in registers, as four
// 4×4 blocks. Per step of k it loads 5 vec4 and does 64 multiply-adds, of which a single filter uses a quarter
// (the 8×8 tile: an eighth).
import package::gemm::interface::{ params, filters, columns, store_block };
import package::shared::grid::workgroup_number;
import package::shared::outer::outer;

const TILE_FILTERS = 4u;
const TILE_POSITIONS = 16u;

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
  let filter_tile = tile / params.position_tiles;
  let position_tile = tile - filter_tile * params.position_tiles;

  // block P: all four filters, positions 4·P… of this tile
  var block0: mat4x4f;
  var block1: mat4x4f;
  var block2: mat4x4f;
  var block3: mat4x4f;
  var a = params.first_filter_quad + filter_tile;
  var b = position_tile * (TILE_POSITIONS / 4u);
  for (var k = 0u; k < params.depth; k++) {
    let weights = filters[a];
    block0 = outer(columns[b], weights, block0);
    block1 = outer(columns[b + 1u], weights, block1);
    block2 = outer(columns[b + 2u], weights, block2);
    block3 = outer(columns[b + 3u], weights, block3);
    a += params.filter_pitch_quads;
    b += params.position_pitch_quads;
  }

  let number = filter_tile * TILE_FILTERS;
  let position = position_tile * TILE_POSITIONS;
  var blocks = array<mat4x4f, 4>(block0, block1, block2, block3);
  for (var block = 0u; block < 4u; block++) { // so that the epilogue is compiled once, not for each block
    store_block(number, position + 4u * block, blocks[block]);
  }
}
