// GEMM that reads storage directly: each invocation keeps 16 filters × 8 positions in registers, as eight 4×4 blocks.
// Per step of k it loads 6 vec4 and does 128 multiply-adds. No barrier, as in the 8×8 tile.
import package::gemm::interface::{ params, filters, columns, store_block };
import package::shared::grid::workgroup_number;
import package::shared::outer::outer;

const TILE_FILTERS = 16u;
const TILE_POSITIONS = 8u;

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

  // block FP: filters 4·F…, positions 4·P… of this tile
  var block00: mat4x4f;
  var block01: mat4x4f;
  var block10: mat4x4f;
  var block11: mat4x4f;
  var block20: mat4x4f;
  var block21: mat4x4f;
  var block30: mat4x4f;
  var block31: mat4x4f;
  var a = params.first_filter_quad + filter_tile * (TILE_FILTERS / 4u);
  var b = position_tile * (TILE_POSITIONS / 4u);
  for (var k = 0u; k < params.depth; k++) {
    let columns0 = columns[b];
    let columns1 = columns[b + 1u];
    let filters0 = filters[a];
    let filters1 = filters[a + 1u];
    let filters2 = filters[a + 2u];
    let filters3 = filters[a + 3u];
    block00 = outer(columns0, filters0, block00);
    block01 = outer(columns1, filters0, block01);
    block10 = outer(columns0, filters1, block10);
    block11 = outer(columns1, filters1, block11);
    block20 = outer(columns0, filters2, block20);
    block21 = outer(columns1, filters2, block21);
    block30 = outer(columns0, filters3, block30);
    block31 = outer(columns1, filters3, block31);
    a += params.filter_pitch_quads;
    b += params.position_pitch_quads;
  }

  let number = filter_tile * TILE_FILTERS;
  let position = position_tile * TILE_POSITIONS;
  var blocks = array<mat4x4f, 8>(block00, block01, block10, block11, block20, block21, block30, block31);
  for (var block = 0u; block < 8u; block++) { // so that the epilogue is compiled once, not for each block
    store_block(number + 4u * (block / 2u), position + 4u * (block % 2u), blocks[block]);
  }
}
