// Pointwise convolution that compiles quickly, with subgroups, for convolutions that run once, on inputs of any layout: it reads the
// filter as the user laid it out, so that no packing is compiled. Four lanes compute 16 filters × 16 positions: each keeps 16 × 4 of
// them in registers, as four 4×4 blocks, and loads for each channel 4 values of the input and 4 weights (the other 12 its neighbours
// have), for 64 multiply-adds.
import package::filter::weights::weight;
import package::input::values::input_at;
import package::pointwise::interface::{ params, elements_at, store_block };
import package::shared::grid::workgroup_number;
import package::shared::lanes::from_lanes;
import package::shared::outer::outer;
import package::shared::tiles::split_tile;

const TILE_FILTERS = 16u;
const TILE_POSITIONS = 256u; // of a workgroup, 4 of an invocation: all its weights are the same, whichever lanes are neighbours

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
  let position = TILE_POSITIONS * tile.position + 4u * local;
  let is_busy = subgroupAny(position < params.positions); // all four that are neighbours, or none
  let number = TILE_FILTERS * tile.number;
  // those past the last are not stored
  let mine = min(vec4u(number + 4u * (lane % 4u)) + vec4u(0u, 1u, 2u, 3u), vec4u(params.group_filters - 1u));
  var a = params.first_weight + tile.group * params.weight_group_pitch + mine * params.weight_filter_pitch;
  var b = elements_at(tile.group, position);

  // filters 4·F… of this invocation's positions
  var block0: mat4x4f;
  var block1: mat4x4f;
  var block2: mat4x4f;
  var block3: mat4x4f;
  let channels = select(0u, params.group_channels, is_busy);
  for (var channel = 0u; channel < channels; channel++) {
    let columns = vec4f(input_at(b.x), input_at(b.y), input_at(b.z), input_at(b.w));
    let filters = from_lanes(vec4f(weight(a.x), weight(a.y), weight(a.z), weight(a.w)));
    block0 = outer(columns, filters[0], block0);
    block1 = outer(columns, filters[1], block1);
    block2 = outer(columns, filters[2], block2);
    block3 = outer(columns, filters[3], block3);
    a += params.weight_channel_pitch;
    b += params.input_channel_pitch;
  }

  var blocks = array<mat4x4f, 4>(block0, block1, block2, block3);
  for (var block = 0u; block < 4u; block++) { // so that the epilogue is compiled once, not for each block
    store_block(tile.group, number + 4u * block, position, blocks[block]);
  }
}
