// Depthwise convolution under filters of any size and stride. Each invocation computes one filter × 4 rows × 16 columns of an output
// plane, up to eight taps of a row at a time: it walks down the input rows, loads the 23 values that eight taps show to 16 columns, and keeps
// the weights of the last four filter rows, since output row i meets what output row 0 met i rows earlier. Under a column stride of s
// every s-th input column is a row of its own, with every s-th tap; along the rows likewise: so all walks are of stride 1.
// Loads: 23 values and 2 vec4 of weights for 512 multiply-adds, of which (R + 3)/R count.
import package::depthwise::interface::{ params, filters, store_columns, tile_at };
import package::depthwise::reading::{ Columns, Row, columns_at, load, plane_at, row_at };
import package::shared::grid::workgroup_number;

const TILE_ROWS = 4u;
const TILE_COLUMNS = 16u;

// Taps that a walk adds: at most 8.
override STEP_TAPS: u32 = 8u;

// 24 columns of the input.
struct Places { a: Columns, b: Columns, c: Columns, d: Columns, e: Columns, f: Columns }

fn places_from(first: u32) -> Places {
  let step = params.column_stride;
  return Places(
    columns_at(first, step), columns_at(first + 4u * step, step), columns_at(first + 8u * step, step),
    columns_at(first + 12u * step, step), columns_at(first + 16u * step, step), columns_at(first + 20u * step, step)
  );
}

// sums of four neighbouring outputs + the taps of a walk, which meet at most eleven values.
fn add_taps(weights: mat2x4f, a: vec4f, b: vec4f, c: vec4f, before: vec4f) -> vec4f {
  let first = weights[0];
  let second = weights[1];
  var sums = fma(a, vec4f(first.x), before);
  if (STEP_TAPS > 1u) { sums = fma(vec4f(a.yzw, b.x), vec4f(first.y), sums); }
  if (STEP_TAPS > 2u) { sums = fma(vec4f(a.zw, b.xy), vec4f(first.z), sums); }
  if (STEP_TAPS > 3u) { sums = fma(vec4f(a.w, b.xyz), vec4f(first.w), sums); }
  if (STEP_TAPS > 4u) { sums = fma(b, vec4f(second.x), sums); }
  if (STEP_TAPS > 5u) { sums = fma(vec4f(b.yzw, c.x), vec4f(second.y), sums); }
  if (STEP_TAPS > 6u) { sums = fma(vec4f(b.zw, c.xy), vec4f(second.z), sums); }
  if (STEP_TAPS > 7u) { sums = fma(vec4f(b.w, c.xyz), vec4f(second.w), sums); }
  return sums;
}

// The values of an input row. Those that no tap meets are not used, so they are not loaded.
struct Values { a: vec4f, b: vec4f, c: vec4f, d: vec4f, e: vec4f, f: vec4f }

// sums of an output row + the taps of a walk.
fn add_row(weights: mat2x4f, x: Values, sums: mat4x4f) -> mat4x4f {
  return mat4x4f(
    add_taps(weights, x.a, x.b, x.c, sums[0]), add_taps(weights, x.b, x.c, x.d, sums[1]),
    add_taps(weights, x.c, x.d, x.e, sums[2]), add_taps(weights, x.d, x.e, x.f, sums[3])
  );
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = workgroup_number(group, groups) * 64u + local;
  if (index >= params.tiles) {
    return;
  }
  let tile = tile_at(index, TILE_ROWS, TILE_COLUMNS);
  let row_steps = params.column_phases * params.phase_steps; // steps that a whole row of taps takes
  let steps = params.filter_depth * params.row_phases * row_steps;
  var sums0: mat4x4f;
  var sums1: mat4x4f;
  var sums2: mat4x4f;
  var sums3: mat4x4f;
  for (var step = 0u; step < steps; step++) {
    let line = step / row_steps;
    let row_step = step - line * row_steps;
    let depth = line / params.row_phases;
    let row_phase = line - depth * params.row_phases;
    let column_phase = row_step / params.phase_steps;
    let first_tap = column_phase + STEP_TAPS * (row_step - column_phase * params.phase_steps) * params.column_stride;

    // modulo 2^32 where they are negative
    let at_depth = tile.depth * params.depth_stride + depth * params.depth_dilation - bitcast<u32>(params.depth_padding);
    let plane = plane_at(tile, 0u, at_depth);
    let places = places_from(tile.column * params.column_stride + first_tap - bitcast<u32>(params.column_padding));
    var input_row = tile.row * params.row_stride + row_phase - bitcast<u32>(params.row_padding);

    // the row of the filter that output row 0 meets, and those that rows 1 to 3 meet: as many input rows before
    let first_row = (tile.number * params.filter_depth + depth) * params.filter_rows;
    var filter_row = row_phase;
    var weights1: mat2x4f;
    var weights2: mat2x4f;
    var weights3: mat2x4f;
    let filter_end = params.filter_rows + 3u * params.row_stride;
    for (; filter_row < filter_end; filter_row += params.row_stride) {
      let is_tap = filter_row < params.filter_rows;
      let quad = params.first_quad + 2u * ((first_row + select(0u, filter_row, is_tap)) * row_steps + row_step);
      let weights0 = mat2x4f(select(vec4f(), filters[quad], is_tap), select(vec4f(), filters[quad + 1u], is_tap));
      let row = row_at(plane, input_row);
      let x = Values(
        load(row, places.a), load(row, places.b), load(row, places.c), load(row, places.d), load(row, places.e), load(row, places.f)
      );
      sums0 = add_row(weights0, x, sums0);
      sums1 = add_row(weights1, x, sums1);
      sums2 = add_row(weights2, x, sums2);
      sums3 = add_row(weights3, x, sums3);
      weights3 = weights2;
      weights2 = weights1;
      weights1 = weights0;
      input_row += params.row_stride;
    }
  }

  var rows = array<mat4x4f, 4>(sums0, sums1, sums2, sums3);
  for (var quad = 0u; quad < 16u; quad++) { // so that the epilogue is compiled once, not for every four outputs
    store_columns(tile, quad / 4u, 4u * (quad % 4u), rows[quad / 4u][quad % 4u]);
  }
}
