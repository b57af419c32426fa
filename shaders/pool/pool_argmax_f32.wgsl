// Max pooling that also tells where: the flat index of the largest value in the plane of its channel (the first, where several
// are largest). Each invocation computes one output.
import package::pool::interface::{ PADDING, params, is_inside, load, source_place, store, window_of };
import package::shared::grid::workgroup_number;
import package::shared::padding::PADDING_CONSTANT;

// True if padding holds values of the input, of which one may be the largest.
override PADDING_IS_VALUE: bool = false;

@group(0) @binding(3) var<storage, read_write> indices: array<u32>;  // as the output: (depth · H + row) · W + column

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
  var largest = 0.0;
  var index = 0u;
  var found = false;
  for (var depth = 0u; depth < params.window_depth; depth++) {
    for (var row = 0u; row < params.window_rows; row++) {
      for (var column = 0u; column < params.window_columns; column++) {
        let step = vec3u(depth * params.depth_dilation, row * params.row_dilation, column * params.column_dilation);
        let at = window.origin + bitcast<vec3i>(step);
        var place = bitcast<vec3u>(at);
        if (PADDING_IS_VALUE && PADDING != PADDING_CONSTANT) {
          place = source_place(at);
        }
        if (is_inside(place)) {
          let value = load(window, place);
          if (!found | (value > largest)) {
            largest = value;
            index = (place.x * params.input_rows + place.y) * params.input_columns + place.z;
            found = true;
          }
        }
      }
    }
  }
  store(number, largest);
  indices[number] = index;
}
