// Pooling: each invocation computes one output from its window. Memory-bound: T·R·S values read (most from cache), one written,
// for as many additions or comparisons.
import package::pool::interface::{ PADDING, params, is_inside, load, source_place, store, window_of };
import package::shared::grid::workgroup_number;
import package::shared::padding::PADDING_CONSTANT;

// Numbers of src/algorithms/codes.ts.
const KIND_MAX = 0u;
const KIND_AVERAGE = 1u;
const KIND_L2 = 2u;

override KIND: u32 = 0u;
// What padding is: no part of a window; zeros that only the mean counts; or values, of a constant or of the input.
override PADDING_COUNTS: bool = false;
override PADDING_IS_VALUE: bool = false;

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
  let end = vec3i(params.depth_end, params.row_end, params.column_end);
  var result = 0.0;
  var found = false;
  var count = 0u;
  for (var depth = 0u; depth < params.window_depth; depth++) {
    for (var row = 0u; row < params.window_rows; row++) {
      for (var column = 0u; column < params.window_columns; column++) {
        let step = vec3u(depth * params.depth_dilation, row * params.row_dilation, column * params.column_dilation);
        let at = window.origin + bitcast<vec3i>(step);
        var place = bitcast<vec3u>(at);
        var inside = is_inside(place);
        var value = params.padding_value;
        if (PADDING_IS_VALUE && PADDING != PADDING_CONSTANT) {
          place = source_place(at);
          inside = true;
        }
        if (inside) {
          value = load(window, place);
        }
        if (inside | PADDING_IS_VALUE) {
          switch KIND {
            case KIND_MAX: { result = select(value, max(result, value), found); }
            case KIND_AVERAGE: { result += value; }
            default: { result += value * value; }
          }
          found = true;
        }
        count += select(0u, 1u, inside | PADDING_IS_VALUE | (PADDING_COUNTS & all(at < end)));
      }
    }
  }
  if (KIND == KIND_AVERAGE) { result /= f32(count); }
  if (KIND == KIND_L2) { result = sqrt(result); }
  store(number, result);
}
