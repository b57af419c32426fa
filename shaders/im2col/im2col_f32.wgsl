// im2col: writes the column matrix of a group, for a band of output positions. Row (t, r, s, c) holds, for every position, the
// input value that the filter's tap (t, r, s) of channel c meets there, or what the padding holds.
// One invocation writes four neighbouring positions (a vec4) of `rows_each` consecutive rows: positions are taken apart by
// division once, rows by counting. Bytes: 4·gemmK·gemmN written, as many read (most from cache).
// Reference: K. Chellapilla, S. Puri, P. Simard, High Performance Convolutional Neural Networks for Document Processing, 2006.
import package::im2col::interface::{ params, columns, Tap, first_taps, load_taps };
import package::shared::grid::workgroup_number;

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
  let position = vec4u(params.first_position + 4u * quad) + vec4u(0u, 1u, 2u, 3u);
  let exists = position < vec4u(params.all_positions);
  let origin = first_taps(position);

  let first = chunk * params.rows_each;
  var tap = first / params.channels;
  var channel = first - tap * params.channels;
  let filter_plane = params.filter_rows * params.filter_columns;
  var filter_depth = tap / filter_plane;
  tap -= filter_depth * filter_plane;
  var filter_row = tap / params.filter_columns;
  var filter_column = tap - filter_row * params.filter_columns;
  let last = min(first + params.rows_each, params.rows);
  for (var row = first; row < last; row++) {
    let value = load_taps(origin, channel, vec3u(filter_depth, filter_row, filter_column), exists);
    columns[row * params.pitch_quads + quad] = value;

    channel++;
    if (channel == params.channels) {
      channel = 0u;
      filter_column++;
      if (filter_column == params.filter_columns) {
        filter_column = 0u;
        filter_row++;
        if (filter_row == params.filter_rows) {
          filter_row = 0u;
          filter_depth++;
        }
      }
    }
  }
}
