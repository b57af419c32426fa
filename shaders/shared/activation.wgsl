// Activations that a kernel applies in its last step. The numbers are those of src/algorithms/activation-codes.ts.

const ACTIVATION_RELU = 1u;
const ACTIVATION_RELU6 = 2u;
const ACTIVATION_SIGMOID = 3u;

// `kind` comes from an override, so the branch is decided when the pipeline is compiled.
fn activate(kind: u32, value: vec4f) -> vec4f {
  switch kind {
    case ACTIVATION_RELU: { return max(value, vec4f(0.0)); }
    case ACTIVATION_RELU6: { return clamp(value, vec4f(0.0), vec4f(6.0)); }
    // exp overflows to infinity below -88, whose reciprocal is the right limit only if infinities are kept: clamp first.
    case ACTIVATION_SIGMOID: { return 1.0 / (1.0 + exp(-max(value, vec4f(-87.0)))); }
    default: { return value; }
  }
}
