// Pointwise convolution of values that lie in no vec4 as they are needed: channels last, strided, cropped, or of ugly sizes. Each
// invocation keeps 16 filters × 8 positions in registers, as eight 4×4 blocks; for each channel it loads 8 values of the input and 4 vec4
// of the filter, and does 128 multiply-adds. Bytes: 4·N·P·Q·C·⌈K/16⌉ of the input and 4·C·K·⌈N·P·Q/8⌉ of the filter, most from cache;
// no workspace. Channels last could be read four at a time, but not by every compiler without loss (docs/measurements.md).
import package::input::values::input_at;
import package::pointwise::interface::{ params, filters, elements_at, first_weights, store_block };
import package::shared::grid::workgroup_number;
import package::shared::outer::outer;
import package::shared::tiles::split_tile;

const TILE_FILTERS = 16u;
const TILE_POSITIONS = 8u;

fn load_four(at: vec4u) -> vec4f {
  return vec4f(input_at(at.x), input_at(at.y), input_at(at.z), input_at(at.w));
}

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
  var b0 = elements_at(tile.group, position);
  var b1 = elements_at(tile.group, position + 4u);
  for (var channel = 0u; channel < params.group_channels; channel++) {
    let columns0 = load_four(b0);
    let columns1 = load_four(b1);
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
    b0 += params.input_channel_pitch;
    b1 += params.input_channel_pitch;
  }

  var blocks = array<mat4x4f, 8>(block00, block01, block10, block11, block20, block21, block30, block31);
  for (var block = 0u; block < 8u; block++) { // so that the epilogue is compiled once, not for each block
    store_block(tile.group, number + 4u * (block / 2u), position + 4u * (block % 2u), blocks[block]);
  }
}
