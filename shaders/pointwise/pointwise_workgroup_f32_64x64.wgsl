// Pointwise convolution with tiles in workgroup memory, for real GPUs: a workgroup of 64 invocations computes 64 filters × 64
// positions in steps of 16 channels. Per step it loads 2 · 64 · 16 values from storage once, neighbours by neighbours in either
// layout, and uses each 64 times; an invocation keeps 8 × 8 outputs in registers, as four 4×4 blocks 32 apart. Workgroup memory:
// 16 · (16 + 17) · 16 B = 8.25 KiB; rows of positions are 17 vec4 apart, so that those of a column lie in different banks.
import package::pointwise::interface::{ params, filters, elements_at, first_weights, store_block };
import package::pointwise::quads::{ input, load_quad };
import package::shared::grid::workgroup_number;
import package::shared::outer::outer;
import package::shared::tiles::split_tile;

const TILE_FILTERS = 64u;
const TILE_POSITIONS = 64u;
const STEP = 16u;
const QUADS = 16u;
const PITCH = 17u;

var<workgroup> weights: array<vec4f, 256>;  // (STEP, QUADS): 64 filters
var<workgroup> values: array<vec4f, 272>;   // (STEP, PITCH): 64 positions

// Copies an invocation's share of channels `channel`… of both operands; those past the last are not used. `quads`: the input's
// vec4 of channel 0 at this invocation's positions.
fn load_step(channel: u32, local: u32, first_weight: u32, quads: vec4u) {
  for (var index = local; index < STEP * QUADS; index += 64u) {
    weights[index] = filters[first_weight + (channel + index / QUADS) * params.filter_pitch_quads + index % QUADS];
  }
  if (params.channels_last == 1u) { // four channels at four positions, turned into four positions in four channels
    let row = 4u * (local % 4u);
    let at = quads + (channel + row) / 4u;
    let turned = transpose(mat4x4f(load_quad(at.x), load_quad(at.y), load_quad(at.z), load_quad(at.w)));
    let to = row * PITCH + local / 4u;
    values[to] = turned[0];
    values[to + PITCH] = turned[1];
    values[to + 2u * PITCH] = turned[2];
    values[to + 3u * PITCH] = turned[3];
  } else {
    for (var row = local / QUADS; row < STEP; row += 4u) {
      values[row * PITCH + local % QUADS] = load_quad(quads.x + (channel + row) * (params.input_channel_pitch / 4u));
    }
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
  let lane = select(local % QUADS, local / 4u, params.channels_last == 1u);
  let quads = elements_at(tile.group, TILE_POSITIONS * tile.position + 4u * lane) / 4u;
  let first_weight = first_weights(tile.group, TILE_FILTERS * tile.number);

  var block00: mat4x4f;
  var block01: mat4x4f;
  var block10: mat4x4f;
  var block11: mat4x4f;
  for (var channel = 0u; channel < params.group_channels; channel += STEP) {
    load_step(channel, local, first_weight, quads);
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
    workgroupBarrier();
  }

  let number = TILE_FILTERS * tile.number + 4u * filter_lane;
  let position = TILE_POSITIONS * tile.position + 4u * position_lane;
  var blocks = array<mat4x4f, 4>(block00, block01, block10, block11);
  for (var block = 0u; block < 4u; block++) { // so that the epilogue is compiled once, not for each block
    store_block(tile.group, number + 32u * (block / 2u), position + 32u * (block % 2u), blocks[block]);
  }
}
