// The output's gradient as kernels read it value by value: binding 4 of all of them.
@if(packed16) import package::shared::half::half_of;
import package::shared::stored::Stored;

@group(0) @binding(4) var<storage, read> gradient: array<Stored>;  // (N, K, O, P, Q) or (N, O, P, Q, K), by the pitches of a kernel

fn gradient_at(index: u32) -> f32 {
  @if(packed16) { return half_of(gradient[index >> 1u], index); }
  @if(!packed16) { return f32(gradient[index]); }
}
