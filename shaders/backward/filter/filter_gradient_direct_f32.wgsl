// The gradient of a filter from the operands as they lie, without workspace: for problems that no workspace holds, however large. Each
// invocation sums 4 filters × 4 products over all positions: per position 8 loads and 16 multiply-adds.
import package::backward::filter::gradient::gradient_at;
import package::backward::filter::interface::{ OUTSIDE, elements_at, four_products, params };
import package::backward::filter::output::store_sums;
import package::input::values::input_at;
import package::shared::grid::workgroup_number;
import package::shared::outer::outer;

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
  let taps = params.filter_depth * params.filter_rows * params.filter_columns;
  let product_quads = (taps * params.group_channels + 3u) / 4u;
  let line = index / product_quads; // (group, filter quad)
  let filter_group = line / params.row_quads;
  let number = 4u * (line - filter_group * params.row_quads);
  let products = four_products(filter_group, 4u * (index - line * product_quads));
  let fill = select(vec4f(0.0), vec4f(params.padding_value), products.exists);

  // filters past the last read the last, and are not stored
  let filters = min(vec4u(number) + vec4u(0u, 1u, 2u, 3u), vec4u(params.group_filters - 1u));
  let filter_at = (filter_group * params.group_filters + filters) * params.gradient_filter_pitch;
  let channel_at = products.channel * params.input_channel_pitch;
  var block: mat4x4f; // column i: the four filters' weights of product i
  for (var row_number = 0u; row_number < params.images * params.output_depth * params.output_rows; row_number++) {
    let plane_number = row_number / params.output_rows;
    let image = plane_number / params.output_depth;
    let depth = plane_number - image * params.output_depth;
    let row = row_number - plane_number * params.output_rows;
    let d = depth * params.depth_stride + products.depth_step;
    let h = row * params.row_stride + products.row_step;
    let in_image = image * params.input_image_pitch + channel_at;
    var w = products.column_step;
    var source = image * params.gradient_image_pitch + depth * params.gradient_depth_pitch + row * params.gradient_row_pitch + filter_at;
    for (var column = 0u; column < params.output_columns; column++) {
      let element = elements_at(d, h, w);
      let inside = products.exists & (element != vec4u(OUTSIDE));
      let at = select(vec4u(0u), in_image + element, inside);
      let values = select(fill, vec4f(input_at(at.x), input_at(at.y), input_at(at.z), input_at(at.w)), inside);
      let gradients = vec4f(gradient_at(source.x), gradient_at(source.y), gradient_at(source.z), gradient_at(source.w));
      block = outer(gradients, values, block);
      w += params.column_stride;
      source += params.gradient_column_pitch;
    }
  }

  let count = params.group_filters - number;
  let pitch = params.weight_filter_pitch;
  let weight = products.weight + number * pitch;
  if (products.exists.x) { store_sums(count, weight.x, pitch, block[0]); }
  if (products.exists.y) { store_sums(count, weight.y, pitch, block[1]); }
  if (products.exists.z) { store_sums(count, weight.z, pitch, block[2]); }
  if (products.exists.w) { store_sums(count, weight.w, pitch, block[3]); }
}
