// Implicit GEMM for few filters: each invocation keeps 4 filters × 16 positions in registers, as four 4×4 blocks. Per product it
// gathers 16 values of the input, loads 1 vec4 of the filter and does 64 multiply-adds, of which a single filter uses a quarter.
// Bytes: 4·N·P·Q·gemmK·⌈K/4⌉ of the input, most from cache; no workspace.
import package::implicit::interface::{ params, filters, line_of, load_four, origin_of, taps_of };
import package::implicit::tile::{ first_weights, store_block };
import package::shared::grid::workgroup_number;
import package::shared::outer::outer;
import package::shared::tiles::split_tile;

const TILE_FILTERS = 4u;
const TILE_POSITIONS = 16u;

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
  let tile = split_tile(index, params.channels_last == 1u, params.groups, params.filter_tiles, params.position_tiles);
  let number = TILE_FILTERS * tile.number;
  let position = TILE_POSITIONS * tile.position;
  let origin0 = origin_of(position, tile.group);
  let origin1 = origin_of(position + 4u, tile.group);
  let origin2 = origin_of(position + 8u, tile.group);
  let origin3 = origin_of(position + 12u, tile.group);
  var a = first_weights(tile.group, number);

  // block FP: filters 4·F…, positions 4·P… of this tile
  var block00: mat4x4f;
  var block01: mat4x4f;
  var block02: mat4x4f;
  var block03: mat4x4f;
  for (var depth = 0u; depth < params.filter_depth; depth++) {
    for (var row = 0u; row < params.filter_rows; row++) {
      let line0 = line_of(origin0, depth, row);
      let line1 = line_of(origin1, depth, row);
      let line2 = line_of(origin2, depth, row);
      let line3 = line_of(origin3, depth, row);
      for (var column = 0u; column < params.filter_columns; column++) {
        let taps0 = taps_of(origin0, line0, column);
        let taps1 = taps_of(origin1, line1, column);
        let taps2 = taps_of(origin2, line2, column);
        let taps3 = taps_of(origin3, line3, column);
        var b0 = taps0.at;
        var b1 = taps1.at;
        var b2 = taps2.at;
        var b3 = taps3.at;
        for (var channel = 0u; channel < params.group_channels; channel++) {
          let columns0 = load_four(b0, taps0.inside);
          let columns1 = load_four(b1, taps1.inside);
          let columns2 = load_four(b2, taps2.inside);
          let columns3 = load_four(b3, taps3.inside);
          let filters0 = filters[a];
          block00 = outer(columns0, filters0, block00);
          block01 = outer(columns1, filters0, block01);
          block02 = outer(columns2, filters0, block02);
          block03 = outer(columns3, filters0, block03);
          a += params.filter_pitch_quads;
          b0 += params.input_channel_pitch;
          b1 += params.input_channel_pitch;
          b2 += params.input_channel_pitch;
          b3 += params.input_channel_pitch;
        }
      }
    }
  }

  var blocks = array<mat4x4f, 4>(block00, block01, block02, block03);
  for (var block = 0u; block < 4u; block++) { // so that the epilogue is compiled once, not for each block
    store_block(tile.group, number + 4u * (block / 4u), position + 4u * (block % 4u), blocks[block]);
  }
}
