// Product of a filter's gradient with subgroups, reading storage directly: four lanes have the same 16 filters, and each 8 channels of a tap
// of its own, in registers as eight 4×4 blocks. Per position a lane loads 2 vec4 of the values and 1 of the gradients (the other 3
// its neighbours have) and does 128 multiply-adds.
import package::backward::filter::gemm_interface::{ gradients, params, values };
import package::backward::filter::gemm_tile::{ line_of, octet_of, store_block, tile_of };
import package::shared::grid::workgroup_number;
import package::shared::lanes::from_lanes;
import package::shared::outer::outer;

const TILE_FILTERS = 16u;
const TILE_PRODUCTS = 512u; // of a workgroup, 8 of an invocation: all its filters are the same, whichever lanes are neighbours

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
  let tile = tile_of(index);
  let octet_number = 64u * tile.product_tile + local;
  let exists = octet_number < params.taps * params.channel_tiles;
  let octet = octet_of(tile.group, octet_number);
  let number = tile.filter_tile * TILE_FILTERS;
  let first_gradient = params.gradient_first_quad + tile.group * params.gradient_group_quads + number / 4u + lane % 4u;

  // block FP: filters 4·F…, channels 4·P… of this tile
  var block00: mat4x4f;
  var block01: mat4x4f;
  var block10: mat4x4f;
  var block11: mat4x4f;
  var block20: mat4x4f;
  var block21: mat4x4f;
  var block30: mat4x4f;
  var block31: mat4x4f;
  let is_busy = subgroupAny(exists); // all four that are neighbours, or none
  let end = select(0u, min((tile.part + 1u) * params.part_lines, params.lines), is_busy);
  for (var number_of_line = tile.part * params.part_lines; number_of_line < end; number_of_line++) {
    let line = line_of(number_of_line);
    var a = first_gradient + line.gradient_quads;
    var b = octet.value_quad + line.value_quads;
    for (var position = 0u; position < line.positions; position++) {
      let values0 = values[b];
      let values1 = values[b + 1u];
      let filters = from_lanes(gradients[a]);
      block00 = outer(filters[0], values0, block00);
      block01 = outer(filters[0], values1, block01);
      block10 = outer(filters[1], values0, block10);
      block11 = outer(filters[1], values1, block11);
      block20 = outer(filters[2], values0, block20);
      block21 = outer(filters[2], values1, block21);
      block30 = outer(filters[3], values0, block30);
      block31 = outer(filters[3], values1, block31);
      a += params.gradient_pitch_quads;
      b += params.value_column_quads;
    }
  }

  if (!exists) {
    return;
  }
  var blocks = array<mat4x4f, 8>(block00, block01, block10, block11, block20, block21, block30, block31);
  for (var block = 0u; block < 8u; block++) { // so that what stores is compiled once, not for each block
    store_block(tile, octet, number + 4u * (block / 2u), 4u * (block % 2u), blocks[block]);
  }
}
