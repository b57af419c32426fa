// Rows of outputs from rows of spectra: the second half of the way back, then the epilogue. One invocation takes two rows of a tile and
// filter as one complex row Z = A + i·B, whose columns 33 to 63 follow by symmetry. Spectra are conjugates of what they belong to, so
// that one transform serves both ways: conj y = transform(conj Z). Bytes: 4·4·33 read, 4·2·(columns of outputs in a tile) written.
import package::epilogue::store::store_four;
import package::fft::points::transform;
import package::shared::grid::workgroup_number;

struct Params {
  invocations: u32,      // tiles · K · row_pairs
  row_pairs: u32,        // pairs of rows of outputs in a tile
  first_product: u32,    // vec4 that the products begin at
  first_tile: u32,       // of this band, among the N · tile_rows · tile_columns
  image_tiles: u32,      // tile_rows · tile_columns
  row_tiles: u32,        // tile_columns
  step_rows: u32,        // rows of outputs in a tile
  step_columns: u32,
  filters: u32,          // K, of all groups
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

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> spectra: array<vec4f>;  // from first_product on: (tiles, K, 33 columns, 32 pairs of rows)
@group(0) @binding(2) var<storage, read> unused: array<vec4f>;   // a dummy: here other kernels have their filters

// conj Z[u] from the conjugates of A[u] and B[u]
fn front(c: vec4f) -> vec2f {
  return vec2f(c.x + c.w, c.y - c.z);
}

// conj Z[−u]
fn back(c: vec4f) -> vec2f {
  return vec2f(c.x - c.w, -c.y - c.z);
}

// Columns 0 and 32 are real in both rows: what else they hold are rounding errors.
fn middle(c: vec4f) -> vec2f {
  return vec2f(c.x, -c.z);
}

fn load_four(at: u32, u: u32) -> mat4x4f {
  return mat4x4f(
    spectra[at + 32u * u], spectra[at + 32u * u + 32u], spectra[at + 32u * u + 64u], spectra[at + 32u * u + 96u]
  );
}

fn fronts(c: mat4x4f) -> mat4x2f {
  return mat4x2f(front(c[0]), front(c[1]), front(c[2]), front(c[3]));
}

// Z[−u] to Z[−u + 3] for u a multiple of 4: `first` is column u, `c` those of the four before.
fn backs(first: vec4f, c: mat4x4f) -> mat4x2f {
  return mat4x2f(back(first), back(c[3]), back(c[2]), back(c[1]));
}

// The transform of a row pair whose first column lies at `at`.
fn transform_rows(at: u32) -> array<mat4x2f, 16> {
  let c0 = load_four(at, 0u);
  let c1 = load_four(at, 4u);
  let c2 = load_four(at, 8u);
  let c3 = load_four(at, 12u);
  let c4 = load_four(at, 16u);
  let c5 = load_four(at, 20u);
  let c6 = load_four(at, 24u);
  let c7 = load_four(at, 28u);
  return transform(array<mat4x2f, 16>(
    mat4x2f(middle(c0[0]), front(c0[1]), front(c0[2]), front(c0[3])), fronts(c1), fronts(c2), fronts(c3),
    fronts(c4), fronts(c5), fronts(c6), fronts(c7),
    mat4x2f(middle(spectra[at + 32u * 32u]), back(c7[3]), back(c7[2]), back(c7[1])), backs(c7[0], c6), backs(c6[0], c5), backs(c5[0], c4),
    backs(c4[0], c3), backs(c3[0], c2), backs(c2[0], c1), backs(c1[0], c0)
  ));
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let invocation = workgroup_number(group, groups) * 64u + local;
  if (invocation >= params.invocations) {
    return;
  }
  let spectrum = invocation / params.row_pairs; // (tile, filter)
  let pair = invocation - spectrum * params.row_pairs;
  let tile = spectrum / params.filters;
  let filter_number = spectrum - tile * params.filters;
  let number = params.first_tile + tile;
  let image = number / params.image_tiles;
  let within = number - image * params.image_tiles;
  let tile_row = within / params.row_tiles;
  let row = params.step_rows * tile_row + 2u * pair;
  let left = params.step_columns * (within - tile_row * params.row_tiles);
  if (row >= params.output_rows) {
    return;
  }
  var values = transform_rows(params.first_product + 33u * 32u * spectrum + pair); // a variable, so that the epilogue is compiled once
  let columns = min(params.step_columns, params.output_columns - left);
  let rows = min(min(params.step_rows - 2u * pair, params.output_rows - row), 2u);
  let first = params.first_output + image * params.image_pitch + filter_number * params.filter_pitch + row * params.row_pitch
    + left * params.column_pitch;
  for (var column = 0u; column < columns; column += 4u) {
    let four = values[column / 4u];
    let offsets = first + (vec4u(column) + vec4u(0u, 1u, 2u, 3u)) * params.column_pitch;
    let count = columns - column;
    store_four(filter_number, count, offsets, vec4f(four[0].x, four[1].x, four[2].x, four[3].x), params.alpha, params.beta);
    let second = select(0u, count, rows > 1u);
    let sums = -vec4f(four[0].y, four[1].y, four[2].y, four[3].y);
    store_four(filter_number, second, offsets + params.row_pitch, sums, params.alpha, params.beta);
  }
}
