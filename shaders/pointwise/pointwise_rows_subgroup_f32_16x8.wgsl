// Pointwise convolution, channels first, with subgroups: a channel of an image is a row of the right operand as it lies. Four lanes compute
// 16 filters × 32 positions: each keeps 16 × 8 of them in registers, as eight 4×4 blocks, and loads for each channel 2 vec4 of the input and
// 1 of the filter (the other 3 its neighbours have), for 128 multiply-adds. Bytes: 4·N·C·P·Q·⌈K/16⌉ of the input and
// 4·C·K·⌈N·P·Q/32⌉ of the filter, most from cache; no workspace. O·P·Q is a multiple of 4, and no element of the input is left out.
import package::pointwise::interface::{ params, filters, elements_at, first_weights, store_block };
import package::pointwise::quads::{ input, load_quad };
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
  let tile = split_tile(index, false, params.groups, params.filter_tiles, params.position_tiles);
  let position = TILE_POSITIONS * tile.position + 8u * local;
  let is_busy = subgroupAny(position < params.positions); // all four that are neighbours, or none
  let number = TILE_FILTERS * tile.number;
  var a = first_weights(tile.group, number) + lane % 4u;
  var b0 = elements_at(tile.group, position).x / 4u;
  var b1 = elements_at(tile.group, position + 4u).x / 4u;
  let pitch = params.input_channel_pitch / 4u;

  // block FP: filters 4·F…, positions 4·P… of this invocation
  var block00: mat4x4f;
  var block01: mat4x4f;
  var block10: mat4x4f;
  var block11: mat4x4f;
  var block20: mat4x4f;
  var block21: mat4x4f;
  var block30: mat4x4f;
  var block31: mat4x4f;
  let channels = select(0u, params.group_channels, is_busy);
  for (var channel = 0u; channel < channels; channel++) {
    let columns0 = load_quad(b0);
    let columns1 = load_quad(b1);
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
    b0 += pitch;
    b1 += pitch;
  }

  var blocks = array<mat4x4f, 8>(block00, block01, block10, block11, block20, block21, block30, block31);
  for (var block = 0u; block < 8u; block++) { // so that the epilogue is compiled once, not for each block
    store_block(tile.group, number + 4u * (block / 2u), position + 4u * (block % 2u), blocks[block]);
  }
}
