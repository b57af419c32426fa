// What every GEMM kernel of this folder shares: parameters, bindings, and the last step of a tile.
// The product is filters × columns: output[f, n] = Σk filters[k, f] · columns[k, n], then the epilogue.
// Both operands lie with k outermost, so that a step of k reads a few neighbouring vec4 of each.
import package::epilogue::store::store_four;

struct Params {
  depth: u32,                 // gemmK: products summed in an output
  filters: u32,               // gemmM: K/G
  first_filter: u32,          // of this group, among the K
  first_filter_quad: u32,     // where the packed filters of this group begin
  positions: u32,             // gemmN of this band
  first_position: u32,        // of this band, among the N·O·P·Q
  filter_pitch_quads: u32,    // vec4 in a row of `filters`
  position_pitch_quads: u32,  // vec4 in a row of `columns`
  position_tiles: u32,        // tiles side by side along the positions
  tiles: u32,                 // all tiles
  image_positions: u32,       // O·P·Q
  plane_positions: u32,       // P·Q
  row_positions: u32,         // Q
  first_output: u32,          // element of the output that position 0 of filter 0 belongs to
  image_pitch: u32,           // elements of the output from one image to the next,
  filter_pitch: u32,          // from one filter (output channel) to the next,
  depth_pitch: u32,           // and from one position to the next along depth,
  row_pitch: u32,             // rows,
  column_pitch: u32,          // and columns
  alpha: f32,                 // parameters of the activation
  beta: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> filters: array<vec4f>;      // (G, gemmK, filter_pitch_quads)
@group(0) @binding(2) var<storage, read> columns: array<vec4f>;      // (gemmK, position_pitch_quads)

// Where four neighbouring positions of the band lie in the output, for filter 0.
fn position_offsets(position: u32) -> vec4u {
  let numbers = vec4u(params.first_position + position) + vec4u(0u, 1u, 2u, 3u);
  let image = numbers / params.image_positions;
  let within = numbers - image * params.image_positions;
  let plane = within / params.plane_positions;
  let rest = within - plane * params.plane_positions;
  let row = rest / params.row_positions;
  let column = rest - row * params.row_positions;
  return params.first_output + image * params.image_pitch + plane * params.depth_pitch + row * params.row_pitch
    + column * params.column_pitch;
}

fn store_row(number: u32, count: u32, offsets: vec4u, sums: vec4f) {
  if (number >= params.filters) {
    return;
  }
  let channel = params.first_filter + number;
  store_four(channel, count, offsets + channel * params.filter_pitch, sums, params.alpha, params.beta);
}

// Finishes and writes a block whose column i belongs to filter `number` + i, its rows to four positions from `position` on.
fn store_block(number: u32, position: u32, values: mat4x4f) {
  if (position >= params.positions) {
    return;
  }
  let count = params.positions - position;
  let offsets = position_offsets(position);
  var rows = values; // indexed in a loop, so that the epilogue is compiled once and not four times
  for (var row = 0u; row < 4u; row++) {
    store_row(number + row, count, offsets, rows[row]);
  }
}
