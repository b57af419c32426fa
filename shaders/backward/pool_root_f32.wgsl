// First step of the gradient of √Σx²: gradient / root of every window, in f32; 0 where the root is. Each invocation computes one window.
// Bytes: the input read (each value by several windows, mostly from cache) and the gradient, 4 bytes a window written.
import package::input::values::input_at;
import package::pool::interface::{ PADDING, params, is_inside, load, source_place, window_of };
@if(packed16) import package::shared::half::half_of;
import package::shared::grid::workgroup_number;
import package::shared::padding::PADDING_CONSTANT;
import package::shared::stored::Stored;

// True if padding holds values, of a constant or of the input.
override PADDING_IS_VALUE: bool = false;

@group(0) @binding(2) var<storage, read_write> ratios: array<f32>;  // as the gradient
@group(0) @binding(3) var<storage, read> gradient: array<Stored>;   // (N, C, O, P, Q) or (N, O, P, Q, C)

fn gradient_at(index: u32) -> f32 {
  @if(packed16) { return half_of(gradient[index >> 1u], index); }
  @if(!packed16) { return f32(gradient[index]); }
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let number = workgroup_number(group, groups) * 64u + local;
  if (number >= params.outputs) {
    return;
  }
  let window = window_of(number);
  var sum = 0.0;
  for (var depth = 0u; depth < params.window_depth; depth++) {
    for (var row = 0u; row < params.window_rows; row++) {
      for (var column = 0u; column < params.window_columns; column++) {
        let step = vec3u(depth * params.depth_dilation, row * params.row_dilation, column * params.column_dilation);
        let at = window.origin + bitcast<vec3i>(step);
        var place = bitcast<vec3u>(at);
        var value = select(0.0, params.padding_value, PADDING_IS_VALUE);
        if (PADDING_IS_VALUE && PADDING != PADDING_CONSTANT) {
          place = source_place(at);
        }
        if (is_inside(place)) {
          value = load(window, place);
        }
        sum += value * value;
      }
    }
  }
  let root = sqrt(sum);
  ratios[number] = select(gradient_at(number) / root, 0.0, sum == 0.0);
}
