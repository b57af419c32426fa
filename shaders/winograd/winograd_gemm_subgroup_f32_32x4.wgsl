// Matrix products of Winograd with subgroups: eight lanes compute 32 filters × 32 tiles, each 32 × 4 of them in registers, as eight 4×4
// blocks. Per channel a lane loads 1 vec4 of each operand, has the 7 others of the filters from its neighbours, and does 128 multiply-adds,
// for four channels at a time. No barrier. For software adapters, where each lane's loads are instructions of their own. Bytes:
// 4·(m+2)²·tiles·(C + K) once at least, and 4·(m+2)²·K·C/G.
import package::shared::eight_lanes::{
  from_lane0, from_lane1, from_lane2, from_lane3, from_lane4, from_lane5, from_lane6, from_lane7
};
import package::shared::grid::workgroup_number;
import package::shared::outer::outer;
import package::winograd::four_products::four_products;
import package::winograd::gemm_interface::{
  params, filters, workspace, first_filter_quad, first_position_quad, place_of, store_block
};

const TILE_FILTERS = 32u;
const TILE_POSITIONS = 32u; // of a workgroup, 4 of an invocation

@compute @workgroup_size(8)
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
  let quad = 8u * place.position_tile + local;

  // block F: filters 4·F…, the four tiles of this invocation
  var block0: mat4x4f;
  var block1: mat4x4f;
  var block2: mat4x4f;
  var block3: mat4x4f;
  var block4: mat4x4f;
  var block5: mat4x4f;
  var block6: mat4x4f;
  var block7: mat4x4f;
  let filter_pitch = params.filter_pitch_quads;
  let tile_pitch = params.tile_pitch_quads;
  var a = first_filter_quad(place.matrix) + 8u * place.filter_tile + lane % 8u;
  var b = first_position_quad(place.matrix) + quad;
  // the channels that make no four come first: what is added last goes through the fewest roundings
  let odd = params.depth % 4u;
  for (var k = 0u; k < odd; k++) {
    let columns = workspace[b];
    let mine = mat4x4f(filters[a], vec4f(), vec4f(), vec4f());
    block0 = outer(columns, from_lane0(mine)[0], block0);
    block1 = outer(columns, from_lane1(mine)[0], block1);
    block2 = outer(columns, from_lane2(mine)[0], block2);
    block3 = outer(columns, from_lane3(mine)[0], block3);
    block4 = outer(columns, from_lane4(mine)[0], block4);
    block5 = outer(columns, from_lane5(mine)[0], block5);
    block6 = outer(columns, from_lane6(mine)[0], block6);
    block7 = outer(columns, from_lane7(mine)[0], block7);
    a += filter_pitch;
    b += tile_pitch;
  }
  for (var k = odd; k < params.depth; k += 4u) {
    let columns = mat4x4f(
      workspace[b], workspace[b + tile_pitch], workspace[b + 2u * tile_pitch], workspace[b + 3u * tile_pitch]
    );
    let mine = mat4x4f(filters[a], filters[a + filter_pitch], filters[a + 2u * filter_pitch], filters[a + 3u * filter_pitch]);
    block0 += four_products(columns, from_lane0(mine));
    block1 += four_products(columns, from_lane1(mine));
    block2 += four_products(columns, from_lane2(mine));
    block3 += four_products(columns, from_lane3(mine));
    block4 += four_products(columns, from_lane4(mine));
    block5 += four_products(columns, from_lane5(mine));
    block6 += four_products(columns, from_lane6(mine));
    block7 += four_products(columns, from_lane7(mine));
    a += 4u * filter_pitch;
    b += 4u * tile_pitch;
  }

  let number = place.filter_tile * TILE_FILTERS;
  store_block(place.matrix, number, quad, block0);
  store_block(place.matrix, number + 4u, quad, block1);
  store_block(place.matrix, number + 8u, quad, block2);
  store_block(place.matrix, number + 12u, quad, block3);
  store_block(place.matrix, number + 16u, quad, block4);
  store_block(place.matrix, number + 20u, quad, block5);
  store_block(place.matrix, number + 24u, quad, block6);
  store_block(place.matrix, number + 28u, quad, block7);
}
