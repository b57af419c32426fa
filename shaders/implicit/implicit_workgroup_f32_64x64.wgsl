// Implicit GEMM with tiles in workgroup memory, for real GPUs: a workgroup of 64 invocations computes 64 filters × 64 positions,
// tap by tap, in steps of 16 channels. Per step it gathers 64 · 16 values of the input once, neighbours by neighbours in either
// layout, loads as many weights, and uses each 64 times; an invocation keeps 8 × 8 outputs in registers, as four 4×4 blocks 32
// apart. Workgroup memory: 16 · (16 + 17) · 16 B and 64 offsets, 8.5 KiB; rows of positions are 17 vec4 apart, so that those of a
// column lie in different banks.
import package::implicit::interface::{ params, line_of, origin_of, taps_of };
import package::implicit::step::{ OUTSIDE, PITCH, QUADS, STEP, load_step, taps, values, weights };
import package::implicit::tile::{ first_weights, store_block };
import package::shared::grid::workgroup_number;
import package::shared::outer::outer;
import package::shared::tiles::split_tile;

const TILE_FILTERS = 64u;
const TILE_POSITIONS = 64u;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = workgroup_number(group, groups);
  if (index >= params.tiles) {
    return;
  }
  let tile = split_tile(index, params.channels_last == 1u, params.groups, params.filter_tiles, params.position_tiles);
  let filter_lane = local / 8u;
  let position_lane = local % 8u;
  let origin = origin_of(TILE_POSITIONS * tile.position + 4u * (local % QUADS), tile.group);
  var a = first_weights(tile.group, TILE_FILTERS * tile.number);

  var block00: mat4x4f;
  var block01: mat4x4f;
  var block10: mat4x4f;
  var block11: mat4x4f;
  for (var depth = 0u; depth < params.filter_depth; depth++) {
    for (var row = 0u; row < params.filter_rows; row++) {
      let line = line_of(origin, depth, row);
      for (var column = 0u; column < params.filter_columns; column++) {
        if (local < QUADS) {
          let here = taps_of(origin, line, column);
          taps[local] = select(vec4u(OUTSIDE), here.at, here.inside);
        }
        workgroupBarrier();
        for (var channel = 0u; channel < params.group_channels; channel += STEP) {
          load_step(channel, local, a);
          workgroupBarrier();
          let steps = min(STEP, params.group_channels - channel);
          for (var step = 0u; step < steps; step++) {
            let filters0 = weights[step * QUADS + filter_lane];
            let filters1 = weights[step * QUADS + filter_lane + 8u];
            let columns0 = values[step * PITCH + position_lane];
            let columns1 = values[step * PITCH + position_lane + 8u];
            block00 = outer(columns0, filters0, block00);
            block01 = outer(columns1, filters0, block01);
            block10 = outer(columns0, filters1, block10);
            block11 = outer(columns1, filters1, block11);
          }
          a += steps * params.filter_pitch_quads;
          workgroupBarrier();
        }
      }
    }
  }

  let number = TILE_FILTERS * tile.number + 4u * filter_lane;
  let position = TILE_POSITIONS * tile.position + 4u * position_lane;
  var blocks = array<mat4x4f, 4>(block00, block01, block10, block11);
  for (var block = 0u; block < 4u; block++) { // so that the epilogue is compiled once, not for each block
    store_block(tile.group, number + 32u * (block / 2u), position + 32u * (block % 2u), blocks[block]);
  }
}
