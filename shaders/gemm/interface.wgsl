// What every GEMM kernel of this folder shares: parameters, bindings, and the last step of a tile.
// The product is filters × columns: output[f, n] = Σk filters[k, f] · columns[k, n], then bias and activation.
// Both operands lie with k outermost, so that a step of k reads a few neighbouring vec4 of each.
import package::shared::activation::activate;

struct Params {
  depth: u32,                 // gemmK: products summed in an output
  filters: u32,               // gemmM: K/G
  first_filter: u32,          // of this group, among the K
  first_filter_quad: u32,     // where the packed filters of this group begin
  positions: u32,             // gemmN of this band
  first_position: u32,        // of this band, among the N·P·Q
  filter_pitch_quads: u32,    // vec4 in a row of `filters`
  position_pitch_quads: u32,  // vec4 in a row of `columns`
  position_tiles: u32,        // tiles side by side along the positions
  tiles: u32,                 // all tiles
  image_positions: u32,       // P·Q
  image_pitch: u32,           // elements of the output from one image to the next,
  filter_pitch: u32,          // from one filter (output channel) to the next,
  position_pitch: u32,        // from one position of an image to the next
}

override HAS_BIAS: bool = false;
override ACTIVATION: u32 = 0u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> filters: array<vec4f>;      // (G, gemmK, filter_pitch_quads)
@group(0) @binding(2) var<storage, read> columns: array<vec4f>;      // (gemmK, position_pitch_quads)
@group(0) @binding(3) var<storage, read> bias: array<f32>;           // (K), or a dummy when HAS_BIAS is false
@group(0) @binding(4) var<storage, read_write> output: array<f32>;   // (N, K, P, Q) or (N, P, Q, K), by the pitches

// Where four neighbouring positions of the band lie in the output, for filter 0.
fn position_offsets(position: u32) -> vec4u {
  let numbers = vec4u(params.first_position + position) + vec4u(0u, 1u, 2u, 3u);
  let image = numbers / params.image_positions;
  return image * params.image_pitch + (numbers - image * params.image_positions) * params.position_pitch;
}

fn store_row(number: u32, left: u32, offsets: vec4u, sums: vec4f) {
  if (number >= params.filters) {
    return;
  }
  var value = sums;
  if (HAS_BIAS) {
    value += bias[params.first_filter + number];
  }
  value = activate(ACTIVATION, value);
  let at = offsets + (params.first_filter + number) * params.filter_pitch;
  if (left > 0u) { output[at.x] = value.x; }
  if (left > 1u) { output[at.y] = value.y; }
  if (left > 2u) { output[at.z] = value.z; }
  if (left > 3u) { output[at.w] = value.w; }
}

// Finishes and writes a block whose column i belongs to filter `number` + i, its rows to four positions from `position` on.
fn store_block(number: u32, position: u32, values: mat4x4f) {
  if (position >= params.positions) {
    return;
  }
  let left = params.positions - position;
  let offsets = position_offsets(position);
  store_row(number, left, offsets, values[0]);
  store_row(number + 1u, left, offsets, values[1]);
  store_row(number + 2u, left, offsets, values[2]);
  store_row(number + 3u, left, offsets, values[3]);
}
