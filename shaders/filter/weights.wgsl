// The filter as the user laid it out, binding 2 of kernels that pack it and of those that read it as it lies in every run.
import package::shared::half::half_of;

override FILTER_IS_HALF: bool = false;

@group(0) @binding(2) var<storage, read> weights: array<u32>;  // bits of f32, or pairs of halves

// The weight at element `index`.
fn weight(index: u32) -> f32 {
  if (FILTER_IS_HALF) {
    return half_of(weights[index >> 1u], index);
  }
  return bitcast<f32>(weights[index]);
}
