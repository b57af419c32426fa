// Matrix products of Winograd that read storage directly: each invocation keeps 16 filters × 8 tiles in registers, as eight 4×4
// blocks. Per channel it loads 6 vec4 and does 128 multiply-adds, for four channels at a time. No barrier, so it suits adapters
// without workgroup memory of their own (software). Bytes: 4·(m+2)²·tiles·(C + K) once at least, and 4·(m+2)²·K·C/G.
import package::shared::grid::workgroup_number;
import package::shared::outer::outer;
import package::winograd::gemm_interface::{
  params, filters, workspace, first_filter_quad, first_position_quad, place_of, store_block
};
import package::winograd::four_products::four_products;

const TILE_FILTERS = 16u;
const TILE_POSITIONS = 8u;

// The vec4 at `at` in the rows of four channels.
fn four_filters(at: u32) -> mat4x4f {
  let pitch = params.filter_pitch_quads;
  return mat4x4f(filters[at], filters[at + pitch], filters[at + 2u * pitch], filters[at + 3u * pitch]);
}

fn four_positions(at: u32) -> mat4x4f {
  let pitch = params.tile_pitch_quads;
  return mat4x4f(workspace[at], workspace[at + pitch], workspace[at + 2u * pitch], workspace[at + 3u * pitch]);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let tile = workgroup_number(group, groups) * 64u + local;
  if (tile >= params.tiles) {
    return;
  }
  let place = place_of(tile);

  // block FP: filters 4·F…, tiles 4·P… of this tile
  var block00: mat4x4f;
  var block01: mat4x4f;
  var block10: mat4x4f;
  var block11: mat4x4f;
  var block20: mat4x4f;
  var block21: mat4x4f;
  var block30: mat4x4f;
  var block31: mat4x4f;
  var a = first_filter_quad(place.matrix) + place.filter_tile * (TILE_FILTERS / 4u);
  var b = first_position_quad(place.matrix) + place.position_tile * (TILE_POSITIONS / 4u);
  // the channels that make no four come first: what is added last goes through the fewest roundings
  let odd = params.depth % 4u;
  for (var k = 0u; k < odd; k++) {
    let columns0 = workspace[b];
    let columns1 = workspace[b + 1u];
    block00 = outer(columns0, filters[a], block00);
    block01 = outer(columns1, filters[a], block01);
    block10 = outer(columns0, filters[a + 1u], block10);
    block11 = outer(columns1, filters[a + 1u], block11);
    block20 = outer(columns0, filters[a + 2u], block20);
    block21 = outer(columns1, filters[a + 2u], block21);
    block30 = outer(columns0, filters[a + 3u], block30);
    block31 = outer(columns1, filters[a + 3u], block31);
    a += params.filter_pitch_quads;
    b += params.tile_pitch_quads;
  }
  for (var k = odd; k < params.depth; k += 4u) {
    let columns0 = four_positions(b);
    let columns1 = four_positions(b + 1u);
    let filters0 = four_filters(a);
    block00 += four_products(columns0, filters0);
    block01 += four_products(columns1, filters0);
    let filters1 = four_filters(a + 1u);
    block10 += four_products(columns0, filters1);
    block11 += four_products(columns1, filters1);
    let filters2 = four_filters(a + 2u);
    block20 += four_products(columns0, filters2);
    block21 += four_products(columns1, filters2);
    let filters3 = four_filters(a + 3u);
    block30 += four_products(columns0, filters3);
    block31 += four_products(columns1, filters3);
    a += 4u * params.filter_pitch_quads;
    b += 4u * params.tile_pitch_quads;
  }

  let number = place.filter_tile * TILE_FILTERS;
  let quad = place.position_tile * (TILE_POSITIONS / 4u);
  store_block(place.matrix, number, quad, block00);
  store_block(place.matrix, number, quad + 1u, block01);
  store_block(place.matrix, number + 4u, quad, block10);
  store_block(place.matrix, number + 4u, quad + 1u, block11);
  store_block(place.matrix, number + 8u, quad, block20);
  store_block(place.matrix, number + 8u, quad + 1u, block21);
  store_block(place.matrix, number + 12u, quad, block30);
  store_block(place.matrix, number + 12u, quad + 1u, block31);
}
