// Adds the parts that a filter's gradient was summed in, in their order, and writes them as the filter is laid out. An invocation
// finishes a weight of four neighbouring filters. Bytes: 4·parts·K·C/G·T·R·S read, and the gradient written.
import package::backward::filter::interface::{ four_products, params };
import package::backward::filter::output::store_sums;
import package::shared::grid::workgroup_number;

@group(0) @binding(1) var<storage, read> sums: array<vec4f>;  // (parts, G, T·R·S·C/G, row_quads)

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
  var sum = sums[index];
  for (var part = 1u; part < params.parts; part++) {
    sum += sums[part * params.invocations + index];
  }
  let line = index / params.row_quads; // (group, product)
  let number = 4u * (index - line * params.row_quads);
  let products = params.filter_depth * params.filter_rows * params.filter_columns * params.group_channels;
  let filter_group = line / products;
  let weight = four_products(filter_group, line - filter_group * products).weight.x;
  store_sums(params.group_filters - number, weight + number * params.weight_filter_pitch, params.weight_filter_pitch, sum);
}
