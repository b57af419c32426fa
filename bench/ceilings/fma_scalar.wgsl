// Arithmetic ceiling: sixteen independent chains of fused multiply-adds of scalars in each invocation.
// Flops: 8 · 2 · 16 · invocations · rounds. Bytes: 4 for each invocation, which keep the chains from being left out.

@group(0) @binding(0) var<storage, read_write> sums: array<f32>; // one for each invocation
@group(0) @binding(1) var<uniform> rounds: vec4u; // x: eighths of the length of the chains

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = f32(id.x) * 1e-9;
  let f = 0.5 + x; // each value tends to 1/(1 - f), far from infinity and from denormal numbers
  var a0 = x; var a1 = x + 0.1; var a2 = x + 0.2; var a3 = x + 0.3;
  var b0 = x + 0.4; var b1 = x + 0.5; var b2 = x + 0.6; var b3 = x + 0.7;
  var c0 = x + 0.8; var c1 = x + 0.9; var c2 = x + 1.0; var c3 = x + 1.1;
  var d0 = x + 1.2; var d1 = x + 1.3; var d2 = x + 1.4; var d3 = x + 1.5;
  for (var i = 0u; i < rounds.x; i++) {
    a0 = fma(a0, f, 1.0); a1 = fma(a1, f, 1.0); a2 = fma(a2, f, 1.0); a3 = fma(a3, f, 1.0);
    b0 = fma(b0, f, 1.0); b1 = fma(b1, f, 1.0); b2 = fma(b2, f, 1.0); b3 = fma(b3, f, 1.0);
    c0 = fma(c0, f, 1.0); c1 = fma(c1, f, 1.0); c2 = fma(c2, f, 1.0); c3 = fma(c3, f, 1.0);
    d0 = fma(d0, f, 1.0); d1 = fma(d1, f, 1.0); d2 = fma(d2, f, 1.0); d3 = fma(d3, f, 1.0);
    a0 = fma(a0, f, 1.0); a1 = fma(a1, f, 1.0); a2 = fma(a2, f, 1.0); a3 = fma(a3, f, 1.0);
    b0 = fma(b0, f, 1.0); b1 = fma(b1, f, 1.0); b2 = fma(b2, f, 1.0); b3 = fma(b3, f, 1.0);
    c0 = fma(c0, f, 1.0); c1 = fma(c1, f, 1.0); c2 = fma(c2, f, 1.0); c3 = fma(c3, f, 1.0);
    d0 = fma(d0, f, 1.0); d1 = fma(d1, f, 1.0); d2 = fma(d2, f, 1.0); d3 = fma(d3, f, 1.0);
    a0 = fma(a0, f, 1.0); a1 = fma(a1, f, 1.0); a2 = fma(a2, f, 1.0); a3 = fma(a3, f, 1.0);
    b0 = fma(b0, f, 1.0); b1 = fma(b1, f, 1.0); b2 = fma(b2, f, 1.0); b3 = fma(b3, f, 1.0);
    c0 = fma(c0, f, 1.0); c1 = fma(c1, f, 1.0); c2 = fma(c2, f, 1.0); c3 = fma(c3, f, 1.0);
    d0 = fma(d0, f, 1.0); d1 = fma(d1, f, 1.0); d2 = fma(d2, f, 1.0); d3 = fma(d3, f, 1.0);
    a0 = fma(a0, f, 1.0); a1 = fma(a1, f, 1.0); a2 = fma(a2, f, 1.0); a3 = fma(a3, f, 1.0);
    b0 = fma(b0, f, 1.0); b1 = fma(b1, f, 1.0); b2 = fma(b2, f, 1.0); b3 = fma(b3, f, 1.0);
    c0 = fma(c0, f, 1.0); c1 = fma(c1, f, 1.0); c2 = fma(c2, f, 1.0); c3 = fma(c3, f, 1.0);
    d0 = fma(d0, f, 1.0); d1 = fma(d1, f, 1.0); d2 = fma(d2, f, 1.0); d3 = fma(d3, f, 1.0);
    a0 = fma(a0, f, 1.0); a1 = fma(a1, f, 1.0); a2 = fma(a2, f, 1.0); a3 = fma(a3, f, 1.0);
    b0 = fma(b0, f, 1.0); b1 = fma(b1, f, 1.0); b2 = fma(b2, f, 1.0); b3 = fma(b3, f, 1.0);
    c0 = fma(c0, f, 1.0); c1 = fma(c1, f, 1.0); c2 = fma(c2, f, 1.0); c3 = fma(c3, f, 1.0);
    d0 = fma(d0, f, 1.0); d1 = fma(d1, f, 1.0); d2 = fma(d2, f, 1.0); d3 = fma(d3, f, 1.0);
    a0 = fma(a0, f, 1.0); a1 = fma(a1, f, 1.0); a2 = fma(a2, f, 1.0); a3 = fma(a3, f, 1.0);
    b0 = fma(b0, f, 1.0); b1 = fma(b1, f, 1.0); b2 = fma(b2, f, 1.0); b3 = fma(b3, f, 1.0);
    c0 = fma(c0, f, 1.0); c1 = fma(c1, f, 1.0); c2 = fma(c2, f, 1.0); c3 = fma(c3, f, 1.0);
    d0 = fma(d0, f, 1.0); d1 = fma(d1, f, 1.0); d2 = fma(d2, f, 1.0); d3 = fma(d3, f, 1.0);
    a0 = fma(a0, f, 1.0); a1 = fma(a1, f, 1.0); a2 = fma(a2, f, 1.0); a3 = fma(a3, f, 1.0);
    b0 = fma(b0, f, 1.0); b1 = fma(b1, f, 1.0); b2 = fma(b2, f, 1.0); b3 = fma(b3, f, 1.0);
    c0 = fma(c0, f, 1.0); c1 = fma(c1, f, 1.0); c2 = fma(c2, f, 1.0); c3 = fma(c3, f, 1.0);
    d0 = fma(d0, f, 1.0); d1 = fma(d1, f, 1.0); d2 = fma(d2, f, 1.0); d3 = fma(d3, f, 1.0);
    a0 = fma(a0, f, 1.0); a1 = fma(a1, f, 1.0); a2 = fma(a2, f, 1.0); a3 = fma(a3, f, 1.0);
    b0 = fma(b0, f, 1.0); b1 = fma(b1, f, 1.0); b2 = fma(b2, f, 1.0); b3 = fma(b3, f, 1.0);
    c0 = fma(c0, f, 1.0); c1 = fma(c1, f, 1.0); c2 = fma(c2, f, 1.0); c3 = fma(c3, f, 1.0);
    d0 = fma(d0, f, 1.0); d1 = fma(d1, f, 1.0); d2 = fma(d2, f, 1.0); d3 = fma(d3, f, 1.0);
  }
  sums[id.x] = a0 + a1 + a2 + a3 + b0 + b1 + b2 + b3 + c0 + c1 + c2 + c3 + d0 + d1 + d2 + d3;
}
