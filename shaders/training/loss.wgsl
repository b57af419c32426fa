// What the losses share: the bindings where they keep their sums. A part is what one invocation adds up: every parts-th row or value, so that
// neighbours read neighbours. Its sums go on from step to step, in the same order in every run, until somebody reads them.

@group(0) @binding(3) var<storage, read_write> gradient: array<f32>;  // as the output of the network
@group(0) @binding(4) var<storage, read_write> sums: array<vec2f>;    // (parts) of (loss, right answers)

// Adds to the sums of a part, or starts them anew.
fn add_to_sums(part: u32, keep: u32, addend: vec2f) {
  var before = vec2f(0.0);
  if (keep == 1u) {
    before = sums[part];
  }
  sums[part] = before + addend;
}
