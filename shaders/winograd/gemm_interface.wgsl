// What the matrix products of Winograd share: parameters, bindings, and the last step of a tile. For every matrix the product is
// M[f, n] = Σc U[c, f] · V[c, n] over the channels of a group, n the tiles of the band; ((m+2)²·G) matrices in one dispatch.
// V and M lie in one buffer, since a dispatch may not bind a buffer twice if it writes to it.

struct Params {
  depth: u32,               // C/G: products summed in a value
  filters: u32,             // K/G
  first_product_quad: u32,  // vec4 of the workspace that the products begin at
  filter_pitch_quads: u32,  // vec4 in a row of U
  tile_pitch_quads: u32,    // vec4 in a row of V and of M
  position_tiles: u32,      // tiles of this product side by side along the rows of V
  matrix_tiles: u32,        // tiles of this product in a matrix
  tiles: u32,               // in all matrices
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> filters: array<vec4f>;         // (matrices, C/G, filter_pitch_quads)
@group(0) @binding(2) var<storage, read_write> workspace: array<vec4f>; // (matrices, C/G, tile_pitch_quads), then the same with K/G

// A tile of this product: its matrix, and its place there.
struct Place {
  matrix: u32,
  filter_tile: u32,
  position_tile: u32,
}

fn place_of(tile: u32) -> Place {
  let matrix = tile / params.matrix_tiles;
  let within = tile - matrix * params.matrix_tiles;
  let filter_tile = within / params.position_tiles;
  return Place(matrix, filter_tile, within - filter_tile * params.position_tiles);
}

fn first_filter_quad(matrix: u32) -> u32 {
  return matrix * params.depth * params.filter_pitch_quads;
}

fn first_position_quad(matrix: u32) -> u32 {
  return matrix * params.depth * params.tile_pitch_quads;
}

// Writes a block whose column i belongs to filter `number` + i, to the vec4 `quad` of their rows; what lies past the end of
// either is left out.
fn store_block(matrix: u32, number: u32, quad: u32, block: mat4x4f) {
  if (quad >= params.tile_pitch_quads) {
    return;
  }
  let at = params.first_product_quad + (matrix * params.filters + number) * params.tile_pitch_quads + quad;
  if (number < params.filters) { workspace[at] = block[0]; }
  if (number + 1u < params.filters) { workspace[at + params.tile_pitch_quads] = block[1]; }
  if (number + 2u < params.filters) { workspace[at + 2u * params.tile_pitch_quads] = block[2]; }
  if (number + 3u < params.filters) { workspace[at + 3u * params.tile_pitch_quads] = block[3]; }
}
