// What im2col reads: parameters, bindings, and the input under four taps at once.
import package::input::values::input_at;
import package::shared::padding::{ PADDING_CONSTANT, source_of };

struct Params {
  invocations: u32,     // pitch_quads · number of row chunks
  pitch_quads: u32,     // vec4 in a row of the column matrix
  first_position: u32,  // of this band, among the N·O·P·Q
  all_positions: u32,   // N·O·P·Q
  rows: u32,            // gemmK = T·R·S·C/G
  rows_each: u32,       // rows that one invocation writes
  channels: u32,        // C/G
  input_offset: u32,    // elements to the first channel of the group
  filter_rows: u32,     // R
  filter_columns: u32,  // S
  input_depth: u32,     // D
  input_rows: u32,      // H
  input_columns: u32,   // W
  image_positions: u32, // O·P·Q
  plane_positions: u32, // P·Q
  row_positions: u32,   // Q
  image_pitch: u32,     // elements from one image to the next, and so on along the other axes
  channel_pitch: u32,
  depth_pitch: u32,
  row_pitch: u32,
  column_pitch: u32,
  depth_stride: u32,
  row_stride: u32,
  column_stride: u32,
  depth_dilation: u32,
  row_dilation: u32,
  column_dilation: u32,
  depth_padding: i32,   // in front; negative: cropped
  row_padding: i32,     // at the top
  column_padding: i32,  // at the left
  padding_value: f32,   // what lies there, if it is a constant
}

override PADDING: u32 = 0u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read_write> columns: array<vec4f>;  // (T·R·S·C/G, pitch_quads)

// Where the first taps of four output positions lie: the element their images begin at, and coordinates modulo 2^32 where
// they are negative.
struct Tap {
  image_offset: vec4u,
  depth: vec4u,
  row: vec4u,
  column: vec4u,
}

fn first_taps(position: vec4u) -> Tap {
  let image = position / params.image_positions;
  let within = position - image * params.image_positions;
  let plane = within / params.plane_positions;
  let rest = within - plane * params.plane_positions;
  let row = rest / params.row_positions;
  let column = rest - row * params.row_positions;
  return Tap(
    params.input_offset + image * params.image_pitch,
    plane * params.depth_stride - bitcast<u32>(params.depth_padding),
    row * params.row_stride - bitcast<u32>(params.row_padding),
    column * params.column_stride - bitcast<u32>(params.column_padding)
  );
}

// The values of `channel` under the tap `tap` (depth, row, column) of four positions; zero where a position does not exist.
fn load_taps(origin: Tap, channel: u32, tap: vec3u, exists: vec4<bool>) -> vec4f {
  var d = origin.depth + tap.x * params.depth_dilation;
  var h = origin.row + tap.y * params.row_dilation;
  var w = origin.column + tap.z * params.column_dilation;
  // one unsigned comparison finds both ends: a negative coordinate has wrapped to a large one
  var inside = exists;
  if (PADDING == PADDING_CONSTANT) {
    inside &= (d < vec4u(params.input_depth)) & (h < vec4u(params.input_rows)) & (w < vec4u(params.input_columns));
  } else {
    d = source_of(PADDING, d, params.input_depth);
    h = source_of(PADDING, h, params.input_rows);
    w = source_of(PADDING, w, params.input_columns);
  }
  let offset = origin.image_offset + channel * params.channel_pitch + d * params.depth_pitch + h * params.row_pitch
    + w * params.column_pitch;
  let at = select(vec4u(0u), offset, inside);
  let value = vec4f(input_at(at.x), input_at(at.y), input_at(at.z), input_at(at.w));
  return select(select(vec4f(0.0), vec4f(params.padding_value), exists), value, inside);
}
