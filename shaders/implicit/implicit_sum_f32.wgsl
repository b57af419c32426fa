// Adds the parts that implicit_split_f32_64x64 left of every output, in their order, and finishes the sums. An invocation computes four
// neighbouring positions of a filter. Bytes: 4·parts·K·positions read, and the output.
import package::epilogue::store::store_four;
import package::shared::grid::workgroup_number;
import package::shared::positions::four_positions;

struct Params {
  invocations: u32,        // K · position_quads
  position_quads: u32,     // ⌈N·O·P·Q / 4⌉
  positions: u32,          // N·O·P·Q
  parts: u32,
  output_depth: u32,       // O
  output_rows: u32,        // P
  output_columns: u32,     // Q
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
@group(0) @binding(1) var<storage, read> sums: array<vec4f>;   // (parts, K, position_quads)
@group(0) @binding(2) var<storage, read> unused: array<vec4f>; // a dummy: here other kernels have the filters

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
  var sum = sums[index];
  for (var part = 1u; part < params.parts; part++) {
    sum += sums[part * params.invocations + index];
  }
  let channel = index / params.position_quads;
  let position = 4u * (index - channel * params.position_quads);
  let p = four_positions(position, vec3u(params.output_depth, params.output_rows, params.output_columns));
  let offsets = params.first_output + p.image * params.output_image_pitch + p.depth * params.output_depth_pitch
    + p.row * params.output_row_pitch + p.column * params.output_column_pitch + channel * params.output_filter_pitch;
  store_four(channel, params.positions - position, offsets, sum, params.alpha, params.beta);
}
