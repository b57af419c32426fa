// Product of a filter's gradient, reading storage directly: each invocation keeps 8 filters × 8 channels of a tap in registers, as four 4×4
// blocks, for groups of few filters. Per position it loads 4 vec4 and does 64 multiply-adds.
import package::backward::filter::gemm_interface::{ gradients, params, values };
import package::backward::filter::gemm_tile::{ line_of, octet_of, store_block, tile_of };
import package::shared::grid::workgroup_number;
import package::shared::outer::outer;

const TILE_FILTERS = 8u;
const TILE_PRODUCTS = 8u;

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
  let tile = tile_of(index);
  let octet = octet_of(tile.group, tile.product_tile);
  let number = tile.filter_tile * TILE_FILTERS;
  let first_gradient = params.gradient_first_quad + tile.group * params.gradient_group_quads + number / 4u;

  // block FP: filters 4·F…, channels 4·P… of this tile
  var block00: mat4x4f;
  var block01: mat4x4f;
  var block10: mat4x4f;
  var block11: mat4x4f;
  let end = min((tile.part + 1u) * params.part_lines, params.lines);
  for (var number_of_line = tile.part * params.part_lines; number_of_line < end; number_of_line++) {
    let line = line_of(number_of_line);
    var a = first_gradient + line.gradient_quads;
    var b = octet.value_quad + line.value_quads;
    for (var position = 0u; position < line.positions; position++) {
      let values0 = values[b];
      let values1 = values[b + 1u];
      let filters0 = gradients[a];
      let filters1 = gradients[a + 1u];
      block00 = outer(filters0, values0, block00);
      block01 = outer(filters0, values1, block01);
      block10 = outer(filters1, values0, block10);
      block11 = outer(filters1, values1, block11);
      a += params.gradient_pitch_quads;
      b += params.value_column_quads;
    }
  }

  var blocks = array<mat4x4f, 4>(block00, block01, block10, block11);
  for (var block = 0u; block < 4u; block++) { // so that what stores is compiled once, not for each block
    store_block(tile, octet, number + 4u * (block / 2u), 4u * (block % 2u), blocks[block]);
  }
}
