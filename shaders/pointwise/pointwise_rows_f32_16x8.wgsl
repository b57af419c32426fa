// Pointwise convolution, channels first: a channel of an image is a row of the right operand as it lies. Each invocation keeps
// 16 filters × 8 positions in registers, as eight 4×4 blocks; for each channel it loads 2 vec4 of the input and 4 of the filter, and
// does 128 multiply-adds. Bytes: 4·N·C·P·Q·⌈K/16⌉ of the input and 4·C·K·⌈N·P·Q/8⌉ of the filter, most from cache; no workspace.
// O·P·Q is a multiple of 4, and no element of the input is left out.
import package::pointwise::interface::{ params, filters, elements_at, first_weights, store_block };
import package::pointwise::quads::{ input, load_quad };
import package::shared::grid::workgroup_number;
import package::shared::outer::outer;
import package::shared::tiles::split_tile;

const TILE_FILTERS = 16u;
const TILE_POSITIONS = 8u;

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
  let tile = split_tile(index, false, params.groups, params.filter_tiles, params.position_tiles);
  let number = TILE_FILTERS * tile.number;
  let position = TILE_POSITIONS * tile.position;

  // block FP: filters 4·F…, positions 4·P… of this tile
  var block00: mat4x4f;
  var block01: mat4x4f;
  var block10: mat4x4f;
  var block11: mat4x4f;
  var block20: mat4x4f;
  var block21: mat4x4f;
  var block30: mat4x4f;
  var block31: mat4x4f;
  var a = first_weights(tile.group, number);
  var b0 = elements_at(tile.group, position).x / 4u;
  var b1 = elements_at(tile.group, position + 4u).x / 4u;
  let pitch = params.input_channel_pitch / 4u;
  for (var channel = 0u; channel < params.group_channels; channel++) {
    let columns0 = load_quad(b0);
    let columns1 = load_quad(b1);
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
    b0 += pitch;
    b1 += pitch;
  }

  var blocks = array<mat4x4f, 8>(block00, block01, block10, block11, block20, block21, block30, block31);
  for (var block = 0u; block < 8u; block++) { // so that the epilogue is compiled once, not for each block
    store_block(tile.group, number + 4u * (block / 2u), position + 4u * (block % 2u), blocks[block]);
  }
}
