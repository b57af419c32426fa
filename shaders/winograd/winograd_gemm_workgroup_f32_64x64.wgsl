// Matrix products of Winograd with tiles in workgroup memory, for real GPUs: as shaders/gemm/gemm_workgroup_f32_64x64.wgsl, a
// workgroup of 64 invocations computes 64 filters × 64 tiles of one matrix in steps of 16 channels, 8 × 8 values an invocation.
// Workgroup memory: 2 · 16 · 16 · 16 B = 8 KiB.
import package::shared::grid::workgroup_number;
import package::winograd::gemm_interface::{
  params, filters, workspace, first_filter_quad, first_position_quad, place_of, store_block
};
import package::winograd::four_products::four_products;

const TILE_FILTERS = 64u;
const TILE_POSITIONS = 64u;
const STEP = 16u;
const QUADS = 16u;

var<workgroup> filter_tile_memory: array<vec4f, 256>;    // (STEP, QUADS): 64 filters
var<workgroup> position_tile_memory: array<vec4f, 256>;  // (STEP, QUADS): 64 tiles

// Copies this invocation's share of rows k…k+15 of both operands. Rows past the end belong to the next matrix: they are zero in
// both; columns past the end belong to values that are never written or read.
fn load_step(k: u32, local: u32, first_filter: u32, first_position: u32) {
  for (var index = local; index < STEP * QUADS; index += 64u) {
    let row = k + index / QUADS;
    let quad = index % QUADS;
    let exists = row < params.depth;
    let filter_value = filters[first_filter + row * params.filter_pitch_quads + quad];
    let position_value = workspace[first_position + row * params.tile_pitch_quads + quad];
    filter_tile_memory[index] = select(vec4f(0.0), filter_value, exists);
    position_tile_memory[index] = select(vec4f(0.0), position_value, exists);
  }
}

// The vec4 at `at` in the rows of four channels.
fn four_filters(at: u32) -> mat4x4f {
  return mat4x4f(
    filter_tile_memory[at], filter_tile_memory[at + QUADS],
    filter_tile_memory[at + 2u * QUADS], filter_tile_memory[at + 3u * QUADS]
  );
}

fn four_positions(at: u32) -> mat4x4f {
  return mat4x4f(
    position_tile_memory[at], position_tile_memory[at + QUADS],
    position_tile_memory[at + 2u * QUADS], position_tile_memory[at + 3u * QUADS]
  );
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let tile = workgroup_number(group, groups);
  if (tile >= params.tiles) {
    return;
  }
  let place = place_of(tile);
  let first_filter = first_filter_quad(place.matrix) + place.filter_tile * QUADS;
  let first_position = first_position_quad(place.matrix) + place.position_tile * QUADS;
  let filter_lane = local / 8u;
  let position_lane = local % 8u;

  var block00: mat4x4f;
  var block01: mat4x4f;
  var block10: mat4x4f;
  var block11: mat4x4f;
  for (var k = 0u; k < params.depth; k += STEP) {
    load_step(k, local, first_filter, first_position);
    workgroupBarrier();
    for (var step = 0u; step < STEP; step += 4u) {
      let a = step * QUADS + filter_lane;
      let b = step * QUADS + position_lane;
      let filters0 = four_filters(a);
      let filters1 = four_filters(a + 8u);
      let columns0 = four_positions(b);
      block00 += four_products(columns0, filters0);
      block10 += four_products(columns0, filters1);
      let columns1 = four_positions(b + 8u);
      block01 += four_products(columns1, filters0);
      block11 += four_products(columns1, filters1);
    }
    workgroupBarrier();
  }

  let number = place.filter_tile * TILE_FILTERS + 4u * filter_lane;
  let quad = place.position_tile * QUADS + position_lane;
  store_block(place.matrix, number, quad, block00);
  store_block(place.matrix, number, quad + 8u, block01);
  store_block(place.matrix, number + 32u, quad, block10);
  store_block(place.matrix, number + 32u, quad + 8u, block11);
}
