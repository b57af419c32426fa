// What the kernels of this folder share: parameters, bindings, and where the input lies under a tap.
import package::input::values::input_at;
import package::shared::padding::{ PADDING_CONSTANT, source_of };
import package::shared::positions::{ Positions, four_positions };

struct Params {
  tiles: u32,              // G · filter_tiles · position_tiles · parts
  groups: u32,             // G
  filter_tiles: u32,       // tiles of K/G filters
  position_tiles: u32,     // tiles of N·O·P·Q positions
  parts: u32,              // into which the products of an output are divided; 1 but for implicit_split
  channels_last: u32,      // 1 if so: then neighbouring tiles are those of neighbouring filters
  positions: u32,          // N·O·P·Q
  output_depth: u32,       // O
  output_rows: u32,        // P
  output_columns: u32,     // Q
  group_filters: u32,      // K/G
  group_channels: u32,     // C/G
  filter_depth: u32,       // T
  filter_rows: u32,        // R
  filter_columns: u32,     // S
  first_quad: u32,         // where the packed filters begin
  filter_pitch_quads: u32, // vec4 in a row of them
  input_depth: u32,        // D
  input_rows: u32,         // H
  input_columns: u32,      // W
  depth_stride: u32,
  row_stride: u32,
  column_stride: u32,
  depth_dilation: u32,
  row_dilation: u32,
  column_dilation: u32,
  depth_padding: i32,      // in front; negative: cropped
  row_padding: i32,        // at the top
  column_padding: i32,     // at the left
  input_image_pitch: u32,  // elements from one image to the next, and so on along the other axes
  input_channel_pitch: u32,
  input_depth_pitch: u32,
  input_row_pitch: u32,
  input_column_pitch: u32,
  first_output: u32,       // element of the output that position 0 of filter 0 belongs to
  output_image_pitch: u32,
  output_filter_pitch: u32,
  output_depth_pitch: u32,
  output_row_pitch: u32,
  output_column_pitch: u32,
  padding_value: f32,      // what lies in the padding, if it is a constant
  alpha: f32,              // parameters of the activation
  beta: f32,
}

override PADDING: u32 = 0u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> filters: array<vec4f>;  // (G, T·R·S·C/G, filter_pitch_quads), from first_quad on

// Where the first taps of four neighbouring positions lie: coordinates modulo 2^32 where they are negative, and the element
// (of the image, unless the padding is a constant). Positions past the end meet anything: nothing of them is stored.
struct Origin {
  at: vec4u,
  depth: vec4u,
  row: vec4u,
  column: vec4u,
}

fn origin_of(position: u32, group: u32) -> Origin {
  let p = four_positions(position, vec3u(params.output_depth, params.output_rows, params.output_columns));
  let d = p.depth * params.depth_stride - bitcast<u32>(params.depth_padding);
  let h = p.row * params.row_stride - bitcast<u32>(params.row_padding);
  let w = p.column * params.column_stride - bitcast<u32>(params.column_padding);
  let image = p.image * params.input_image_pitch + group * params.group_channels * params.input_channel_pitch;
  if (PADDING == PADDING_CONSTANT) {
    return Origin(image + d * params.input_depth_pitch + h * params.input_row_pitch + w * params.input_column_pitch, d, h, w);
  }
  return Origin(image, d, h, w);
}

// Four elements of the input, and which of them are not in the padding.
struct Taps {
  at: vec4u,
  inside: vec4<bool>,
}

// The elements under row (depth, row) of the filter, for `taps_of` to go on with. So a tap costs two additions, a comparison and
// a choice for each position. One unsigned comparison finds both ends: a negative coordinate has wrapped to a large one.
fn line_of(origin: Origin, depth: u32, row: u32) -> Taps {
  let depth_step = depth * params.depth_dilation;
  let row_step = row * params.row_dilation;
  let d = origin.depth + depth_step;
  let h = origin.row + row_step;
  if (PADDING == PADDING_CONSTANT) {
    let step = depth_step * params.input_depth_pitch + row_step * params.input_row_pitch;
    return Taps(origin.at + step, (d < vec4u(params.input_depth)) & (h < vec4u(params.input_rows)));
  }
  let offset = source_of(PADDING, d, params.input_depth) * params.input_depth_pitch
    + source_of(PADDING, h, params.input_rows) * params.input_row_pitch;
  return Taps(origin.at + offset, vec4<bool>(true));
}

fn taps_of(origin: Origin, line: Taps, column: u32) -> Taps {
  let step = column * params.column_dilation;
  let w = origin.column + step;
  if (PADDING == PADDING_CONSTANT) {
    let inside = line.inside & (w < vec4u(params.input_columns));
    return Taps(select(vec4u(0u), line.at + step * params.input_column_pitch, inside), inside);
  }
  return Taps(line.at + source_of(PADDING, w, params.input_columns) * params.input_column_pitch, line.inside);
}

// The values of four taps, `at` moved on to a channel.
fn load_four(at: vec4u, inside: vec4<bool>) -> vec4f {
  return select(vec4f(params.padding_value), vec4f(input_at(at.x), input_at(at.y), input_at(at.z), input_at(at.w)), inside);
}
