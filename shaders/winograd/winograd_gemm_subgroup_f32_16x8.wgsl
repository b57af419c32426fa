// Matrix products of Winograd with subgroups of four: four lanes compute 16 filters × 32 tiles, each 16 × 8 of them in registers, as eight 4×4
// blocks. Per channel a lane loads 2 vec4 of the input and 1 of the filter, has the 3 others from its neighbours, and does 128 multiply-adds,
// for four channels at a time. No barrier. For software adapters, where each lane's loads are instructions of their own. Bytes:
// 4·(m+2)²·tiles·(C + K) once at least, and 4·(m+2)²·K·C/G.
import package::shared::grid::workgroup_number;
import package::shared::lanes::from_lanes;
import package::shared::outer::outer;
import package::winograd::four_products::four_products;
import package::winograd::gemm_interface::{
  params, filters, workspace, first_filter_quad, first_position_quad, place_of, store_block
};

const TILE_FILTERS = 16u;
const TILE_POSITIONS = 32u; // of a workgroup, 8 of an invocation

@compute @workgroup_size(4)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let tile = workgroup_number(group, groups);
  if (tile >= params.tiles) {
    return;
  }
  let place = place_of(tile);
  let quad = 8u * place.position_tile + 2u * local;

  // block FP: filters 4·F…, tiles 4·P… of this invocation
  var block00: mat4x4f;
  var block01: mat4x4f;
  var block10: mat4x4f;
  var block11: mat4x4f;
  var block20: mat4x4f;
  var block21: mat4x4f;
  var block30: mat4x4f;
  var block31: mat4x4f;
  let filter_pitch = params.filter_pitch_quads;
  let tile_pitch = params.tile_pitch_quads;
  var a = first_filter_quad(place.matrix) + 4u * place.filter_tile + lane % 4u;
  var b = first_position_quad(place.matrix) + quad;
  // the channels that make no four come first: what is added last goes through the fewest roundings
  let odd = params.depth % 4u;
  for (var k = 0u; k < odd; k++) {
    let columns0 = workspace[b];
    let columns1 = workspace[b + 1u];
    let rows = from_lanes(filters[a]);
    block00 = outer(columns0, rows[0], block00);
    block01 = outer(columns1, rows[0], block01);
    block10 = outer(columns0, rows[1], block10);
    block11 = outer(columns1, rows[1], block11);
    block20 = outer(columns0, rows[2], block20);
    block21 = outer(columns1, rows[2], block21);
    block30 = outer(columns0, rows[3], block30);
    block31 = outer(columns1, rows[3], block31);
    a += filter_pitch;
    b += tile_pitch;
  }
  for (var k = odd; k < params.depth; k += 4u) {
    let columns0 = mat4x4f(
      workspace[b], workspace[b + tile_pitch], workspace[b + 2u * tile_pitch], workspace[b + 3u * tile_pitch]
    );
    let columns1 = mat4x4f(
      workspace[b + 1u], workspace[b + tile_pitch + 1u], workspace[b + 2u * tile_pitch + 1u], workspace[b + 3u * tile_pitch + 1u]
    );
    // row c: the 16 filters in channel k + c
    let rows0 = from_lanes(filters[a]);
    let rows1 = from_lanes(filters[a + filter_pitch]);
    let rows2 = from_lanes(filters[a + 2u * filter_pitch]);
    let rows3 = from_lanes(filters[a + 3u * filter_pitch]);
    let filters0 = mat4x4f(rows0[0], rows1[0], rows2[0], rows3[0]);
    block00 += four_products(columns0, filters0);
    block01 += four_products(columns1, filters0);
    let filters1 = mat4x4f(rows0[1], rows1[1], rows2[1], rows3[1]);
    block10 += four_products(columns0, filters1);
    block11 += four_products(columns1, filters1);
    let filters2 = mat4x4f(rows0[2], rows1[2], rows2[2], rows3[2]);
    block20 += four_products(columns0, filters2);
    block21 += four_products(columns1, filters2);
    let filters3 = mat4x4f(rows0[3], rows1[3], rows2[3], rows3[3]);
    block30 += four_products(columns0, filters3);
    block31 += four_products(columns1, filters3);
    a += 4u * filter_pitch;
    b += 4u * tile_pitch;
  }

  let number = place.filter_tile * TILE_FILTERS;
  store_block(place.matrix, number, quad, block00);
  store_block(place.matrix, number, quad + 1u, block01);
  store_block(place.matrix, number + 4u, quad, block10);
  store_block(place.matrix, number + 4u, quad + 1u, block11);
  store_block(place.matrix, number + 8u, quad, block20);
  store_block(place.matrix, number + 8u, quad + 1u, block21);
  store_block(place.matrix, number + 12u, quad, block30);
  store_block(place.matrix, number + 12u, quad + 1u, block31);
}
