// How a tile of the implicit GEMM begins and ends: where its filters lie, where its outputs go.
import package::epilogue::store::store_four;
import package::implicit::interface::params;
import package::shared::positions::four_positions;

// Where the packed filters of a group begin, from filter `number` on, a multiple of 4.
fn first_weights(group: u32, number: u32) -> u32 {
  let products = params.filter_depth * params.filter_rows * params.filter_columns * params.group_channels;
  return params.first_quad + group * products * params.filter_pitch_quads + number / 4u;
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
