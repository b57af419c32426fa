// The input of a pointwise convolution, four elements at a time: positions where channels come first, channels where they come last.
@if(packed16) import package::shared::half::halves_of;
import package::shared::stored::StoredFour;

@group(0) @binding(1) var<storage, read> input: array<StoredFour>;  // (N, C, O·P·Q / 4) or (N, D, H, W, C / 4)

fn load_quad(quad: u32) -> vec4f {
  @if(packed16) { return halves_of(input[quad]); }
  @if(!packed16) { return vec4f(input[quad]); }
}
