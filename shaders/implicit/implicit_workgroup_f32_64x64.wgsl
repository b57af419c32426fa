// Implicit GEMM with tiles in workgroup memory, for real GPUs: a workgroup of 64 invocations computes 64 filters × 64 positions,
// tap by tap, in steps of 16 channels. Per step it gathers 64 · 16 values of the input once, neighbours by neighbours in either
// layout, loads as many weights, and uses each 64 times; an invocation keeps 8 × 8 outputs in registers, as four 4×4 blocks 32
// apart. Workgroup memory: 16 · (16 + 17) · 16 B and 64 offsets, 8.5 KiB; rows of positions are 17 vec4 apart, so that those of a
// column lie in different banks.
import package::implicit::interface::{ params, filters, line_of, load_four, origin_of, taps_of };
import package::implicit::tile::{ first_weights, store_block };
import package::shared::grid::workgroup_number;
import package::shared::outer::outer;
import package::shared::tiles::split_tile;

const TILE_FILTERS = 64u;
const TILE_POSITIONS = 64u;
const STEP = 16u;
const QUADS = 16u;
const PITCH = 17u;
const OUTSIDE = 0xffffffffu;

var<workgroup> weights: array<vec4f, 256>;  // (STEP, QUADS): 64 filters
var<workgroup> values: array<vec4f, 272>;   // (STEP, PITCH): 64 positions
var<workgroup> taps: array<vec4u, 16>;      // where the tap lies at 64 positions, in channel 0; or OUTSIDE

// Copies an invocation's share of channels `channel`… of both operands; those past the last are not used. Neighbours take
// neighbouring positions, channels last neighbouring channels.
fn load_step(channel: u32, local: u32, first_weight: u32) {
  for (var index = local; index < STEP * QUADS; index += 64u) {
    weights[index] = filters[first_weight + (index / QUADS) * params.filter_pitch_quads + index % QUADS];
    let last = params.channels_last == 1u;
    let row = select(index / QUADS, index % STEP, last);
    let quad = select(index % QUADS, index / STEP, last);
    let at = taps[quad];
    let inside = at != vec4u(OUTSIDE);
    values[row * PITCH + quad] = load_four(select(vec4u(0u), at, inside) + (channel + row) * params.input_channel_pitch, inside);
  }
}

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
