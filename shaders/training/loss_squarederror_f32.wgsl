// Squared error, (y − target)², of every value, and the gradient of its mean, 2·(y − target) / values. Bytes: both read once, the gradient
// written once.
import package::shared::grid::workgroup_number;
import package::training::loss::{ add_to_sums, gradient };

struct Params {
  values: u32,  // of the output
  parts: u32,   // invocations that compute something
  keep: u32,    // 1: sums go on, 0: they start here
  factor: f32,  // 2 / values
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> output: array<f32>;   // (values)
@group(0) @binding(2) var<storage, read> targets: array<f32>;  // as the output

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let part = workgroup_number(group, groups) * 64u + local;
  if (part >= params.parts) {
    return;
  }
  var total = 0.0;
  for (var index = part; index < params.values; index += params.parts) {
    let difference = output[index] - targets[index];
    gradient[index] = difference * params.factor;
    total += difference * difference;
  }
  add_to_sums(part, params.keep, vec2f(total, 0.0));
}
