// The factors of separable filters, w[r,s] = u[r]·v[s]: v is the row through the largest weight, the first of these, and u the column
// through it over that weight. One invocation takes one filter, once for each filter tensor. src/problem/separable.ts has tested
// that the products are the weights, from the same row and column.
import package::filter::weights::weight;
import package::shared::grid::workgroup_number;

struct Params {
  filters: u32,        // K
  rows: u32,           // R
  columns: u32,        // S
  filter_pitch: u32,   // elements from one filter to the next, and so on along the other axes
  row_pitch: u32,
  column_pitch: u32,
  first_column: u32,   // value that the factors u begin at
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> factors: array<f32>;   // (K, S), then (K, R)

fn weight_of(number: u32, row: u32, column: u32) -> f32 {
  return weight(number * params.filter_pitch + row * params.row_pitch + column * params.column_pitch);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let number = workgroup_number(group, groups) * 64u + local;
  if (number >= params.filters) {
    return;
  }
  var largest = 0.0;
  var pivot = vec2u(0u);
  for (var row = 0u; row < params.rows; row++) {
    for (var column = 0u; column < params.columns; column++) {
      let magnitude = abs(weight_of(number, row, column));
      if (magnitude > largest) {
        largest = magnitude;
        pivot = vec2u(row, column);
      }
    }
  }
  let value = select(1.0, weight_of(number, pivot.x, pivot.y), largest > 0.0);
  for (var column = 0u; column < params.columns; column++) {
    factors[number * params.columns + column] = weight_of(number, pivot.x, column);
  }
  for (var row = 0u; row < params.rows; row++) {
    factors[params.first_column + number * params.rows + row] = weight_of(number, row, pivot.y) / value;
  }
}
