// The input along a row, padding included, for kernels that slide or walk along rows.
import package::input::values::input_at;
import package::shared::padding::{ PADDING_CONSTANT, source_of };

override PADDING: u32 = 0u;

const OUTSIDE = 0xffffffffu;

// Where coordinate `at` (modulo 2^32 where it is negative) of an axis of `size` lies, or OUTSIDE.
fn place(at: u32, size: u32) -> u32 {
  if (PADDING == PADDING_CONSTANT) {
    return select(OUTSIDE, at, at < size);
  }
  return source_of(PADDING, vec4u(at), size).x;
}

// A row of `columns` values, `pitch` elements apart, and what lies in its padding, if it is a constant.
struct RowShape {
  columns: u32,
  pitch: u32,
  fill: f32,
}

// The value in `column` of the row that starts at `row` (OUTSIDE: a row of padding); what the padding holds where the column lies
// outside, also where it has wrapped.
fn load_in_row(shape: RowShape, row: u32, column: u32) -> f32 {
  let at = place(column, shape.columns);
  let inside = (at != OUTSIDE) & (row != OUTSIDE);
  return select(shape.fill, input_at(select(0u, row + at * shape.pitch, inside)), inside);
}
