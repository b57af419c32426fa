// The input as kernels read it value by value: binding 1 of all of them.
@if(packed16) import package::shared::half::half_of;
import package::shared::stored::Stored;

@group(0) @binding(1) var<storage, read> input: array<Stored>;  // (N, C, D, H, W) or (N, D, H, W, C), by the pitches of a kernel

fn input_at(index: u32) -> f32 {
  @if(packed16) { return half_of(input[index >> 1u], index); }
  @if(!packed16) { return f32(input[index]); }
}
