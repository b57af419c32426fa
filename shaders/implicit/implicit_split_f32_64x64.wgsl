// Implicit GEMM for few outputs and long sums, for real GPUs: as implicit_workgroup_f32_64x64, but the products of an output are divided into
// parts, each summed by a workgroup of its own, so that there is work for the whole device. Sums go to the workspace;
// implicit_sum_f32 adds them. Bytes besides the operands': 4·parts·K·positions written. Workgroup memory: 8.5 KiB.
import package::implicit::interface::{ params, line_of, origin_of, taps_of };
import package::implicit::step::{ OUTSIDE, PITCH, QUADS, STEP, load_step, taps, values, weights };
import package::implicit::tile::first_weights;
import package::shared::grid::workgroup_number;
import package::shared::outer::outer;
import package::shared::tiles::split_tile;

const TILE_FILTERS = 64u;
const TILE_POSITIONS = 64u;

@group(0) @binding(3) var<storage, read_write> sums: array<vec4f>; // (parts, K, ⌈positions / 4⌉)

// Writes a block whose column i belongs to filter `number` + i of a group, its rows to four positions.
fn store_sums(part: u32, group: u32, number: u32, position: u32, block: mat4x4f) {
  let pitch = (params.positions + 3u) / 4u;
  let at = (part * params.groups * params.group_filters + group * params.group_filters + number) * pitch + position / 4u;
  if (position < params.positions) {
    if (number < params.group_filters) { sums[at] = block[0]; }
    if (number + 1u < params.group_filters) { sums[at + pitch] = block[1]; }
    if (number + 2u < params.group_filters) { sums[at + 2u * pitch] = block[2]; }
    if (number + 3u < params.group_filters) { sums[at + 3u * pitch] = block[3]; }
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
  let part = index % params.parts;
  let tile = split_tile(index / params.parts, params.channels_last == 1u, params.groups, params.filter_tiles, params.position_tiles);
  let filter_lane = local / 8u;
  let position_lane = local % 8u;
  let origin = origin_of(TILE_POSITIONS * tile.position + 4u * (local % QUADS), tile.group);
  let first_weight = first_weights(tile.group, TILE_FILTERS * tile.number);
  let tap_steps = (params.group_channels + STEP - 1u) / STEP;
  let steps = params.filter_depth * params.filter_rows * params.filter_columns * tap_steps;

  var block00: mat4x4f;
  var block01: mat4x4f;
  var block10: mat4x4f;
  var block11: mat4x4f;
  let end = (part + 1u) * steps / params.parts;
  for (var number = part * steps / params.parts; number < end; number++) {
    let tap = number / tap_steps;
    let line = tap / params.filter_columns;
    let depth = line / params.filter_rows;
    if (local < QUADS) { // for every step anew, since that costs less than a loop over taps
      let here = taps_of(origin, line_of(origin, depth, line - depth * params.filter_rows), tap - line * params.filter_columns);
      taps[local] = select(vec4u(OUTSIDE), here.at, here.inside);
    }
    workgroupBarrier();
    let channel = (number - tap * tap_steps) * STEP;
    load_step(channel, local, first_weight + (tap * params.group_channels + channel) * params.filter_pitch_quads);
    workgroupBarrier();
    let count = min(STEP, params.group_channels - channel);
    for (var step = 0u; step < count; step++) {
      let filters0 = weights[step * QUADS + filter_lane];
      let filters1 = weights[step * QUADS + filter_lane + 8u];
      let columns0 = values[step * PITCH + position_lane];
      let columns1 = values[step * PITCH + position_lane + 8u];
      block00 = outer(columns0, filters0, block00);
      block01 = outer(columns1, filters0, block01);
      block10 = outer(columns0, filters1, block10);
      block11 = outer(columns1, filters1, block11);
    }
  }

  let number = TILE_FILTERS * tile.number + 4u * filter_lane;
  let position = TILE_POSITIONS * tile.position + 4u * position_lane;
  store_sums(part, tile.group, number, position, block00);
  store_sums(part, tile.group, number, position + 32u, block01);
  store_sums(part, tile.group, number + 32u, position, block10);
  store_sums(part, tile.group, number + 32u, position + 32u, block11);
}
