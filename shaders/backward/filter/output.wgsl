// How the gradient of a filter is stored: as the filter is laid out, with an earlier gradient added. Bindings 2 and 3 of the kernels
// that end one.
@if(packed16) import package::shared::half::{ half_bits, half_of };
@if(float16) import package::shared::half::half_bits;
import package::shared::stored::{ Stored, StoredOutput };

override ACCUMULATES: bool = false;

@group(0) @binding(2) var<storage, read> earlier: array<Stored>;             // as the filter, or a dummy
@group(0) @binding(3) var<storage, read_write> output: array<StoredOutput>;  // (K, C/G, T, R, S), or as its layout says

fn earlier_at(index: u32) -> f32 {
  @if(packed16) { return half_of(earlier[index >> 1u], index); }
  @if(!packed16) { return f32(earlier[index]); }
}

// Stores a value, given as the bits of a half or as f32.
@if(packed16) fn store(index: u32, bits: u32) {
  let shift = 16u * (index & 1u);
  atomicAnd(&output[index >> 1u], 0xffff0000u >> shift);
  atomicOr(&output[index >> 1u], bits << shift);
}
@if(float16) fn store(index: u32, bits: u32) { output[index] = bitcast<vec2<f16>>(bits).x; }
@if(float32) fn store(index: u32, value: f32) { output[index] = value; }

// Stores the first `count` of four sums, `pitch` elements apart from element `first` on.
fn store_sums(count: u32, first: u32, pitch: u32, sums: vec4f) {
  let offsets = vec4u(first) + pitch * vec4u(0u, 1u, 2u, 3u);
  var value = sums;
  if (ACCUMULATES) {
    let at = select(vec4u(first), offsets, vec4u(0u, 1u, 2u, 3u) < vec4u(count));
    value += vec4f(earlier_at(at.x), earlier_at(at.y), earlier_at(at.z), earlier_at(at.w));
  }
  @if(float32) let stored = value;
  @if(!float32) let stored = half_bits(value);
  if (count > 0u) { store(offsets.x, stored.x); }
  if (count > 1u) { store(offsets.y, stored.y); }
  if (count > 2u) { store(offsets.z, stored.z); }
  if (count > 3u) { store(offsets.w, stored.w); }
}
