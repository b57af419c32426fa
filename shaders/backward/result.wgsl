// What the kernels of this folder write: binding 2 of them.
@if(!float32) import package::shared::half::half_bits;
import package::shared::stored::StoredOutput;

@group(0) @binding(2) var<storage, read_write> output: array<StoredOutput>; // of the shape of the operand that the gradient is of

// Stores one value; halves of a word may belong to two invocations.
fn store(index: u32, value: f32) {
  @if(packed16) {
    let shift = 16u * (index & 1u);
    atomicAnd(&output[index >> 1u], 0xffff0000u >> shift);
    atomicOr(&output[index >> 1u], half_bits(vec4f(value)).x << shift);
  }
  @if(float16) { output[index] = bitcast<vec2<f16>>(half_bits(vec4f(value)).x).x; }
  @if(float32) { output[index] = value; }
}

// Stores the first `count` of four neighbours from `first` on, a multiple of four: whole words, which no other invocation writes.
fn store_four(first: u32, count: u32, value: vec4f) {
  @if(packed16) {
    let bits = half_bits(select(vec4f(0.0), value, vec4u(0u, 1u, 2u, 3u) < vec4u(count)));
    atomicStore(&output[first >> 1u], bits.x | (bits.y << 16u));
    if (count > 2u) { atomicStore(&output[(first >> 1u) + 1u], bits.z | (bits.w << 16u)); }
  }
  @if(!packed16) {
    store(first, value.x);
    if (count > 1u) { store(first + 1u, value.y); }
    if (count > 2u) { store(first + 2u, value.z); }
    if (count > 3u) { store(first + 3u, value.w); }
  }
}
