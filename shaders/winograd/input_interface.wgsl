// What the input transforms of Winograd share: parameters, bindings, and where the rows and columns of a tile lie. A tile of
// m×m outputs sees (m+2)×(m+2) inputs; neighbours overlap by two. Rows are columns where the filter has one column of taps. All coordinates are modulo 2^32 where they are negative.
import package::input::values::input_at;
import package::shared::padding::{ PADDING_CONSTANT, source_of };

struct Params {
  invocations: u32,      // tile_pitch · number of channel chunks
  tiles: u32,            // of this band
  first_tile: u32,       // of this band, among the N · tile_rows · tile_columns
  tile_pitch: u32,       // values from one channel of a matrix to the next
  matrix_pitch: u32,     // values from one of the (m+2)² matrices to the next (of one axis m+2): C · tile_pitch
  image_tiles: u32,      // tile_rows · tile_columns
  row_tiles: u32,        // tile_columns
  channels: u32,         // C, of all groups
  channels_each: u32,    // channels that one invocation transforms
  seen_rows: u32,        // P + R − 1: rows that outputs see, padding included
  seen_columns: u32,     // Q + S − 1
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
override ONE_AXIS: bool = false;  // the filter has one row of taps: tiles are m outputs of a row, and see one row of inputs

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read_write> workspace: array<f32>;   // ((m+2)², C, tile_pitch), then the products

// Four neighbouring places on an axis.
struct Places {
  offset: vec4u,         // elements from the axis' first
  inside: vec4<bool>,    // in the input, whose values count then; else what the padding holds
  padding: vec4f,        // that; but 0 where no output sees the place: it would only add rounding errors
}

fn places(first_seen: u32, seen: u32, padding: i32, size: u32, pitch: u32) -> Places {
  let numbers = vec4u(first_seen) + vec4u(0u, 1u, 2u, 3u);
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

fn places_of_rows(first: u32) -> Places {
  return places(first, params.seen_rows, params.row_padding, params.input_rows, params.row_pitch);
}

fn places_of_columns(first: u32) -> Places {
  return places(first, params.seen_columns, params.column_padding, params.input_columns, params.column_pitch);
}

// Row number `row` of `rows`, at the first three places of `columns`; `first` is the element that row 0 begins at.
fn load_three(first: u32, rows: Places, row: u32, columns: Places) -> vec3f {
  let inside = columns.inside.xyz & vec3<bool>(rows.inside[row]);
  let fill = select(vec3f(0.0), columns.padding.xyz, rows.padding[row] != 0.0);
  let at = select(vec3u(0u), vec3u(first + rows.offset[row]) + columns.offset.xyz, inside);
  return select(fill, vec3f(input_at(at.x), input_at(at.y), input_at(at.z)), inside);
}

// The same at all four places.
fn load_four(first: u32, rows: Places, row: u32, columns: Places) -> vec4f {
  let inside = columns.inside & vec4<bool>(rows.inside[row]);
  let fill = select(vec4f(0.0), columns.padding, rows.padding[row] != 0.0);
  let at = select(vec4u(0u), vec4u(first + rows.offset[row]) + columns.offset, inside);
  return select(fill, vec4f(input_at(at.x), input_at(at.y), input_at(at.z), input_at(at.w)), inside);
}
