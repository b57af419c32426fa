// What the output transforms of Winograd share: parameters, bindings, and where the outputs of a tile lie.
import package::epilogue::store::store_four;

struct Params {
  invocations: u32,      // tile_pitch · number of filter chunks
  tiles: u32,            // of this band
  first_tile: u32,       // of this band, among the N · tile_rows · tile_columns
  first_product: u32,    // value of the workspace that the products begin at
  tile_pitch: u32,       // values from one filter of a matrix to the next
  matrix_pitch: u32,     // values from one of the (m+2)² matrices to the next (of one axis m+2): K · tile_pitch
  image_tiles: u32,      // tile_rows · tile_columns
  row_tiles: u32,        // tile_columns
  filters: u32,          // K, of all groups
  filters_each: u32,     // filters that one invocation transforms
  output_rows: u32,      // P
  output_columns: u32,   // Q
  first_output: u32,     // element of the output that position 0 of filter 0 of image 0 belongs to
  image_pitch: u32,      // elements from one image to the next, and so on along the other axes
  filter_pitch: u32,
  row_pitch: u32,
  column_pitch: u32,
  alpha: f32,            // parameters of the activation
  beta: f32,
}

override ONE_AXIS: bool = false;  // tiles are m outputs of a row (input_interface.wgsl)

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> workspace: array<f32>;  // from first_product on: ((m+2)², K, tile_pitch)

// A tile: the element of its first output for filter 0, and how many rows and columns of outputs it has before the edge.
struct Tile {
  offset: u32,
  rows: u32,
  columns: u32,
}

fn tile_at(tile: u32, size: u32) -> Tile {
  let number = params.first_tile + tile;
  let image = number / params.image_tiles;
  let within = number - image * params.image_tiles;
  let tile_row = within / params.row_tiles;
  let row = select(size, 1u, ONE_AXIS) * tile_row;
  let column = size * (within - tile_row * params.row_tiles);
  let offset = params.first_output + image * params.image_pitch + row * params.row_pitch + column * params.column_pitch;
  return Tile(offset, params.output_rows - row, params.output_columns - column);
}

fn finish(filter_number: u32, count: u32, offsets: vec4u, sums: vec4f) {
  store_four(filter_number, count, offsets + filter_number * params.filter_pitch, sums, params.alpha, params.beta);
}
