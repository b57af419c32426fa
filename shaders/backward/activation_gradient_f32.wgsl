// The gradient of an activation of every value of a tensor: dz = dy · f′(z). Each invocation computes four neighbours.
// Bytes: gradient and operand read, the result written, each once.
import package::backward::derivative::derivative_at;
import package::backward::result::store_four;
import package::input::values::input_at;
import package::shared::grid::workgroup_number;

struct Params {
  values: u32,         // of the gradient
  channels: u32,       // of the gradient; 1 if the activation has no slopes
  channel_pitch: u32,  // values from one channel to the next
  alpha: f32,          // parameters of the activation
  beta: f32,
}

@group(0) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let first = 4u * (workgroup_number(group, groups) * 64u + local);
  if (first >= params.values) {
    return;
  }
  let at = min(vec4u(first) + vec4u(0u, 1u, 2u, 3u), vec4u(params.values - 1u));
  let gradient = vec4f(input_at(at.x), input_at(at.y), input_at(at.z), input_at(at.w));
  let channel = (at / params.channel_pitch) % params.channels;
  let slope = derivative_at(at, channel, params.alpha, params.beta);
  store_four(first, params.values - first, gradient * slope);
}
