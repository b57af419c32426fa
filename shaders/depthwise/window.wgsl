// What eight neighbouring outputs of a row meet under at most five taps, held in registers.
import package::depthwise::interface::{ Tile, params };
import package::depthwise::reading::{ Columns, Row, columns_at, load };

override COLUMN_STRIDE: u32 = 1u;  // at most 2

// Twelve columns, a column stride apart.
struct Places { a: Columns, b: Columns, c: Columns }

// The input columns under a tile: the first, the third… and, if outputs are two apart, the second, the fourth…
struct Under { even: Places, odd: Places }

fn places_from(first: u32) -> Places {
  return Places(
    columns_at(first, COLUMN_STRIDE), columns_at(first + 4u * COLUMN_STRIDE, COLUMN_STRIDE),
    columns_at(first + 8u * COLUMN_STRIDE, COLUMN_STRIDE)
  );
}

fn under_tile(tile: Tile) -> Under {
  let left = tile.column * COLUMN_STRIDE - bitcast<u32>(params.column_padding); // modulo 2^32 where it is negative
  return Under(places_from(left), places_from(left + 1u));
}

// What the eight outputs of a row meet at each tap of a filter row.
struct Window { tap0: mat2x4f, tap1: mat2x4f, tap2: mat2x4f, tap3: mat2x4f, tap4: mat2x4f }

// The window on a row. What no tap meets is never used, so it is not loaded.
fn window(row: Row, under: Under) -> Window {
  let a = load(row, under.even.a);
  let b = load(row, under.even.b);
  let c = load(row, under.even.c);
  let two_on = mat2x4f(vec4f(a.zw, b.xy), vec4f(b.zw, c.xy));
  let one_on = mat2x4f(vec4f(a.yzw, b.x), vec4f(b.yzw, c.x));
  if (COLUMN_STRIDE == 1u) {
    return Window(mat2x4f(a, b), one_on, two_on, mat2x4f(vec4f(a.w, b.xyz), vec4f(b.w, c.xyz)), mat2x4f(b, c));
  }
  let d = load(row, under.odd.a);
  let e = load(row, under.odd.b);
  let f = load(row, under.odd.c);
  return Window(mat2x4f(a, b), mat2x4f(d, e), one_on, mat2x4f(vec4f(d.yzw, e.x), vec4f(e.yzw, f.x)), two_on);
}
