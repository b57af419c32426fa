// Arithmetic ceiling: eight independent chains of fused multiply-adds of vec4f in each invocation, which some software
// adapters compute faster than scalars.
// Flops: 8 · 2 · 4 · 8 · invocations · rounds. Bytes: 4 for each invocation, which keep the chains from being left out.

@group(0) @binding(0) var<storage, read_write> sums: array<f32>; // one for each invocation
@group(0) @binding(1) var<uniform> rounds: vec4u; // x: eighths of the length of the chains

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = vec4f(f32(id.x)) * vec4f(1e-9, 2e-9, 3e-9, 4e-9);
  let f = vec4f(0.5) + x; // each value tends to 1/(1 - f), far from infinity and from denormal numbers
  let one = vec4f(1.0);
  var a = x; var b = x + 0.1; var c = x + 0.2; var d = x + 0.3;
  var p = x + 0.4; var q = x + 0.5; var r = x + 0.6; var s = x + 0.7;
  for (var i = 0u; i < rounds.x; i++) {
    a = fma(a, f, one); b = fma(b, f, one); c = fma(c, f, one); d = fma(d, f, one);
    p = fma(p, f, one); q = fma(q, f, one); r = fma(r, f, one); s = fma(s, f, one);
    a = fma(a, f, one); b = fma(b, f, one); c = fma(c, f, one); d = fma(d, f, one);
    p = fma(p, f, one); q = fma(q, f, one); r = fma(r, f, one); s = fma(s, f, one);
    a = fma(a, f, one); b = fma(b, f, one); c = fma(c, f, one); d = fma(d, f, one);
    p = fma(p, f, one); q = fma(q, f, one); r = fma(r, f, one); s = fma(s, f, one);
    a = fma(a, f, one); b = fma(b, f, one); c = fma(c, f, one); d = fma(d, f, one);
    p = fma(p, f, one); q = fma(q, f, one); r = fma(r, f, one); s = fma(s, f, one);
    a = fma(a, f, one); b = fma(b, f, one); c = fma(c, f, one); d = fma(d, f, one);
    p = fma(p, f, one); q = fma(q, f, one); r = fma(r, f, one); s = fma(s, f, one);
    a = fma(a, f, one); b = fma(b, f, one); c = fma(c, f, one); d = fma(d, f, one);
    p = fma(p, f, one); q = fma(q, f, one); r = fma(r, f, one); s = fma(s, f, one);
    a = fma(a, f, one); b = fma(b, f, one); c = fma(c, f, one); d = fma(d, f, one);
    p = fma(p, f, one); q = fma(q, f, one); r = fma(r, f, one); s = fma(s, f, one);
    a = fma(a, f, one); b = fma(b, f, one); c = fma(c, f, one); d = fma(d, f, one);
    p = fma(p, f, one); q = fma(q, f, one); r = fma(r, f, one); s = fma(s, f, one);
  }
  sums[id.x] = dot(a + b + c + d + p + q + r + s, one);
}
