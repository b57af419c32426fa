// Rows of filters of any layout, transformed, zeros around them: the first half of a two-dimensional transform of 64×64 points, once for
// each filter. One invocation takes two rows of a filter and channel as one complex row, and writes columns 0 to 32 of both.
// Weights are scaled by 2^-14, which is exact: 64·64 for a transform there and back, and 2·2 for the rows of input and filter
// (rows.wgsl). Bytes: 4·128 read at most, 4·4·33 written.
import package::fft::points::transform;
import package::fft::rows::store_rows;
import package::shared::grid::workgroup_number;
import package::shared::half::half_of;

struct Params {
  invocations: u32,      // K · C/G · 32
  group_filters: u32,    // K/G
  channels: u32,         // C/G
  filter_rows: u32,      // taps along rows
  filter_columns: u32,   // taps along columns
  row_dilation: u32,     // rows from tap to tap in the tile
  column_dilation: u32,
  first: u32,            // element of the source that belongs to the first tap of filter 0, channel 0
  group_pitch: u32,      // elements from one group to the next, and so on along the other axes
  filter_pitch: u32,
  channel_pitch: u32,
  row_pitch: i32,        // from tap to tap; negative if the filter is flipped
  column_pitch: i32,
}

override FILTER_IS_HALF: bool = false;

const SCALE = 0.00006103515625; // 2^-14

@group(0) @binding(0) var<uniform> params: Params;
// The filter, bits of f32 or pairs of halves: not by shaders/filter/weights.wgsl, whose binding the spectra have here.
@group(0) @binding(1) var<storage, read> source: array<u32>;

// The scaled weight at a place of the tile; zero between taps and around the filter.
fn weight_at(offset: u32, row: u32, column: u32) -> f32 {
  let tap_row = row / params.row_dilation;
  let tap_column = column / params.column_dilation;
  let is_tap = (row == tap_row * params.row_dilation) & (column == tap_column * params.column_dilation)
    & (tap_row < params.filter_rows) & (tap_column < params.filter_columns);
  let place = offset + tap_row * bitcast<u32>(params.row_pitch) + tap_column * bitcast<u32>(params.column_pitch);
  let index = select(0u, place, is_tap);
  if (FILTER_IS_HALF) {
    return select(0.0, SCALE * half_of(source[index >> 1u], index), is_tap);
  }
  return select(0.0, SCALE * bitcast<f32>(source[index]), is_tap);
}

fn load_four(offset: u32, row: u32, column: u32) -> mat4x2f {
  return mat4x2f(
    weight_at(offset, row, column), weight_at(offset, row + 1u, column),
    weight_at(offset, row, column + 1u), weight_at(offset, row + 1u, column + 1u),
    weight_at(offset, row, column + 2u), weight_at(offset, row + 1u, column + 2u),
    weight_at(offset, row, column + 3u), weight_at(offset, row + 1u, column + 3u)
  );
}

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
  let spectrum = invocation / 32u; // (filter, channel)
  let pair = invocation - 32u * spectrum;
  let number = spectrum / params.channels;
  let channel = spectrum - number * params.channels;
  let in_group = number / params.group_filters;
  let offset = params.first + in_group * params.group_pitch + (number - in_group * params.group_filters) * params.filter_pitch
    + channel * params.channel_pitch;
  let row = 2u * pair;
  // a filter spans 32 columns at most
  let none = mat4x2f();
  let points = array<mat4x2f, 16>(
    load_four(offset, row, 0u), load_four(offset, row, 4u), load_four(offset, row, 8u), load_four(offset, row, 12u),
    load_four(offset, row, 16u), load_four(offset, row, 20u), load_four(offset, row, 24u), load_four(offset, row, 28u),
    none, none, none, none, none, none, none, none
  );
  store_rows(33u * 32u * spectrum + pair, transform(points));
}
