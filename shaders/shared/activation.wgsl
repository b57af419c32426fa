// Activations that a kernel applies in its last step. The numbers are those of src/algorithms/codes.ts.

const ACTIVATION_NONE = 0u;
const ACTIVATION_RELU = 1u;
const ACTIVATION_RELU6 = 2u;
const ACTIVATION_LEAKYRELU = 3u;
const ACTIVATION_ELU = 4u;
const ACTIVATION_PRELU = 5u;
const ACTIVATION_SIGMOID = 6u;
const ACTIVATION_HARDSIGMOID = 7u;
const ACTIVATION_TANH = 8u;
const ACTIVATION_GELU = 9u;
const ACTIVATION_GELUTANH = 10u;
const ACTIVATION_SILU = 11u;
const ACTIVATION_HARDSWISH = 12u;
const ACTIVATION_MISH = 13u;
const ACTIVATION_SOFTPLUS = 14u;
const ACTIVATION_CLAMP = 15u;

// exp overflows to infinity below -88, whose reciprocal is the right limit only if infinities are kept: clamp first.
fn sigmoid(x: vec4f) -> vec4f {
  return 1.0 / (1.0 + exp(-max(x, vec4f(-87.0))));
}

// The built-in tanh gives NaN for large arguments on some drivers.
fn hyperbolic_tangent(x: vec4f) -> vec4f {
  let t = exp(-2.0 * abs(x));
  return sign(x) * (1.0 - t) / (1.0 + t);
}

// M. Abramowitz, I. Stegun, Handbook of Mathematical Functions, 7.1.26: error at most 1.5e-7.
fn error_function(x: vec4f) -> vec4f {
  let t = 1.0 / (1.0 + 0.3275911 * abs(x));
  let series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return sign(x) * (1.0 - series * exp(-x * x));
}

// x · tanh(ln(1 + eˣ)) with one exponential; beyond 20 the tangent is 1 in f32.
fn mish(x: vec4f) -> vec4f {
  let e = exp(min(x, vec4f(20.0)));
  let n = e * (e + 2.0);
  return select(x * n / (n + 2.0), x, x > vec4f(20.0));
}

// `kind` comes from an override, so the branch is decided when the pipeline is compiled. `alpha` and `beta` are parameters of
// the activation; of PReLU `alpha` is the slope, of a clamp they are its bounds.
fn activate(kind: u32, value: vec4f, alpha: f32, beta: f32) -> vec4f {
  switch kind {
    case ACTIVATION_RELU: { return max(value, vec4f(0.0)); }
    case ACTIVATION_RELU6: { return clamp(value, vec4f(0.0), vec4f(6.0)); }
    case ACTIVATION_LEAKYRELU, ACTIVATION_PRELU: { return select(value, alpha * value, value < vec4f(0.0)); }
    case ACTIVATION_ELU: { return select(value, alpha * (exp(min(value, vec4f(0.0))) - 1.0), value < vec4f(0.0)); }
    case ACTIVATION_SIGMOID: { return sigmoid(value); }
    case ACTIVATION_HARDSIGMOID: { return clamp(alpha * value + beta, vec4f(0.0), vec4f(1.0)); }
    case ACTIVATION_TANH: { return hyperbolic_tangent(value); }
    case ACTIVATION_GELU: { return 0.5 * value * (1.0 + error_function(0.70710678 * value)); }
    case ACTIVATION_GELUTANH: {
      let inner = 0.79788456 * (value + 0.044715 * value * value * value);
      return value * sigmoid(2.0 * inner);
    }
    case ACTIVATION_SILU: { return value * sigmoid(value); }
    case ACTIVATION_HARDSWISH: { return value * clamp(value + 3.0, vec4f(0.0), vec4f(6.0)) / 6.0; }
    case ACTIVATION_MISH: { return mish(value); }
    case ACTIVATION_SOFTPLUS: { return max(value, vec4f(0.0)) + log(1.0 + exp(-abs(value))); }
    case ACTIVATION_CLAMP: { return min(max(value, vec4f(alpha)), vec4f(beta)); }
    default: { return value; }
  }
}
