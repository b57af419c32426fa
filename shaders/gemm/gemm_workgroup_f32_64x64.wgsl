// GEMM with tiles in workgroup memory, for real GPUs: a workgroup of 64 invocations computes 64 filters × 64 positions in
// steps of 16 products. Per step it loads 2 · 64 · 16 values from storage once and uses each 64 times; an invocation keeps
// 8 × 8 outputs in registers, as four 4×4 blocks 32 apart, so that neighbours read neighbouring vec4 of workgroup memory.
// Workgroup memory: 2 · 16 · 16 · 16 B = 8 KiB.
import package::gemm::interface::{ params, filters, columns, store_block };
import package::shared::grid::workgroup_number;
import package::shared::outer::outer;

const TILE_FILTERS = 64u;
const TILE_POSITIONS = 64u;
const STEP = 16u;
const QUADS = 16u;

var<workgroup> filter_tile_memory: array<vec4f, 256>;    // (STEP, QUADS): 64 filters
var<workgroup> position_tile_memory: array<vec4f, 256>;  // (STEP, QUADS): 64 positions

// Copies this invocation's share of rows k…k+15 of both operands. Rows past the end are zero in both, since zero times
// whatever lies beyond the buffer might be NaN; columns past the end belong to outputs that are never written.
fn load_step(k: u32, local: u32, first_filter_quad: u32, first_position_quad: u32) {
  for (var index = local; index < STEP * QUADS; index += 64u) {
    let row = k + index / QUADS;
    let quad = index % QUADS;
    let exists = row < params.depth;
    let filter_value = filters[row * params.filter_pitch_quads + first_filter_quad + quad];
    let position_value = columns[row * params.position_pitch_quads + first_position_quad + quad];
    filter_tile_memory[index] = select(vec4f(0.0), filter_value, exists);
    position_tile_memory[index] = select(vec4f(0.0), position_value, exists);
  }
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
  let filter_tile = tile / params.position_tiles;
  let position_tile = tile - filter_tile * params.position_tiles;
  let filter_lane = local / 8u;
  let position_lane = local % 8u;

  var block00: mat4x4f;
  var block01: mat4x4f;
  var block10: mat4x4f;
  var block11: mat4x4f;
  for (var k = 0u; k < params.depth; k += STEP) {
    load_step(k, local, params.first_filter_quad + filter_tile * QUADS, position_tile * QUADS);
    workgroupBarrier();
    for (var step = 0u; step < STEP; step++) {
      let a = step * QUADS + filter_lane;
      let b = step * QUADS + position_lane;
      let filters0 = filter_tile_memory[a];
      let filters1 = filter_tile_memory[a + 8u];
      let columns0 = position_tile_memory[b];
      let columns1 = position_tile_memory[b + 8u];
      block00 = outer(columns0, filters0, block00);
      block01 = outer(columns1, filters0, block01);
      block10 = outer(columns0, filters1, block10);
      block11 = outer(columns1, filters1, block11);
    }
    workgroupBarrier();
  }

  let number = filter_tile * TILE_FILTERS + 4u * filter_lane;
  let position = position_tile * TILE_POSITIONS + 4u * position_lane;
  var blocks = array<mat4x4f, 4>(block00, block01, block10, block11);
  for (var block = 0u; block < 4u; block++) { // so that the epilogue is compiled once, not for each block
    store_block(number + 32u * (block / 2u), position + 32u * (block % 2u), blocks[block]);
  }
}
