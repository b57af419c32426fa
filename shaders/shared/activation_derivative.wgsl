// Derivatives of the activations of activation.wgsl, from what an activation was given, z, or from what it gave, y. Where a function has a
// kink, the derivative is PyTorch's.
import package::shared::activation::{ ACTIVATION_CLAMP, ACTIVATION_ELU, ACTIVATION_GELU, ACTIVATION_GELUTANH, ACTIVATION_HARDSIGMOID,
  ACTIVATION_HARDSWISH, ACTIVATION_LEAKYRELU, ACTIVATION_MISH, ACTIVATION_PRELU, ACTIVATION_RELU, ACTIVATION_RELU6,
  ACTIVATION_SIGMOID, ACTIVATION_SILU, ACTIVATION_SOFTPLUS, ACTIVATION_TANH, error_function, sigmoid };

// 1 strictly between two bounds, else 0.
fn between(x: vec4f, low: vec4f, high: f32) -> vec4f {
  return select(vec4f(0.0), vec4f(1.0), (x > low) & (x < vec4f(high)));
}

// s(x)·(1 − s(x)) of the sigmoid s, by one exponential that cannot overflow.
fn sigmoid_slope(x: vec4f) -> vec4f {
  let e = exp(-abs(x));
  return e / ((1.0 + e) * (1.0 + e));
}

// Φ(x) + x·φ(x), with the normal distribution and its density. Beyond ±14 the density is less than the smallest f32.
fn gelu_slope(x: vec4f) -> vec4f {
  let z = clamp(x, vec4f(-14.0), vec4f(14.0));
  return 0.5 * (1.0 + error_function(0.70710678 * z)) + 0.39894228 * z * exp(-0.5 * z * z);
}

// s(v) + x·s(v)·(1 − s(v))·v′, v = 2·√(2/π)·(x + 0.044715·x³). Beyond ±14 it is 1 or 0 in f32.
fn gelu_tanh_slope(x: vec4f) -> vec4f {
  let z = clamp(x, vec4f(-14.0), vec4f(14.0));
  let v = 1.59576912 * (z + 0.044715 * z * z * z);
  return sigmoid(v) + z * sigmoid_slope(v) * (1.59576912 * (1.0 + 0.134145 * z * z));
}

// t + x·(1 − t²)·s, with t = tanh(ln(1 + e)) = n/(n + 2), n = e·(e + 2), e = eˣ: 1 − t² = 4·(1 + e)²/(n + 2)², s = e/(1 + e).
fn mish_slope(x: vec4f) -> vec4f {
  let z = min(x, vec4f(20.0)); // from where on it is 1 in f32
  let e = exp(z);
  let n = e * (e + 2.0);
  return n / (n + 2.0) + 4.0 * z * (e * (1.0 + e)) / ((n + 2.0) * (n + 2.0));
}

// 1 − e⁻ʸ of y ≥ 0. Below ¼, where the difference would cancel, by its series, whose next term is less than half a unit of the last place.
fn softplus_slope(y: vec4f) -> vec4f {
  let series = y * (1.0 - y * (0.5 - y * (0.16666667 - y * (0.041666667 - y * (0.0083333333 - y * 0.0013888889)))));
  return select(1.0 - exp(-y), series, y < vec4f(0.25));
}

// f′(z) from z. `alpha` and `beta` as for `activate`; a slope may differ from value to value.
fn derivative_from_input(kind: u32, z: vec4f, alpha: vec4f, beta: f32) -> vec4f {
  switch kind {
    case ACTIVATION_RELU: { return select(vec4f(0.0), vec4f(1.0), z > vec4f(0.0)); }
    case ACTIVATION_RELU6: { return between(z, vec4f(0.0), 6.0); }
    case ACTIVATION_LEAKYRELU, ACTIVATION_PRELU: { return select(alpha, vec4f(1.0), z > vec4f(0.0)); }
    case ACTIVATION_ELU: { return select(alpha * exp(min(z, vec4f(0.0))), vec4f(1.0), z > vec4f(0.0)); }
    case ACTIVATION_SIGMOID: { return sigmoid_slope(z); }
    case ACTIVATION_HARDSIGMOID: { return alpha * between(alpha * z + beta, vec4f(0.0), 1.0); }
    case ACTIVATION_TANH: { return 4.0 * sigmoid_slope(2.0 * z); }
    case ACTIVATION_GELU: { return gelu_slope(z); }
    case ACTIVATION_GELUTANH: { return gelu_tanh_slope(z); }
    case ACTIVATION_SILU: { return sigmoid(z) + z * sigmoid_slope(z); }
    case ACTIVATION_HARDSWISH: {
      let inside = select(z / 3.0 + 0.5, vec4f(1.0), z > vec4f(3.0));
      return select(inside, vec4f(0.0), z < vec4f(-3.0));
    }
    case ACTIVATION_MISH: { return mish_slope(z); }
    case ACTIVATION_SOFTPLUS: { return sigmoid(z); }
    case ACTIVATION_CLAMP: { return between(z, alpha, beta); }
    default: { return vec4f(1.0); }
  }
}

// f′(z) from y = f(z), where it follows from that (outputTellsDerivative of src/problem/derivative.ts).
fn derivative_from_output(kind: u32, y: vec4f, alpha: vec4f, beta: f32) -> vec4f {
  switch kind {
    case ACTIVATION_ELU: { return select(y + alpha, vec4f(1.0), y > vec4f(0.0)); }
    case ACTIVATION_SIGMOID: { return y * (1.0 - y); }
    case ACTIVATION_HARDSIGMOID: { return alpha * between(y, vec4f(0.0), 1.0); }
    case ACTIVATION_TANH: { return (1.0 - y) * (1.0 + y); }
    case ACTIVATION_SOFTPLUS: { return softplus_slope(y); }
    default: { return derivative_from_input(kind, y, alpha, beta); } // kinks lie where they lie of z
  }
}
