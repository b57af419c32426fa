// Softmax cross-entropy, ln Σ eˣ − x[target], of every row of logits, its mean's gradient (softmax − one-hot) / rows, and whether the largest
// logit is the target's. The largest logit is subtracted first, so that nothing overflows. An invocation takes a part of the rows one by
// one. Bytes: the logits read three times (later ones from cache), the gradient written once.
import package::shared::grid::workgroup_number;
import package::training::loss::{ add_to_sums, gradient };

struct Params {
  rows: u32,            // N·P·Q: a row has one logit for each class
  classes: u32,         // K
  positions: u32,       // P·Q
  image_pitch: u32,     // logits from one image to the next, and so on
  position_pitch: u32,
  class_pitch: u32,
  parts: u32,           // invocations that compute something
  keep: u32,            // 1: sums go on, 0: they start here
  factor: f32,          // 1 / rows
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;   // (N, K, P, Q) or (N, P, Q, K)
@group(0) @binding(2) var<storage, read> targets: array<u32>;  // (rows), each below K

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
  var total = vec2f(0.0);
  for (var row = part; row < params.rows; row += params.parts) {
    let image = row / params.positions;
    let first = image * params.image_pitch + (row - image * params.positions) * params.position_pitch;
    let end = first + params.classes * params.class_pitch;
    let wanted = first + targets[row] * params.class_pitch;
    var largest = logits[first];
    var place = first;
    for (var at = first + params.class_pitch; at < end; at += params.class_pitch) {
      let value = logits[at];
      place = select(place, at, value > largest);
      largest = max(largest, value);
    }
    var sum = 0.0;
    for (var at = first; at < end; at += params.class_pitch) {
      sum += exp(logits[at] - largest);
    }
    for (var at = first; at < end; at += params.class_pitch) {
      let share = exp(logits[at] - largest) / sum;
      gradient[at] = (share - select(0.0, 1.0, at == wanted)) * params.factor;
    }
    total += vec2f(log(sum) - (logits[wanted] - largest), select(0.0, 1.0, place == wanted));
  }
  add_to_sums(part, params.keep, total);
}
