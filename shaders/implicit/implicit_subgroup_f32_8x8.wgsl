// Implicit GEMM with subgroups for groups of up to 8 filters: four lanes compute 8 filters × 32 positions, each 8 × 8 of them in registers, as
// four 4×4 blocks. A step is two channels of a tap: a lane gathers 16 values of the input, loads 1 of the 4 vec4 of weights and does 128
// multiply-adds. Taps and channels are one loop, so that few channels do not pay for loops of their own. Bytes: 4·N·P·Q·gemmK·⌈K/8⌉ of the input
// and 4·gemmK·K·⌈N·P·Q/32⌉ of the filter, most from cache; no workspace.
import package::implicit::interface::{ params, filters, line_of, load_four, origin_of, taps_of };
import package::implicit::tile::{ first_weights, store_block };
import package::shared::grid::workgroup_number;
import package::shared::lanes::from_lanes;
import package::shared::outer::outer;
import package::shared::tiles::split_tile;

const TILE_FILTERS = 8u;
const TILE_POSITIONS = 512u; // of a workgroup, 8 of an invocation: all its weights are the same, whichever lanes are neighbours

// The tap after `tap` (depth, row, column).
fn next_tap(tap: vec3u) -> vec3u {
  let column_ends = tap.z + 1u == params.filter_columns;
  let row_ends = column_ends & (tap.y + 1u == params.filter_rows);
  return vec3u(tap.x + u32(row_ends), select(tap.y + u32(column_ends), 0u, row_ends), select(tap.z + 1u, 0u, column_ends));
}

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
  let is_second = (lane & 2u) != 0u; // whether this lane loads weights of the second channel
  let number = TILE_FILTERS * tile.number;
  let origin0 = origin_of(position, tile.group);
  let origin1 = origin_of(position + 4u, tile.group);
  var a = first_weights(tile.group, number) + (lane & 1u) + select(0u, params.filter_pitch_quads, is_second);

  // block FP: filters 4·F…, positions 4·P… of this invocation
  var block00: mat4x4f;
  var block01: mat4x4f;
  var block10: mat4x4f;
  var block11: mat4x4f;
  var tap = vec3u(0u);
  var channel = 0u;
  let taps = params.filter_depth * params.filter_rows * params.filter_columns;
  let steps = select(0u, taps * ((params.group_channels + 1u) / 2u), is_busy);
  for (var step = 0u; step < steps; step++) {
    let taps0 = taps_of(origin0, line_of(origin0, tap.x, tap.y), tap.z);
    let taps1 = taps_of(origin1, line_of(origin1, tap.x, tap.y), tap.z);
    let two = channel + 1u < params.group_channels; // else the second is none, and counts nothing
    let at = channel * params.input_channel_pitch;
    let next = at + select(0u, params.input_channel_pitch, two);
    let columns0 = load_four(taps0.at + at, taps0.inside);
    let columns1 = load_four(taps1.at + at, taps1.inside);
    let columns2 = select(vec4f(0.0), load_four(taps0.at + next, taps0.inside), two);
    let columns3 = select(vec4f(0.0), load_four(taps1.at + next, taps1.inside), two);
    let weights = from_lanes(select(vec4f(0.0), filters[a], two || !is_second));
    block00 = outer(columns2, weights[2], outer(columns0, weights[0], block00));
    block01 = outer(columns3, weights[2], outer(columns1, weights[0], block01));
    block10 = outer(columns2, weights[3], outer(columns0, weights[1], block10));
    block11 = outer(columns3, weights[3], outer(columns1, weights[1], block11));
    a += select(1u, 2u, two) * params.filter_pitch_quads;
    let ends = channel + 2u >= params.group_channels;
    tap = select(tap, next_tap(tap), ends);
    channel = select(channel + 2u, 0u, ends);
  }

  var blocks = array<mat4x4f, 4>(block00, block01, block10, block11);
  for (var block = 0u; block < 4u; block++) { // so that the epilogue is compiled once, not for each block
    store_block(tile.group, number + 4u * (block / 2u), position + 4u * (block % 2u), blocks[block]);
  }
}
