// The activation's part in a gradient: dz = dy · f′(z). Bindings 3 and 4 of the kernels that multiply with it.
import package::shared::activation::ACTIVATION_PRELU;
import package::shared::activation_derivative::{ derivative_from_input, derivative_from_output };
@if(packed16) import package::shared::half::half_of;
import package::shared::stored::Stored;

override ACTIVATION: u32 = 0u;
// Whether `operand` holds y, what the activation gave, or z, what it was given.
override FROM_OUTPUT: bool = false;

@group(0) @binding(3) var<storage, read> operand: array<Stored>; // as the gradient; a dummy without an activation
@group(0) @binding(4) var<storage, read> terms: array<f32>;      // (channels, 4) of (1, 0, slope, 0); a dummy without slopes

fn operand_at(index: u32) -> f32 {
  @if(packed16) { return half_of(operand[index >> 1u], index); }
  @if(!packed16) { return f32(operand[index]); }
}

// f′ for four values whose operands lie `at`. `alpha` and `beta` are parameters of the activation.
fn derivative_at(at: vec4u, channel: vec4u, alpha: f32, beta: f32) -> vec4f {
  let value = vec4f(operand_at(at.x), operand_at(at.y), operand_at(at.z), operand_at(at.w));
  if (FROM_OUTPUT) {
    return derivative_from_output(ACTIVATION, value, vec4f(alpha), beta);
  }
  var slope = vec4f(alpha);
  if (ACTIVATION == ACTIVATION_PRELU) {
    let at_slope = 4u * channel + vec4u(2u);
    slope = vec4f(terms[at_slope.x], terms[at_slope.y], terms[at_slope.z], terms[at_slope.w]);
  }
  return derivative_from_input(ACTIVATION, value, slope, beta);
}
