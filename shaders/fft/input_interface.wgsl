// The input as the tiles of a transform see it: parameters, and where a tile's rows and columns lie. A tile sees 64×64 inputs; as many
// outputs lie in it as a filter finds room for, so that neighbours overlap by a filter less one. All coordinates are modulo 2^32 where
// they are negative.
import package::input::values::input_at;
import package::shared::padding::{ PADDING_CONSTANT, source_of };

struct Params {
  invocations: u32,      // tiles · C · 32
  first_tile: u32,       // of this band, among the N · tile_rows · tile_columns
  image_tiles: u32,      // tile_rows · tile_columns
  row_tiles: u32,        // tile_columns
  step_rows: u32,        // rows of outputs in a tile: 64 − rows of the filter + 1
  step_columns: u32,
  channels: u32,         // C, of all groups
  seen_rows: u32,        // rows that outputs see, padding included
  seen_columns: u32,
  input_rows: u32,       // H
  input_columns: u32,    // W
  row_padding: i32,      // at the top; negative: cropped
  column_padding: i32,   // at the left
  image_pitch: u32,      // elements from one image to the next, and so on along the other axes
  channel_pitch: u32,
  row_pitch: u32,
  column_pitch: u32,
  padding_value: f32,    // what lies in the padding, if it is a constant
}

override PADDING: u32 = 0u;

@group(0) @binding(0) var<uniform> params: Params;

// Four neighbouring places on an axis.
struct Places {
  offset: vec4u,         // elements from the axis' first
  inside: vec4<bool>,    // in the input, whose values count then; else what the padding holds
  padding: vec4f,        // that; but 0 where no output sees the place: it would only add rounding errors
}

fn places(numbers: vec4u, seen: u32, padding: i32, size: u32, pitch: u32) -> Places {
  let exists = numbers < vec4u(seen);
  let coordinates = numbers - vec4u(bitcast<u32>(padding));
  let fill = select(vec4f(0.0), vec4f(params.padding_value), exists);
  if (PADDING == PADDING_CONSTANT) {
    let inside = exists & (coordinates < vec4u(size));
    return Places(select(vec4u(0u), coordinates, inside) * pitch, inside, fill);
  }
  let source = source_of(PADDING, coordinates, size);
  return Places(select(vec4u(0u), source, exists) * pitch, exists, fill);
}

// Two neighbouring rows, which become one complex row.
struct RowPair {
  offset: vec2u,
  inside: vec2<bool>,
  padding: vec2f,
}

fn places_of_rows(first: u32) -> RowPair {
  let rows = places(
    vec4u(first, first + 1u, first, first), params.seen_rows, params.row_padding, params.input_rows, params.row_pitch
  );
  return RowPair(rows.offset.xy, rows.inside.xy, rows.padding.xy);
}

// Four places of a row whose column 0 is element `first`.
fn load_row(first: u32, row_inside: bool, row_padding: f32, columns: Places) -> vec4f {
  let inside = columns.inside & vec4<bool>(row_inside);
  let fill = select(vec4f(0.0), columns.padding, row_padding != 0.0);
  let at = select(vec4u(0u), vec4u(first) + columns.offset, inside);
  return select(fill, vec4f(input_at(at.x), input_at(at.y), input_at(at.z), input_at(at.w)), inside);
}

// Columns `number` to `number` + 3 of two rows; `first` is the element that row 0 begins at.
fn load_four(first: u32, rows: RowPair, number: u32) -> mat4x2f {
  let columns = places(
    vec4u(number) + vec4u(0u, 1u, 2u, 3u), params.seen_columns, params.column_padding, params.input_columns, params.column_pitch
  );
  let a = load_row(first + rows.offset.x, rows.inside.x, rows.padding.x, columns);
  let b = load_row(first + rows.offset.y, rows.inside.y, rows.padding.y, columns);
  return mat4x2f(a.x, b.x, a.y, b.y, a.z, b.z, a.w, b.w);
}
