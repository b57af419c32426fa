// What the kernels of this folder share: parameters, bindings, where positions lie, the last step of a tile. A filter of one tap that
// never meets padding is the product output[f, n] = Σc filters[c, f] · input[c, n] on the tensor where it lies.
import package::epilogue::store::store_four;
import package::shared::positions::four_positions;

struct Params {
  tiles: u32,              // G · filter_tiles · position_tiles
  groups: u32,             // G
  filter_tiles: u32,       // tiles of K/G filters
  position_tiles: u32,     // tiles of N·O·P·Q positions
  channels_last: u32,      // 1 if so: then neighbouring tiles are those of neighbouring filters
  positions: u32,          // N·O·P·Q
  output_depth: u32,       // O
  output_rows: u32,        // P
  output_columns: u32,     // Q
  group_filters: u32,      // K/G
  group_channels: u32,     // C/G
  filter_pitch_quads: u32, // vec4 in a row of the packed filters
  first_weight: u32,       // element of the filter as the user laid it out that belongs to filter 0, channel 0
  weight_group_pitch: u32, // elements of that from one group to the next, and so on
  weight_filter_pitch: u32,
  weight_channel_pitch: u32,
  first_input: u32,        // element of the input that position 0 meets in channel 0; then elements
  input_channel_pitch: u32, // from one channel to the next,
  input_image_pitch: u32,  // from one image to the next,
  input_depth_pitch: u32,  // and from position to position along depth,
  input_row_pitch: u32,    // rows
  input_column_pitch: u32, // and columns
  first_output: u32,       // element of the output that position 0 of filter 0 belongs to
  output_image_pitch: u32, // elements from one image to the next, and so on along the other axes
  output_filter_pitch: u32,
  output_depth_pitch: u32,
  output_row_pitch: u32,
  output_column_pitch: u32,
  alpha: f32,              // parameters of the activation
  beta: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> filters: array<vec4f>;  // (G, C/G, filter_pitch_quads)

// The input's elements in the first channel of a group, at four positions from `position` on. Positions past the end meet
// anything: nothing of them is stored.
fn elements_at(group: u32, position: u32) -> vec4u {
  let p = four_positions(position, vec3u(params.output_depth, params.output_rows, params.output_columns));
  let first = params.first_input + group * params.group_channels * params.input_channel_pitch;
  return first + p.image * params.input_image_pitch + p.depth * params.input_depth_pitch + p.row * params.input_row_pitch
    + p.column * params.input_column_pitch;
}

// Where the packed filters of a group begin, from filter `number` on, a multiple of 4.
fn first_weights(group: u32, number: u32) -> u32 {
  return group * params.group_channels * params.filter_pitch_quads + number / 4u;
}

// Finishes and writes a block whose column i belongs to filter `number` + i of a group, its rows to four positions.
fn store_block(group: u32, number: u32, position: u32, values: mat4x4f) {
  if (position >= params.positions || number >= params.group_filters) {
    return;
  }
  let p = four_positions(position, vec3u(params.output_depth, params.output_rows, params.output_columns));
  let offsets = params.first_output + p.image * params.output_image_pitch + p.depth * params.output_depth_pitch
    + p.row * params.output_row_pitch + p.column * params.output_column_pitch;
  let first = group * params.group_filters + number;
  let count = min(4u, params.group_filters - number);
  var rows = values; // indexed in a loop, so that the epilogue is compiled once and not four times
  for (var row = 0u; row < count; row++) {
    let channel = first + row;
    let at = offsets + channel * params.output_filter_pitch;
    store_four(channel, params.positions - position, at, rows[row], params.alpha, params.beta);
  }
}
