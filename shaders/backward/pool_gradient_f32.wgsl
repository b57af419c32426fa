// The gradient of a pooling's input. Each invocation gathers, for four neighbouring columns, from all windows that hold them: of a maximum what
// its index says, of a mean a share of the gradient, of √Σx² x times gradient / root. Memory-bound: a window is read by ⌈taps / stride⌉ rows
// and a quarter as many columns, mostly from cache; the result is written once.
import package::backward::pool_axis::{ Axis, DILATED, PADDING, counted, span_of, times_held, window_from, windows_end };
import package::backward::result::store;
import package::input::values::input_at;
import package::shared::grid::workgroup_number;
import package::shared::padding::PADDING_CONSTANT;

struct Params {
  quads: u32,           // N·C·D·H·⌈W / 4⌉
  channels: u32,        // C
  column_quads: u32,    // ⌈W / 4⌉
  depth_size: u32, row_size: u32, column_size: u32,             // D, H, W
  depth_windows: u32, row_windows: u32, column_windows: u32,    // O, P, Q
  depth_taps: u32, row_taps: u32, column_taps: u32,
  depth_stride: u32, row_stride: u32, column_stride: u32,
  depth_dilation: u32, row_dilation: u32, column_dilation: u32,
  depth_padding: i32, row_padding: i32, column_padding: i32,
  depth_before: u32, row_before: u32, column_before: u32,
  depth_after: u32, row_after: u32, column_after: u32,
  depth_end: i32, row_end: i32, column_end: i32,
  image_pitch: u32,     // elements of the output from one image to the next, and so on along the other axes
  channel_pitch: u32,
  depth_pitch: u32,
  row_pitch: u32,
  column_pitch: u32,
  share: f32,           // 1 / elements of a window, where all count as many
}

// Numbers of src/algorithms/codes.ts.
const KIND_MAX = 0u;
const KIND_AVERAGE = 1u;
const KIND_L2 = 2u;

override KIND: u32 = 0u;
// True if the channels of an image lie innermost.
override CHANNELS_LAST: bool = false;
// True if windows at the edges count fewer elements; and whether padding counts.
override COUNTS_DIFFER: bool = false;
override PADDING_COUNTS: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
// binding 1, `input`: gradients (N, C, O, P, Q) or (N, O, P, Q, C); of √Σx² x itself, (N, C, D, H, W) or (N, D, H, W, C)
@group(0) @binding(3) var<storage, read> windows: array<u32>; // indices of maxima; bits of gradient / root; or a dummy

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let number = workgroup_number(group, groups) * 64u + local;
  if (number >= params.quads) {
    return;
  }
  let p = params;
  let depths = Axis(p.depth_size, p.depth_windows, p.depth_taps, p.depth_stride, p.depth_dilation, p.depth_padding,
    p.depth_before, p.depth_after, p.depth_end);
  let rows = Axis(p.row_size, p.row_windows, p.row_taps, p.row_stride, p.row_dilation, p.row_padding,
    p.row_before, p.row_after, p.row_end);
  let columns = Axis(p.column_size, p.column_windows, p.column_taps, p.column_stride, p.column_dilation, p.column_padding,
    p.column_before, p.column_after, p.column_end);

  // the place of the quad: line (image, channel, depth, row) and column
  let inner = select(1u, p.channels, CHANNELS_LAST);
  let strip = number / inner;
  let line = strip / p.column_quads;
  let column = 4u * (strip - line * p.column_quads);
  let plane = line / p.row_size;
  let row = line - plane * p.row_size;
  let volume = plane / p.depth_size;
  let depth = plane - volume * p.depth_size;
  let image = select(volume / p.channels, volume, CHANNELS_LAST);
  let channel = select(volume - image * p.channels, number - strip * inner, CHANNELS_LAST);
  let place = (line * p.column_size + column) * inner + select(0u, channel, CHANNELS_LAST);

  let start = image * p.image_pitch + channel * p.channel_pitch;
  let own = vec4u((depth * p.row_size + row) * p.column_size + column) + vec4u(0u, 1u, 2u, 3u);
  let depth_span = span_of(depths, depth, 1u);
  let row_span = span_of(rows, row, 1u);
  let column_span = span_of(columns, column, 4u);
  let depth_end = windows_end(depths, depth_span);
  let row_end = windows_end(rows, row_span);
  let column_end = windows_end(columns, column_span);
  var sum = vec4f(0.0);
  for (var d = window_from(depths, depth_span, 0u); d < depth_end; d = window_from(depths, depth_span, d + 1u)) {
    for (var r = window_from(rows, row_span, 0u); r < row_end; r = window_from(rows, row_span, r + 1u)) {
      var times = 1.0;
      if (KIND != KIND_MAX && (DILATED || PADDING != PADDING_CONSTANT)) { // else windows of a span hold its one element
        times = times_held(depths, d, depth).x * times_held(rows, r, row).x;
      }
      var lines = 1u;
      if (COUNTS_DIFFER) {
        lines = counted(depths, d, PADDING_COUNTS) * counted(rows, r, PADDING_COUNTS);
      }
      for (var c = window_from(columns, column_span, 0u); c < column_end; c = window_from(columns, column_span, c + 1u)) {
        let at = start + d * p.depth_pitch + r * p.row_pitch + c * p.column_pitch;
        switch KIND {
          case KIND_MAX: { sum += select(vec4f(0.0), vec4f(input_at(at)), own == vec4u(windows[at])); }
          case KIND_AVERAGE: {
            var share = p.share;
            if (COUNTS_DIFFER) {
              share = 1.0 / f32(lines * counted(columns, c, PADDING_COUNTS));
            }
            sum += input_at(at) * share * times * times_held(columns, c, column);
          }
          default: { sum += bitcast<f32>(windows[at]) * times * times_held(columns, c, column); }
        }
      }
    }
  }
  for (var lane = 0u; lane < min(4u, p.column_size - column); lane++) {
    let index = place + lane * inner;
    store(index, sum.x * select(1.0, input_at(index), KIND == KIND_L2));
    sum = sum.yzwx;
  }
}
