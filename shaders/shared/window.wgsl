// A window of 16 neighbouring values of a row, held in registers as four vec4, that slides along it one value at a time.

// The window one value further: the first falls out, `next` comes in.
fn slide(window: mat4x4f, next: f32) -> mat4x4f {
  return mat4x4f(
    vec4f(window[0].yzw, window[1].x),
    vec4f(window[1].yzw, window[2].x),
    vec4f(window[2].yzw, window[3].x),
    vec4f(window[3].yzw, next)
  );
}

// sums + window · weight: one tap of 16 neighbouring outputs.
fn add_tap(window: mat4x4f, weight: f32, sums: mat4x4f) -> mat4x4f {
  let w = vec4f(weight);
  return mat4x4f(fma(window[0], w, sums[0]), fma(window[1], w, sums[1]), fma(window[2], w, sums[2]), fma(window[3], w, sums[3]));
}
