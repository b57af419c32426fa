// Halves as f32, for a gradient that is summed further before it is rounded. One invocation a value. Bytes: 2 read and 4 written a value.
import package::input::values::input_at;
import package::shared::grid::workgroup_number;

struct Params {
  values: u32,  // of the tensor
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;  // as the input

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = workgroup_number(group, groups) * 64u + local;
  if (index >= params.values) {
    return;
  }
  output[index] = input_at(index);
}
