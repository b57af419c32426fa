// How every convolution kernel ends: y = activation(sum · scale + offset + residual), stored as the output is. Bindings 3 to 5
// of all of them, so that a kernel brings only its parameters and two operands of its own.
import package::shared::activation::{ ACTIVATION_PRELU, activate };
@if(packed16) import package::shared::half::{ half_bits, half_of };
@if(float16) import package::shared::half::half_bits;
import package::shared::stored::{ Stored, StoredOutput };

override HAS_TERMS: bool = false;
override HAS_RESIDUAL: bool = false;
override ACTIVATION: u32 = 0u;

@group(0) @binding(3) var<storage, read> terms: array<vec4f>;                 // (K) of (scale, offset, slope, 0), or a dummy
@group(0) @binding(4) var<storage, read> residual: array<Stored>;             // as the output, or a dummy
@group(0) @binding(5) var<storage, read_write> output: array<StoredOutput>;   // (N, K, O, P, Q) or (N, O, P, Q, K), by pitches

fn residual_at(index: u32) -> f32 {
  @if(packed16) { return half_of(residual[index >> 1u], index); }
  @if(!packed16) { return f32(residual[index]); }
}

// Stores a value, given as the bits of a half or as f32.
@if(packed16) fn store(index: u32, bits: u32) {
  let shift = 16u * (index & 1u);
  atomicAnd(&output[index >> 1u], 0xffff0000u >> shift);
  atomicOr(&output[index >> 1u], bits << shift);
}
@if(float16) fn store(index: u32, bits: u32) { output[index] = bitcast<vec2<f16>>(bits).x; }
@if(float32) fn store(index: u32, value: f32) { output[index] = value; }

// activation(sums · scale + offset + residual) for four sums of output channel `channel`, the first `count` of which go to `offsets`.
fn finish(channel: u32, count: u32, offsets: vec4u, sums: vec4f, alpha: f32, beta: f32) -> vec4f {
  var value = sums;
  var slope = alpha;
  if (HAS_TERMS) {
    let term = terms[channel];
    value = value * term.x + term.y;
    if (ACTIVATION == ACTIVATION_PRELU) {
      slope = term.z;
    }
  }
  if (HAS_RESIDUAL) {
    let at = select(vec4u(0u), offsets, vec4u(0u, 1u, 2u, 3u) < vec4u(count));
    value += vec4f(residual_at(at.x), residual_at(at.y), residual_at(at.z), residual_at(at.w));
  }
  return activate(ACTIVATION, value, slope, beta);
}

// Finishes four sums of output channel `channel` and stores the first `count` of them at `offsets`.
// `alpha` and `beta` are parameters of the activation.
fn store_four(channel: u32, count: u32, offsets: vec4u, sums: vec4f, alpha: f32, beta: f32) {
  let value = finish(channel, count, offsets, sums, alpha, beta);
  @if(float32) let stored = value;
  @if(!float32) let stored = half_bits(value);
  if (count > 0u) { store(offsets.x, stored.x); }
  if (count > 1u) { store(offsets.y, stored.y); }
  if (count > 2u) { store(offsets.z, stored.z); }
  if (count > 3u) { store(offsets.w, stored.w); }
}

// Finishes a single sum of output channel `channel` and stores it at `offset`.
fn store_one(channel: u32, offset: u32, sum: f32, alpha: f32, beta: f32) {
  let value = finish(channel, 1u, vec4u(offset), vec4f(sum), alpha, beta);
  @if(float32) let stored = value;
  @if(!float32) let stored = half_bits(value);
  store(offset, stored.x);
}
