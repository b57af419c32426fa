// A step of Adam: m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g², w ← w − shrink·w − rate · m / (√(v / (1 − β₂ᵗ)) + ε). D. Kingma, J. Ba,
// arXiv:1412.6980, algorithm 1; weights decay apart from the gradient as in I. Loshchilov, F. Hutter, arXiv:1711.05101, algorithm 2.
// Bytes: four values read and three written for each weight.
import package::shared::grid::workgroup_number;

struct Params {
  weights: u32,           // their number
  rate: f32,              // learning rate / (1 − β₁ᵗ)
  shrink: f32,            // learning rate · weight decay
  mean_keep: f32,         // β₁
  mean_add: f32,          // 1 − β₁
  square_keep: f32,       // β₂
  square_add: f32,        // 1 − β₂
  square_unbias: f32,     // 1 / √(1 − β₂ᵗ)
  epsilon: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;       // (weights), and so are all others
@group(0) @binding(2) var<storage, read> before: array<f32>;
@group(0) @binding(3) var<storage, read_write> after: array<f32>;
@group(0) @binding(4) var<storage, read_write> mean: array<f32>;
@group(0) @binding(5) var<storage, read_write> square: array<f32>;

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
  let slope = gradient[index];
  let weight = before[index];
  let first = params.mean_keep * mean[index] + params.mean_add * slope;
  let second = params.square_keep * square[index] + params.square_add * slope * slope;
  mean[index] = first;
  square[index] = second;
  let size = sqrt(second) * params.square_unbias + params.epsilon;
  after[index] = weight - params.shrink * weight - params.rate * (first / size);
}
