// Folds bias, scale, shift and slope of every output channel into what the kernels read: (sum + bias) · scale + shift is
// sum · scale + (bias · scale + shift). One invocation a channel; 16 bytes written for each.
import package::shared::grid::workgroup_number;
import package::shared::half::half_of;

struct Params {
  channels: u32,  // K
  slopes: u32,    // 1 or K
}

// How each operand is stored: 0 absent, 1 f32, 2 halves.
override BIAS: u32 = 0u;
override SCALE: u32 = 0u;
override SHIFT: u32 = 0u;
override SLOPE: u32 = 0u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> bias: array<u32>;             // (K), or a dummy where it is absent; and so on
@group(0) @binding(2) var<storage, read> scale: array<u32>;
@group(0) @binding(3) var<storage, read> shift: array<u32>;
@group(0) @binding(4) var<storage, read> slope: array<u32>;            // (K) or (1)
@group(0) @binding(5) var<storage, read_write> terms: array<vec4f>;    // (K)

// The word that holds value `index`.
fn word_of(index: u32, form: u32) -> u32 {
  return select(index, index >> 1u, form == 2u);
}

fn value_of(word: u32, index: u32, form: u32) -> f32 {
  return select(bitcast<f32>(word), half_of(word, index), form == 2u);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let channel = workgroup_number(group, groups) * 64u + local;
  if (channel >= params.channels) {
    return;
  }
  var factor = 1.0;
  var offset = 0.0;
  var alpha = 0.0;
  if (SCALE > 0u) { factor = value_of(scale[word_of(channel, SCALE)], channel, SCALE); }
  if (BIAS > 0u) { offset = value_of(bias[word_of(channel, BIAS)], channel, BIAS) * factor; }
  if (SHIFT > 0u) { offset += value_of(shift[word_of(channel, SHIFT)], channel, SHIFT); }
  if (SLOPE > 0u) {
    let index = select(channel, 0u, params.slopes == 1u);
    alpha = value_of(slope[word_of(index, SLOPE)], index, SLOPE);
  }
  terms[channel] = vec4f(factor, offset, alpha, 0.0);
}
