// Taps of a depthwise filter's gradient, a block of at most 5×5 at a time over 8 neighbouring output columns: what they load and gain for a row.
import package::backward::filter::interface::params;
import package::input::row::{ OUTSIDE, place };
import package::input::values::input_at;
@if(packed16) import package::shared::half::half_of;
import package::shared::stored::Stored;

override TAP_ROWS: u32 = 3u;     // of a block, at most 5
override TAP_COLUMNS: u32 = 3u;
override SLIDES: bool = true;    // whether neighbouring columns and taps meet neighbouring values
const FOUR = vec4u(0u, 1u, 2u, 3u);

@group(0) @binding(2) var<storage, read_write> sums: array<f32>;  // (parts, G, T·R·S, 4·row_quads)

@group(0) @binding(3) var<storage, read> gradient: array<Stored>;  // (N, K, O, P, Q) or (N, O, P, Q, K), by its pitches

fn gradient_at(index: u32) -> f32 {
  @if(packed16) { return half_of(gradient[index >> 1u], index); }
  @if(!packed16) { return f32(gradient[index]); }
}

// Four columns of the gradient's row that begins at `row`; zero past the last.
fn four_gradients(row: u32, column: vec4u) -> vec4f {
  let exists = column < vec4u(params.output_columns);
  let at = row + select(vec4u(0u), column, exists) * params.gradient_column_pitch;
  return select(vec4f(0.0), vec4f(gradient_at(at.x), gradient_at(at.y), gradient_at(at.z), gradient_at(at.w)), exists);
}

// Where row `h` of plane `d` begins, in the channel of an image that begins at `first`; OUTSIDE in padding.
fn row_at(first: u32, d: u32, h: u32) -> u32 {
  let plane = place(d, params.input_depth);
  let row = place(h, params.input_rows);
  let inside = (plane != OUTSIDE) & (row != OUTSIDE);
  return select(OUTSIDE, first + plane * params.input_depth_pitch + row * params.input_row_pitch, inside);
}

// Where four columns lie in a row of the input; OUTSIDE in padding.
fn places(w: vec4u) -> vec4u {
  let size = params.input_columns;
  let at = vec4u(place(w.x, size), place(w.y, size), place(w.z, size), place(w.w, size));
  return select(at * params.input_column_pitch, vec4u(OUTSIDE), at == vec4u(OUTSIDE));
}

fn four_values(row: u32, column: vec4u) -> vec4f {
  let inside = (column != vec4u(OUTSIDE)) & vec4<bool>(row != OUTSIDE);
  let at = select(vec4u(0u), row + column, inside);
  return select(vec4f(params.padding_value), vec4f(input_at(at.x), input_at(at.y), input_at(at.z), input_at(at.w)), inside);
}

// Where windows do not slide: what tap `s` of a row gains. `column`: where the first of eight output columns meets tap 0.
fn tap_sum(row: u32, column: u32, s: u32, g0: vec4f, g1: vec4f) -> f32 {
  if (s >= TAP_COLUMNS) {
    return 0.0;
  }
  let w = vec4u(column + s * params.column_dilation) + FOUR * params.column_stride;
  return dot(g0, four_values(row, places(w))) + dot(g1, four_values(row, places(w + 4u * params.column_stride)));
}

// The sums of a row of taps: the first four, and the fifth.
struct Sums {
  four: vec4f,
  fifth: f32,
}

// Where twelve columns lie.
struct Columns {
  first: u32, // the first of them, modulo 2^32
  near: vec4u,
  middle: vec4u,
  far: vec4u,
}

// The sums with a row of the gradient, which meets the input's row at `row` (OUTSIDE: one of padding).
fn add_row(before: Sums, row: u32, columns: Columns, g0: vec4f, g1: vec4f) -> Sums {
  var gain: Sums;
  if (SLIDES) {
    let a = four_values(row, columns.near);
    let b = four_values(row, columns.middle);
    let c = four_values(row, columns.far);
    gain.four.x = dot(g0, a) + dot(g1, b);
    if (TAP_COLUMNS > 1u) { gain.four.y = dot(g0, vec4f(a.yzw, b.x)) + dot(g1, vec4f(b.yzw, c.x)); }
    if (TAP_COLUMNS > 2u) { gain.four.z = dot(g0, vec4f(a.zw, b.xy)) + dot(g1, vec4f(b.zw, c.xy)); }
    if (TAP_COLUMNS > 3u) { gain.four.w = dot(g0, vec4f(a.w, b.xyz)) + dot(g1, vec4f(b.w, c.xyz)); }
    if (TAP_COLUMNS > 4u) { gain.fifth = dot(g0, b) + dot(g1, c); }
  } else {
    gain.four = vec4f(
      tap_sum(row, columns.first, 0u, g0, g1), tap_sum(row, columns.first, 1u, g0, g1),
      tap_sum(row, columns.first, 2u, g0, g1), tap_sum(row, columns.first, 3u, g0, g1)
    );
    gain.fifth = tap_sum(row, columns.first, 4u, g0, g1);
  }
  return Sums(before.four + gain.four, before.fifth + gain.fifth);
}

// Stores the taps of `row` from `column` on, of the filter that begins at `first`.
fn store_row(first: u32, row: u32, column: u32, row_sums: Sums) {
  if (row >= params.filter_rows) {
    return;
  }
  let pitch = 4u * params.row_quads;
  let at = first + (row * params.filter_columns + column) * pitch;
  let count = min(TAP_COLUMNS, params.filter_columns - column);
  sums[at] = row_sums.four.x;
  if (count > 1u) { sums[at + pitch] = row_sums.four.y; }
  if (count > 2u) { sums[at + 2u * pitch] = row_sums.four.z; }
  if (count > 3u) { sums[at + 3u * pitch] = row_sums.four.w; }
  if (count > 4u) { sums[at + 4u * pitch] = row_sums.fifth; }
}
