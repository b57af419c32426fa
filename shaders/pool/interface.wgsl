// What the pooling kernels of this folder share: parameters, bindings, and the window of an output.
import package::input::values::input_at;
@if(!float32) import package::shared::half::half_bits;
import package::shared::padding::source_of;
import package::shared::stored::StoredOutput;

struct Params {
  outputs: u32,        // N·C·O·P·Q
  channels: u32,       // C
  output_depth: u32,   // O
  output_rows: u32,    // P
  output_columns: u32, // Q
  input_depth: u32,    // D
  input_rows: u32,     // H
  input_columns: u32,  // W
  window_depth: u32,
  window_rows: u32,
  window_columns: u32,
  depth_stride: u32,
  row_stride: u32,
  column_stride: u32,
  depth_dilation: u32,
  row_dilation: u32,
  column_dilation: u32,
  depth_padding: i32,  // in front; negative: cropped
  row_padding: i32,    // at the top
  column_padding: i32, // at the left
  depth_end: i32,      // where the padding at the end ends, counted from the first input element
  row_end: i32,
  column_end: i32,
  image_pitch: u32,    // elements of the input from one image to the next, and so on along the other axes
  channel_pitch: u32,
  depth_pitch: u32,
  row_pitch: u32,
  column_pitch: u32,
  padding_value: f32,  // what lies in the padding, if it is a constant
}

// True if the channels of an image lie innermost: outputs are then numbered so, too.
override CHANNELS_LAST: bool = false;
override PADDING: u32 = 0u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read_write> output: array<StoredOutput>;   // (N, C, O, P, Q) or (N, O, P, Q, C)

// The window of an output: where its image and channel begin, and its first element's coordinates.
struct Window {
  offset: u32,
  origin: vec3i,
}

fn window_of(number: u32) -> Window {
  var rest = number;
  var channel = 0u;
  if (CHANNELS_LAST) {
    channel = rest % params.channels;
    rest /= params.channels;
  }
  let column = rest % params.output_columns;
  rest /= params.output_columns;
  let row = rest % params.output_rows;
  rest /= params.output_rows;
  let depth = rest % params.output_depth;
  rest /= params.output_depth;
  if (!CHANNELS_LAST) {
    channel = rest % params.channels;
    rest /= params.channels;
  }
  let start = vec3u(depth * params.depth_stride, row * params.row_stride, column * params.column_stride);
  return Window(
    rest * params.image_pitch + channel * params.channel_pitch,
    bitcast<vec3i>(start) - vec3i(params.depth_padding, params.row_padding, params.column_padding)
  );
}

// Where coordinates lie on the input, if the padding holds values of it.
fn source_place(at: vec3i) -> vec3u {
  return vec3u(
    source_of(PADDING, vec4u(bitcast<u32>(at.x)), params.input_depth).x,
    source_of(PADDING, vec4u(bitcast<u32>(at.y)), params.input_rows).x,
    source_of(PADDING, vec4u(bitcast<u32>(at.z)), params.input_columns).x
  );
}

fn load(window: Window, at: vec3u) -> f32 {
  let index = window.offset + at.x * params.depth_pitch + at.y * params.row_pitch + at.z * params.column_pitch;
  return input_at(index);
}

fn is_inside(at: vec3u) -> bool {
  return all(at < vec3u(params.input_depth, params.input_rows, params.input_columns));
}

fn store(index: u32, value: f32) {
  @if(packed16) {
    let shift = 16u * (index & 1u);
    atomicAnd(&output[index >> 1u], 0xffff0000u >> shift);
    atomicOr(&output[index >> 1u], half_bits(vec4f(value)).x << shift);
  }
  @if(float16) { output[index] = bitcast<vec2<f16>>(half_bits(vec4f(value)).x).x; }
  @if(float32) { output[index] = value; }
}
