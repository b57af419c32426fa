// Implicit GEMM with subgroups: four lanes compute 16 filters × 32 positions. Each keeps 16 × 8 of them in registers, as eight 4×4 blocks, and
// gathers its receptive fields while it multiplies. Per product it gathers 8 values of the input, loads 1 vec4 of the filter (the other 3 its
// neighbours have) and does 128 multiply-adds. Bytes: 4·N·P·Q·gemmK·⌈K/16⌉ of the input and 4·gemmK·K·⌈N·P·Q/32⌉ of the filter, most from cache;
// no workspace.
import package::implicit::interface::{ params, filters, line_of, load_four, origin_of, taps_of };
import package::implicit::tile::{ first_weights, store_block };
import package::shared::grid::workgroup_number;
import package::shared::lanes::from_lanes;
import package::shared::outer::outer;
import package::shared::tiles::split_tile;

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
  let tile = split_tile(index, params.channels_last == 1u, params.groups, params.filter_tiles, params.position_tiles);
  let position = TILE_POSITIONS * tile.position + 8u * local;
  let is_busy = subgroupAny(position < params.positions); // all four that are neighbours, or none
  let number = TILE_FILTERS * tile.number;
  let origin0 = origin_of(position, tile.group);
  let origin1 = origin_of(position + 4u, tile.group);
  var a = first_weights(tile.group, number) + lane % 4u;

  // block FP: filters 4·F…, positions 4·P… of this invocation
  var block00: mat4x4f;
  var block01: mat4x4f;
  var block10: mat4x4f;
  var block11: mat4x4f;
  var block20: mat4x4f;
  var block21: mat4x4f;
  var block30: mat4x4f;
  var block31: mat4x4f;
  let depths = select(0u, params.filter_depth, is_busy);
  for (var depth = 0u; depth < depths; depth++) {
    for (var row = 0u; row < params.filter_rows; row++) {
      let line0 = line_of(origin0, depth, row);
      let line1 = line_of(origin1, depth, row);
      for (var column = 0u; column < params.filter_columns; column++) {
        let taps0 = taps_of(origin0, line0, column);
        let taps1 = taps_of(origin1, line1, column);
        var b0 = taps0.at;
        var b1 = taps1.at;
        for (var channel = 0u; channel < params.group_channels; channel++) {
          let columns0 = load_four(b0, taps0.inside);
          let columns1 = load_four(b1, taps1.inside);
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
          b0 += params.input_channel_pitch;
          b1 += params.input_channel_pitch;
        }
      }
    }
  }

  var blocks = array<mat4x4f, 8>(block00, block01, block10, block11, block20, block21, block30, block31);
  for (var block = 0u; block < 8u; block++) { // so that the epilogue is compiled once, not for each block
    store_block(tile.group, number + 4u * (block / 2u), position + 4u * (block % 2u), blocks[block]);
  }
}
