// First step of a bias's gradient: sums of the gradients of a channel, in parts. An invocation adds every `parts`-th quad of a channel's elements,
// so that neighbours read neighbours: along a row where channels come first, across channels where they come last.
// Bytes: the gradient (and what the activation's derivative is computed from) read once, 4·K·parts written.
import package::backward::derivative::{ ACTIVATION, derivative_at };
import package::input::values::input_at;
import package::shared::activation::ACTIVATION_NONE;
import package::shared::grid::workgroup_number;

struct Params {
  sums: u32,           // K·parts
  channels: u32,       // K
  parts: u32,          // of a channel
  quads: u32,          // of a part
  images: u32,         // stretches of elements of a channel
  positions: u32,      // elements of a stretch
  image_pitch: u32,    // elements from one stretch to the next
  channel_pitch: u32,
  position_pitch: u32,
  slope_step: u32,     // 1; 0 if one slope serves all channels
  image_step: u32,     // 4·parts elements on: so many stretches,
  position_step: u32,  // and so many elements
  alpha: f32,          // parameters of the activation
  beta: f32,
}

// True if the sums are numbered part by part, else channel by channel.
override CHANNELS_LAST: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>; // (K, parts) or (parts, K)

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = workgroup_number(group, groups) * 64u + local;
  if (index >= params.sums) {
    return;
  }
  var channel = index / params.parts;
  var part = index - channel * params.parts;
  if (CHANNELS_LAST) {
    part = index / params.channels;
    channel = index - part * params.channels;
  }
  let first = 4u * vec4u(part) + vec4u(0u, 1u, 2u, 3u);
  var image = first / params.positions;
  var position = first - image * params.positions;
  var sum = vec4f(0.0);
  for (var quad = 0u; quad < params.quads; quad++) {
    let at = channel * params.channel_pitch + image * params.image_pitch + position * params.position_pitch;
    var gradient = vec4f(input_at(at.x), input_at(at.y), input_at(at.z), input_at(at.w));
    if (ACTIVATION != ACTIVATION_NONE) {
      gradient *= derivative_at(at, vec4u(channel * params.slope_step), params.alpha, params.beta);
    }
    sum += select(vec4f(0.0), gradient, image < vec4u(params.images));
    position += vec4u(params.position_step);
    image += vec4u(params.image_step);
    let is_next = position >= vec4u(params.positions);
    position -= select(vec4u(0u), vec4u(params.positions), is_next);
    image += select(vec4u(0u), vec4u(1u), is_next);
  }
  sums[index] = (sum.x + sum.y) + (sum.z + sum.w);
}
