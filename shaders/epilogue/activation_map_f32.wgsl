// An activation of every value of a tensor: each invocation computes four neighbours, as the last step of a convolution would.
// Bytes: the tensor read and written once.
import package::input::values::input_at;
import package::epilogue::store::store_four;
import package::shared::grid::workgroup_number;

struct Params {
  values: u32,         // of the tensor
  channels: u32,       // of the tensor; 1 if the activation has no terms
  channel_pitch: u32,  // values from one channel to the next
  alpha: f32,          // parameters of the activation
  beta: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> unused: array<vec4f>;  // a dummy: here a convolution has its filters

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
  let value = vec4f(input_at(at.x), input_at(at.y), input_at(at.z), input_at(at.w));
  let channel = (at / params.channel_pitch) % params.channels;
  let count = params.values - first;
  if (all(channel == channel.xxxx)) {
    store_four(channel.x, count, at, value, params.alpha, params.beta);
    return;
  }
  for (var lane = 0u; lane < min(count, 4u); lane++) {
    store_four(channel[lane], 1u, vec4u(at[lane]), vec4f(value[lane]), params.alpha, params.beta);
  }
}
