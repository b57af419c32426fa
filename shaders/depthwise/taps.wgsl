// A tile of four rows (two under a row stride of 2) × eight columns under at most 5×5 taps, without a loop: each value and each weight
// is loaded once and stays in registers.
import package::depthwise::interface::{ Tile, filters, store_columns };
import package::depthwise::reading::{ Row, row_at };
import package::depthwise::window::{ Under, Window, window };

override FILTER_ROWS: u32 = 3u;
override FILTER_COLUMNS: u32 = 3u;
override ROW_STRIDE: u32 = 1u;  // at most 2

// The weights of a filter row.
struct Weights { first: vec4f, last: f32 }

fn weights_at(quad: u32) -> Weights {
  return Weights(filters[quad], filters[quad + 1u].x);
}

fn add_tap(weight: f32, values: mat2x4f, sums: mat2x4f) -> mat2x4f {
  return mat2x4f(fma(values[0], vec4f(weight), sums[0]), fma(values[1], vec4f(weight), sums[1]));
}

// sums + one filter row.
fn add_row(weights: Weights, values: Window, before: mat2x4f) -> mat2x4f {
  var sums = add_tap(weights.first.x, values.tap0, before);
  if (FILTER_COLUMNS > 1u) { sums = add_tap(weights.first.y, values.tap1, sums); }
  if (FILTER_COLUMNS > 2u) { sums = add_tap(weights.first.z, values.tap2, sums); }
  if (FILTER_COLUMNS > 3u) { sums = add_tap(weights.first.w, values.tap3, sums); }
  if (FILTER_COLUMNS > 4u) { sums = add_tap(weights.last, values.tap4, sums); }
  return sums;
}

// The filter.
struct Filter { row0: Weights, row1: Weights, row2: Weights, row3: Weights, row4: Weights }

// before + an output row, from the windows on the input rows that it meets.
fn sum(before: mat2x4f, taps: Filter, a: Window, b: Window, c: Window, d: Window, e: Window) -> mat2x4f {
  var sums = add_row(taps.row0, a, before);
  if (FILTER_ROWS > 1u) { sums = add_row(taps.row1, b, sums); }
  if (FILTER_ROWS > 2u) { sums = add_row(taps.row2, c, sums); }
  if (FILTER_ROWS > 3u) { sums = add_row(taps.row3, d, sums); }
  if (FILTER_ROWS > 4u) { sums = add_row(taps.row4, e, sums); }
  return sums;
}

// The rows of a tile: 4, or 2 under a row stride of 2.
struct Sums { row0: mat2x4f, row1: mat2x4f, row2: mat2x4f, row3: mat2x4f }

// sums + the taps on a plane of the input, whose weights begin at filters[quad]. `top` is the first input row under the tile.
fn add_plane(sums: Sums, plane: Row, top: u32, under: Under, quad: u32) -> Sums {
  let pitch = (FILTER_COLUMNS + 3u) / 4u;
  let taps = Filter(
    weights_at(quad), weights_at(quad + pitch), weights_at(quad + 2u * pitch), weights_at(quad + 3u * pitch),
    weights_at(quad + 4u * pitch)
  );
  let a = window(row_at(plane, top), under);
  let b = window(row_at(plane, top + 1u), under);
  let c = window(row_at(plane, top + 2u), under);
  let d = window(row_at(plane, top + 3u), under);
  let e = window(row_at(plane, top + 4u), under);
  let f = window(row_at(plane, top + 5u), under);
  let g = window(row_at(plane, top + 6u), under);
  let row0 = sum(sums.row0, taps, a, b, c, d, e);
  if (ROW_STRIDE == 2u) {
    return Sums(row0, sum(sums.row1, taps, c, d, e, f, g), mat2x4f(), mat2x4f());
  }
  let h = window(row_at(plane, top + 7u), under);
  return Sums(
    row0, sum(sums.row1, taps, b, c, d, e, f), sum(sums.row2, taps, c, d, e, f, g), sum(sums.row3, taps, d, e, f, g, h)
  );
}

fn store_row(tile: Tile, row: u32, sums: mat2x4f) {
  store_columns(tile, row, 0u, sums[0]);
  store_columns(tile, row, 4u, sums[1]);
}

// Without a loop: an index would move the sums through memory.
fn store_rows(tile: Tile, sums: Sums) {
  store_row(tile, 0u, sums.row0);
  store_row(tile, 1u, sums.row1);
  if (ROW_STRIDE == 1u) {
    store_row(tile, 2u, sums.row2);
    store_row(tile, 3u, sums.row3);
  }
}
