// GEMM with subgroups, reading storage directly: four lanes compute 16 filters × 32 positions, each 16 × 8 of them in registers, as eight 4×4
// blocks. Per step of k a lane loads 2 vec4 of the columns and 1 of the filters (the other 3 its neighbours have) and does 128
// multiply-adds. No barrier, so it compiles fast and suits adapters without workgroup memory of their own (software).
import package::gemm::interface::{ params, filters, columns, store_block };
import package::shared::grid::workgroup_number;
import package::shared::lanes::from_lanes;
import package::shared::outer::outer;

const TILE_FILTERS = 16u;
const TILE_POSITIONS = 512u; // of a workgroup, 8 of an invocation: all its weights are the same, whichever lanes are neighbours

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let index = workgroup_number(group, groups);
  if (index >= params.tiles) {
    return;
  }
  let line = index / params.position_tiles;
  let position = TILE_POSITIONS * (index - line * params.position_tiles) + 8u * local;
  let is_busy = subgroupAny(position < params.positions); // all four that are neighbours, or none
  let number = TILE_FILTERS * line;
  var a = params.first_filter_quad + number / 4u + lane % 4u;
  var b = position / 4u;

  // block FP: filters 4·F…, positions 4·P… of this invocation
  var block00: mat4x4f;
  var block01: mat4x4f;
  var block10: mat4x4f;
  var block11: mat4x4f;
  var block20: mat4x4f;
  var block21: mat4x4f;
  var block30: mat4x4f;
  var block31: mat4x4f;
  let depth = select(0u, params.depth, is_busy);
  for (var k = 0u; k < depth; k++) {
    let columns0 = columns[b];
    let columns1 = columns[b + 1u];
    let weights = from_lanes(filters[a]);
    block00 = outer(columns0, weights[0], block00);
    block01 = outer(columns1, weights[0], block01);
    block10 = outer(columns0, weights[1], block10);
    block11 = outer(columns1, weights[1], block11);
    block20 = outer(columns0, weights[2], block20);
    block21 = outer(columns1, weights[2], block21);
    block30 = outer(columns0, weights[3], block30);
    block31 = outer(columns1, weights[3], block31);
    a += params.filter_pitch_quads;
    b += params.position_pitch_quads;
  }

  var blocks = array<mat4x4f, 8>(block00, block01, block10, block11, block20, block21, block30, block31);
  for (var block = 0u; block < 8u; block++) { // so that the epilogue is compiled once, not for each block
    store_block(number + 4u * (block / 2u), position + 4u * (block % 2u), blocks[block]);
  }
}
