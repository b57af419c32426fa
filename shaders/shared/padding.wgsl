// What lies outside the input. The numbers are those of src/algorithms/codes.ts; 0 is a constant, which needs no coordinate.

const PADDING_CONSTANT = 0u;
const PADDING_REFLECT = 1u;
const PADDING_SYMMETRIC = 2u;
const PADDING_REPLICATE = 3u;
const PADDING_CIRCULAR = 4u;

// Remainder that is not negative.
fn modulo(value: vec4i, divisor: i32) -> vec4i {
  let rest = value % vec4i(divisor);
  return select(rest, rest + vec4i(divisor), rest < vec4i(0));
}

// Where on an axis of `size` elements lies what a coordinate (modulo 2^32 where it is negative) holds. `kind` comes from an
// override, so the branch is decided when the pipeline is compiled. 'reflect' is resolved once: it reaches at most size − 1.
fn source_of(kind: u32, coordinate: vec4u, size: u32) -> vec4u {
  let at = bitcast<vec4i>(coordinate);
  let count = i32(size);
  switch kind {
    case PADDING_REFLECT: { return vec4u(vec4i(count - 1) - abs(vec4i(count - 1) - abs(at))); }
    case PADDING_SYMMETRIC: {
      let within = modulo(at, 2 * count);
      return vec4u(min(within, vec4i(2 * count - 1) - within));
    }
    case PADDING_REPLICATE: { return vec4u(clamp(at, vec4i(0), vec4i(count - 1))); }
    case PADDING_CIRCULAR: { return vec4u(modulo(at, count)); }
    default: { return coordinate; }
  }
}
