// Lays an operand of a filter's gradient out as a matrix with a row for each output position of a band: for the input the C/G·T·R·S values
// under the taps there, in the order (t, r, s, c); for the output's gradient, as under a single tap, its K/G values. Rows are zero-padded
// to whole vec4. One invocation writes a vec4 of `part_positions` consecutive rows: products are taken apart by division once, positions by
// counting. Bytes: 4·products·positions written, as many read (most from cache).
import package::backward::filter::interface::{ OUTSIDE, Products, elements_at, four_products, params };
import package::input::values::input_at;
import package::shared::grid::workgroup_number;
import package::shared::positions::next_position;

@group(0) @binding(2) var<storage, read_write> matrix: array<vec4f>;  // (G, positions, row_quads)

// Whether the four products of a vec4 have their tap in common: channels are a multiple of four.
override IS_ONE_TAP: bool = false;

// The elements under four products at position `p`.
fn elements_under(p: vec4u, products: Products) -> vec4u {
  let d = p.y * params.depth_stride + products.depth_step;
  let h = p.z * params.row_stride + products.row_step;
  let w = p.w * params.column_stride + products.column_step;
  if (IS_ONE_TAP) {
    return vec4u(elements_at(vec4u(d.x), vec4u(h.x), vec4u(w.x)).x); // the same four times is computed once
  }
  return elements_at(d, h, w);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = workgroup_number(group, groups) * 64u + local;
  if (index >= params.invocations) {
    return;
  }
  let line = index / params.row_quads; // (group, stretch of positions)
  let quad = index - line * params.row_quads;
  let filter_group = line / params.parts;
  let first = (line - filter_group * params.parts) * params.part_positions;

  let products = four_products(filter_group, 4u * quad);
  let channel_at = products.channel * params.input_channel_pitch;
  let fill = select(vec4f(0.0), vec4f(params.padding_value), products.exists);

  let size = vec3u(params.output_depth, params.output_rows, params.output_columns);
  let number = params.first_position + first;
  let row_number = number / size.z;
  let plane_number = row_number / size.y;
  let image = plane_number / size.x;
  var p = vec4u(image, plane_number - image * size.x, row_number - plane_number * size.y, number - row_number * size.z);
  var at = (filter_group * params.positions + first) * params.row_quads + quad;
  let last = min(first + params.part_positions, params.positions);
  for (var position = first; position < last; position++) {
    let element = elements_under(p, products);
    let inside = products.exists & (element != vec4u(OUTSIDE));
    let source = select(vec4u(0u), p.x * params.input_image_pitch + channel_at + element, inside);
    matrix[at] = select(fill, vec4f(input_at(source.x), input_at(source.y), input_at(source.z), input_at(source.w)), inside);
    at += params.row_quads;
    p = next_position(p, size);
  }
}
