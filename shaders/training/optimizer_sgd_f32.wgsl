// A step of gradient descent with momentum: v ← momentum · v + (g + decay · w), w ← w − rate · v. Bytes: three values read and two written
// for each weight.
import package::shared::grid::workgroup_number;

struct Params {
  weights: u32,   // their number
  rate: f32,
  momentum: f32,
  decay: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;        // (weights), and so are all others
@group(0) @binding(2) var<storage, read> before: array<f32>;
@group(0) @binding(3) var<storage, read_write> after: array<f32>;
@group(0) @binding(4) var<storage, read_write> velocity: array<f32>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = workgroup_number(group, groups) * 64u + local;
  if (index >= params.weights) {
    return;
  }
  let weight = before[index];
  let speed = params.momentum * velocity[index] + (gradient[index] + params.decay * weight);
  velocity[index] = speed;
  after[index] = weight - params.rate * speed;
}
