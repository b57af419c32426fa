// What a correlation is at a frequency.

// conj(x) · w of two complex numbers side by side: the conjugate of x · conj(w), which belongs to the cross-correlation of the two.
fn correlated(x: vec4f, w: vec4f) -> vec4f {
  return x.xxzz * w + x.yyww * vec4f(w.y, -w.x, w.w, -w.z);
}
