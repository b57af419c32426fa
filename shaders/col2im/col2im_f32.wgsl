// The second half of a transposed convolution as a product: each input was multiplied with all weights that it meets (the columns), and an output
// sums the products that belong to it. Each invocation computes four outputs of a row that lie a stride apart, and so meet the same taps at
// neighbouring inputs. Per tap 4 values and 4 additions. Bytes: 4·N·H·W·K·T·R·S read, and the output.
import package::col2im::meeting::{ Axis, meeting_of, tap_step };
import package::epilogue::store::store_four;
import package::shared::grid::workgroup_number;

struct Params {
  invocations: u32,          // images of the band · K · O · P · row_blocks
  row_blocks: u32,           // blocks of four outputs in a row: stride · ⌈Q / (4 · stride)⌉
  filters: u32,              // K
  group_filters: u32,        // K/G
  depth_inputs: u32,         // the axes, as Axis explains
  depth_outputs: u32,
  depth_taps: u32,
  depth_padding: i32,
  depth_stride: u32,
  depth_dilation: u32,
  depth_divisor: u32,
  depth_inverse: u32,
  row_inputs: u32,
  row_outputs: u32,
  row_taps: u32,
  row_padding: i32,
  row_stride: u32,
  row_dilation: u32,
  row_divisor: u32,
  row_inverse: u32,
  column_inputs: u32,
  column_outputs: u32,
  column_taps: u32,
  column_padding: i32,
  column_stride: u32,
  column_dilation: u32,
  column_divisor: u32,
  column_inverse: u32,
  weight_pitch: u32,         // elements of the columns from one weight to the next, from image to image, and so on
  image_pitch: u32,
  depth_pitch: u32,
  row_pitch: u32,
  column_pitch: u32,
  first_output: u32,         // of the band; then elements from image to image, and so on
  output_image_pitch: u32,
  output_filter_pitch: u32,
  output_depth_pitch: u32,
  output_row_pitch: u32,
  output_column_pitch: u32,
  alpha: f32,                // parameters of the activation
  beta: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> columns: array<f32>;  // (N, G·T·R·S·K/G, D, H, W) or (N, D, H, W, G·T·R·S·K/G)
@group(0) @binding(2) var<storage, read> unused: array<vec4f>; // a dummy: here a convolution has its filters

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = workgroup_number(group, groups) * 64u + local;
  if (index >= params.invocations) {
    return;
  }
  let p = params;
  let depth_axis = Axis(
    p.depth_inputs, p.depth_outputs, p.depth_taps, p.depth_padding, p.depth_stride, p.depth_dilation, p.depth_divisor, p.depth_inverse
  );
  let row_axis = Axis(p.row_inputs, p.row_outputs, p.row_taps, p.row_padding, p.row_stride, p.row_dilation, p.row_divisor, p.row_inverse);
  let column_axis = Axis(
    p.column_inputs, p.column_outputs, p.column_taps, p.column_padding, p.column_stride, p.column_dilation, p.column_divisor, p.column_inverse
  );
  let line = index / p.row_blocks;
  let block = index - line * p.row_blocks;
  let stride = p.column_stride;
  let column = block / stride * 4u * stride + block % stride;
  let row = line % p.row_outputs;
  let plane = line / p.row_outputs;
  let depth = plane % p.depth_outputs;
  let number = plane / p.depth_outputs;
  let channel = number % p.filters;
  let image = number / p.filters;
  if (column >= p.column_outputs) {
    return;
  }
  let depths = meeting_of(depth, depth_axis);
  let rows = meeting_of(row, row_axis);
  let across = meeting_of(column, column_axis);
  let in_group = channel / p.group_filters;
  let first = image * p.image_pitch
    + (in_group * p.depth_taps * p.row_taps * p.column_taps * p.group_filters + channel - in_group * p.group_filters) * p.weight_pitch;

  var sums = vec4f(0.0);
  for (var d = 0u; d < depths.count; d++) {
    let tap_plane = (depths.first + d * tap_step(depth_axis)) * p.row_taps;
    let from_depth = depths.input - d * (p.depth_dilation / p.depth_divisor);
    for (var r = 0u; r < rows.count; r++) {
      let tap_line = (tap_plane + rows.first + r * tap_step(row_axis)) * p.column_taps;
      let from_row = rows.input - r * (p.row_dilation / p.row_divisor);
      let inside = (from_depth < p.depth_inputs) & (from_row < p.row_inputs);
      let start = first + from_depth * p.depth_pitch + from_row * p.row_pitch;
      for (var c = 0u; c < across.count; c++) {
        let weight = (tap_line + across.first + c * tap_step(column_axis)) * p.group_filters;
        let source = vec4u(across.input - c * (p.column_dilation / p.column_divisor)) + vec4u(0u, 1u, 2u, 3u);
        let met = (source < vec4u(p.column_inputs)) & vec4<bool>(inside);
        let at = select(vec4u(0u), start + weight * p.weight_pitch + source * p.column_pitch, met);
        sums += select(vec4f(0.0), vec4f(columns[at.x], columns[at.y], columns[at.z], columns[at.w]), met);
      }
    }
  }
  let offset = p.first_output + image * p.output_image_pitch + channel * p.output_filter_pitch
    + depth * p.output_depth_pitch + row * p.output_row_pitch;
  let at = offset + (column + vec4u(0u, 1u, 2u, 3u) * stride) * p.output_column_pitch;
  store_four(channel, (p.column_outputs - column + stride - 1u) / stride, at, sums, p.alpha, p.beta);
}
