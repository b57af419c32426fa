// Implicit GEMM that compiles quickly, for convolutions that run once: an invocation computes four filters at four
// positions of a row. A product of 4×4 loads four values and four weights; there is
// so little code that SwiftShader compiles it in a third of the time of other variants, and it reads the filter as the user laid it out, so
// that no packing is compiled.
import package::filter::weights::weight;
import package::implicit::single_interface::{ columns_of, load_four, params };
import package::input::row::{ OUTSIDE, place };
import package::epilogue::store::store_four;
import package::shared::grid::workgroup_number;
import package::shared::tiles::split_tile;

const TILE_FILTERS = 4u;
const TILE_POSITIONS = 4u;

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
  let line = tile.position / params.column_tiles;
  let column = 4u * (tile.position - line * params.column_tiles);
  let plane = line / params.output_rows;
  let row = line - plane * params.output_rows;
  let image = plane / params.output_depth;
  let depth = plane - image * params.output_depth;
  let first = image * params.input_image_pitch + tile.group * params.group_channels * params.input_channel_pitch;
  let first_filter = TILE_FILTERS * tile.number;
  let filters = min(vec4u(first_filter) + vec4u(0u, 1u, 2u, 3u), vec4u(params.group_filters - 1u)); // those past the last are not stored
  let first_weight = params.first_weight + tile.group * params.weight_group_pitch + filters * params.weight_filter_pitch;
  let first_depth = depth * params.depth_stride - bitcast<u32>(params.depth_padding);
  let first_row = row * params.row_stride - bitcast<u32>(params.row_padding);
  let first_columns = (column + vec4u(0u, 1u, 2u, 3u)) * params.column_stride - bitcast<u32>(params.column_padding);
  let taps = params.filter_depth * params.filter_rows * params.filter_columns;
  // what loops need of the parameters, once: a load of a parameter takes as long as three products
  let size = vec3u(params.input_depth, params.input_rows, params.input_columns);
  let dilation = vec3u(params.depth_dilation, params.row_dilation, params.column_dilation);
  let pitch = vec3u(params.input_depth_pitch, params.input_row_pitch, params.input_column_pitch);
  let weight_pitch = bitcast<vec3u>(vec3i(params.weight_depth_pitch, params.weight_row_pitch, params.weight_column_pitch));
  let rows = params.filter_rows;
  let columns = params.filter_columns;
  let channels = params.group_channels;
  let channel_pitch = params.input_channel_pitch;
  let weight_channel_pitch = params.weight_channel_pitch;
  let fill = params.padding_value;

  var sums0 = vec4f();
  var sums1 = vec4f();
  var sums2 = vec4f();
  var sums3 = vec4f();
  var tap_depth = 0u;
  var tap_row = 0u;
  var tap_column = 0u;
  for (var tap = 0u; tap < taps; tap++) {
    let d = place(first_depth + tap_depth * dilation.x, size.x);
    let h = place(first_row + tap_row * dilation.y, size.y);
    let w = columns_of(first_columns + tap_column * dilation.z, size.z);
    let inside = w.inside & vec4<bool>((d != OUTSIDE) & (h != OUTSIDE));
    var b = select(vec4u(0u), first + d * pitch.x + h * pitch.y + w.at * pitch.z, inside);
    var a = first_weight + tap_depth * weight_pitch.x + tap_row * weight_pitch.y + tap_column * weight_pitch.z;
    for (var channel = 0u; channel < channels; channel++) {
      let x = load_four(b, inside, fill);
      sums0 = fma(x, vec4f(weight(a.x)), sums0);
      sums1 = fma(x, vec4f(weight(a.y)), sums1);
      sums2 = fma(x, vec4f(weight(a.z)), sums2);
      sums3 = fma(x, vec4f(weight(a.w)), sums3);
      a += weight_channel_pitch;
      b += channel_pitch;
    }
    // counted, as a division takes as long as ten products
    tap_column++;
    let ends_row = tap_column == columns;
    tap_column = select(tap_column, 0u, ends_row);
    tap_row += u32(ends_row);
    let ends_plane = tap_row == rows;
    tap_row = select(tap_row, 0u, ends_plane);
    tap_depth += u32(ends_plane);
  }
  let at = params.first_output + image * params.output_image_pitch + depth * params.output_depth_pitch + row * params.output_row_pitch
    + (column + vec4u(0u, 1u, 2u, 3u)) * params.output_column_pitch;
  let count = params.output_columns - column;
  var sums = array<vec4f, 4>(sums0, sums1, sums2, sums3);
  for (var number = 0u; number < min(4u, params.group_filters - first_filter); number++) {
    let channel = tile.group * params.group_filters + first_filter + number;
    store_four(channel, count, at + channel * params.output_filter_pitch, sums[number], params.alpha, params.beta);
  }
}
