// Half precision (IEEE 754 binary16) in the halves of a u32, for storage. The conversion from f32 is written out, because WGSL
// leaves its rounding, and what becomes of numbers beyond 65,504, to the implementation (14.6.2); src/problem/half.ts is its twin.

// Number `index` of the halves that begin at even indices in `word`.
fn half_of(word: u32, index: u32) -> f32 {
  let pair = unpack2x16float(word);
  return select(pair.x, pair.y, (index & 1u) == 1u);
}

// Four halves, packed in two words.
fn halves_of(words: vec2u) -> vec4f {
  return vec4f(unpack2x16float(words.x), unpack2x16float(words.y));
}

// Bits of the halves nearest to `value`, ties to even; infinity from 65,520 on.
fn half_bits(value: vec4f) -> vec4u {
  let bits = bitcast<vec4u>(value);
  let magnitude = bits & vec4u(0x7fffffffu);
  let odd = (magnitude >> vec4u(13u)) & vec4u(1u);
  let normal = (magnitude - vec4u(0x38000000u) + vec4u(0xfffu) + odd) >> vec4u(13u);
  // below 2^-14, in steps of 2^-24: adding 0.5 leaves just the bits that count, rounded
  let small = bitcast<vec4u>(abs(value) + vec4f(0.5)) - vec4u(0x3f000000u);
  let finite = select(normal, small, magnitude < vec4u(0x38800000u));
  let infinite = select(vec4u(0x7c00u), vec4u(0x7e00u), magnitude > vec4u(0x7f800000u)); // the rest is no number
  let rounded = select(finite, infinite, magnitude >= vec4u(0x477ff000u));
  return ((bits >> vec4u(16u)) & vec4u(0x8000u)) | rounded;
}
