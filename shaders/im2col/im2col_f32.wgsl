// im2col: writes the column matrix of a group, for a band of output positions. Row (r, s, c) holds, for every position, the input value
// that the filter's tap (r, s) of channel c meets there, or zero where the tap lies in the padding.
// One invocation writes four neighbouring positions (a vec4) of `rows_each` consecutive rows: positions are taken apart by
// division once, rows by counting. Bytes: 4·gemmK·gemmN written, as many read (most from cache).
// Reference: K. Chellapilla, S. Puri, P. Simard, High Performance Convolutional Neural Networks for Document Processing, 2006.
import package::shared::grid::workgroup_number;

struct Params {
  invocations: u32,     // pitch_quads · number of row chunks
  pitch_quads: u32,     // vec4 in a row of the column matrix
  first_position: u32,  // of this band, among the N·P·Q
  all_positions: u32,   // N·P·Q
  rows: u32,            // gemmK = R·S·C/G
  rows_each: u32,       // rows that one invocation writes
  channels: u32,        // C/G
  input_offset: u32,    // elements to the first channel of the group
  filter_columns: u32,  // S
  input_rows: u32,      // H
  input_columns: u32,   // W
  output_columns: u32,  // Q
  image_positions: u32, // P·Q
  image_pitch: u32,     // elements from one image to the next, and so on along the other axes
  channel_pitch: u32,
  row_pitch: u32,
  column_pitch: u32,
  row_stride: u32,
  column_stride: u32,
  row_dilation: u32,
  column_dilation: u32,
  row_padding: i32,     // at the top; negative: rows cropped
  column_padding: i32,  // at the left
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>;            // (N, C, H, W) or (N, H, W, C), by the pitches
@group(0) @binding(2) var<storage, read_write> columns: array<vec4f>;  // (R·S·C/G, pitch_quads)

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let invocation = workgroup_number(group, groups) * 64u + local;
  if (invocation >= params.invocations) {
    return;
  }
  let chunk = invocation / params.pitch_quads;
  let quad = invocation - chunk * params.pitch_quads;

  // four output positions, and the input row and column (modulo 2^32 where they are negative) of their first tap
  let position = vec4u(params.first_position + 4u * quad) + vec4u(0u, 1u, 2u, 3u);
  let image = position / params.image_positions;
  let within = position - image * params.image_positions;
  let output_row = within / params.output_columns;
  let origin_row = output_row * params.row_stride - bitcast<u32>(params.row_padding);
  let origin_column = (within - output_row * params.output_columns) * params.column_stride - bitcast<u32>(params.column_padding);
  let exists = position < vec4u(params.all_positions);
  let image_offset = params.input_offset + image * params.image_pitch;

  let first = chunk * params.rows_each;
  var tap = first / params.channels;
  var channel = first - tap * params.channels;
  var filter_row = tap / params.filter_columns;
  var filter_column = tap - filter_row * params.filter_columns;
  let last = min(first + params.rows_each, params.rows);
  for (var row = first; row < last; row++) {
    let h = origin_row + filter_row * params.row_dilation;
    let w = origin_column + filter_column * params.column_dilation;
    // one unsigned comparison finds both ends: a negative coordinate has wrapped to a large one
    let inside = exists & (h < vec4u(params.input_rows)) & (w < vec4u(params.input_columns));
    let offset = image_offset + channel * params.channel_pitch + h * params.row_pitch + w * params.column_pitch;
    let safe = select(vec4u(0u), offset, inside);
    let value = vec4f(input[safe.x], input[safe.y], input[safe.z], input[safe.w]);
    columns[row * params.pitch_quads + quad] = select(vec4f(0.0), value, inside);

    channel++;
    if (channel == params.channels) {
      channel = 0u;
      filter_column++;
      if (filter_column == params.filter_columns) {
        filter_column = 0u;
        filter_row++;
      }
    }
  }
}
