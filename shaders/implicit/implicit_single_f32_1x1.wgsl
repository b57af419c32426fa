// Implicit GEMM that compiles quickly, for convolutions that run once: an invocation computes one output. Per product it loads a value
// of the input and a weight, for one multiply-add, which is slow; but there is so little code that SwiftShader compiles it in a
// quarter of the time of the other variants.
import package::implicit::interface::params;
import package::input::row::{ OUTSIDE, place };
import package::input::values::input_at;
import package::epilogue::store::store_one;
import package::shared::grid::workgroup_number;
import package::shared::tiles::split_tile;

@group(0) @binding(2) var<storage, read> weights: array<f32>; // (G, T·R·S·C/G, 4 · filter_pitch_quads), from 4 · first_quad on

const TILE_FILTERS = 1u;
const TILE_POSITIONS = 1u;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = workgroup_number(group, groups) * 64u + local;
  if (index >= params.tiles) {
    return;
  }
  let tile = split_tile(index, params.channels_last == 1u, params.groups, params.filter_tiles, params.position_tiles);
  let line = tile.position / params.output_columns;
  let column = tile.position - line * params.output_columns;
  let plane = line / params.output_rows;
  let row = line - plane * params.output_rows;
  let image = plane / params.output_depth;
  let depth = plane - image * params.output_depth;
  let first = image * params.input_image_pitch + tile.group * params.group_channels * params.input_channel_pitch;
  let products = params.filter_depth * params.filter_rows * params.filter_columns * params.group_channels;
  let filter_pitch = 4u * params.filter_pitch_quads;
  var a = 4u * params.first_quad + tile.group * products * filter_pitch + tile.number;

  let corner = vec3u(depth, row, column) * vec3u(params.depth_stride, params.row_stride, params.column_stride)
    - bitcast<vec3u>(vec3i(params.depth_padding, params.row_padding, params.column_padding));
  let size = vec3u(params.input_depth, params.input_rows, params.input_columns);
  let taps = params.filter_depth * params.filter_rows * params.filter_columns;
  var sum = 0.0;
  for (var tap = 0u; tap < taps; tap++) {
    let tap_line = tap / params.filter_columns;
    let tap_plane = tap_line / params.filter_rows;
    let d = place(corner.x + tap_plane * params.depth_dilation, size.x);
    let h = place(corner.y + (tap_line - tap_plane * params.filter_rows) * params.row_dilation, size.y);
    let w = place(corner.z + (tap - tap_line * params.filter_columns) * params.column_dilation, size.z);
    let inside = (d != OUTSIDE) & (h != OUTSIDE) & (w != OUTSIDE);
    var b = first + d * params.input_depth_pitch + h * params.input_row_pitch + w * params.input_column_pitch;
    for (var channel = 0u; channel < params.group_channels; channel++) {
      let value = select(params.padding_value, input_at(select(0u, b, inside)), inside);
      sum = fma(value, weights[a], sum);
      a += filter_pitch;
      b += params.input_channel_pitch;
    }
  }
  let channel = tile.group * params.group_filters + tile.number;
  let at = params.first_output + image * params.output_image_pitch + depth * params.output_depth_pitch
    + row * params.output_row_pitch + column * params.output_column_pitch + channel * params.output_filter_pitch;
  store_one(channel, at, sum, params.alpha, params.beta);
}
