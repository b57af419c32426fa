// Last step of a bias's gradient: the parts of every channel, added in their order, and an existing gradient. Each invocation computes four channels.
// Bytes: 4·K·parts read, the gradient of the bias written.
import package::backward::result::store_four;
@if(packed16) import package::shared::half::half_of;
import package::shared::grid::workgroup_number;
import package::shared::stored::Stored;

struct Params {
  channels: u32,       // K
  parts: u32,
  channel_pitch: u32,  // sums from one channel to the next
  part_pitch: u32,     // and from one part to the next
}

override ACCUMULATE: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> sums: array<f32>;         // (K, parts) or (parts, K)
@group(0) @binding(3) var<storage, read> existing: array<Stored>;  // (K), or a dummy

fn existing_at(index: u32) -> f32 {
  @if(packed16) { return half_of(existing[index >> 1u], index); }
  @if(!packed16) { return f32(existing[index]); }
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let first = 4u * (workgroup_number(group, groups) * 64u + local);
  if (first >= params.channels) {
    return;
  }
  let channel = min(vec4u(first) + vec4u(0u, 1u, 2u, 3u), vec4u(params.channels - 1u));
  var at = channel * params.channel_pitch;
  var sum = vec4f(0.0);
  for (var part = 0u; part < params.parts; part++) {
    sum += vec4f(sums[at.x], sums[at.y], sums[at.z], sums[at.w]);
    at += vec4u(params.part_pitch);
  }
  if (ACCUMULATE) {
    sum += vec4f(existing_at(channel.x), existing_at(channel.y), existing_at(channel.z), existing_at(channel.w));
  }
  store_four(first, params.channels - first, sum);
}
