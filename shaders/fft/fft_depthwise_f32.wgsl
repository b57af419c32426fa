// Columns of the spectra of filters of one channel, from those of the channel: transformed, multiplied by the filter's, and transformed
// back, without a dispatch or a place in memory of their own. What is written is conjugated, because the transform back is a transform of
// conjugates: conj(X · conj W) = conj X · W. One invocation takes a column of a tile and filter.
// Bytes: 3·4·2·64 a column, one time in three the filter's, which all tiles share. Arithmetic: 3,100 operations.
import package::fft::column::{ load_column, store_column };
import package::fft::correlate::correlated;
import package::fft::points::transform;
import package::shared::grid::workgroup_number;

struct Params {
  columns: u32,        // tiles · K · 33
  channels: u32,       // C
  filters: u32,        // K
  multiplier: u32,     // K/C
  first_product: u32,  // vec4 that the products begin at; 0: they take the places of their channels
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> filters: array<vec4f>;  // (K, 33 columns, 32)

// Four points of the conjugate product with the filter column that begins at `at`.
fn multiplied(at: u32, i: u32, z: mat4x2f) -> mat4x2f {
  let first = correlated(vec4f(z[0], z[1]), filters[at + 2u * i]);
  let second = correlated(vec4f(z[2], z[3]), filters[at + 2u * i + 1u]);
  return mat4x2f(first.xy, first.zw, second.xy, second.zw);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let number = workgroup_number(group, groups) * 64u + local; // (tile, filter, column)
  if (number >= params.columns) {
    return;
  }
  let spectrum = number / 33u;
  let column = number - spectrum * 33u;
  let tile = spectrum / params.filters;
  let filter_number = spectrum - tile * params.filters;
  let channel = filter_number / params.multiplier;
  let at = 32u * (filter_number * 33u + column);
  let x = transform(load_column(32u * ((tile * params.channels + channel) * 33u + column)));
  let y = array<mat4x2f, 16>(
    multiplied(at, 0u, x[0]), multiplied(at, 1u, x[1]), multiplied(at, 2u, x[2]), multiplied(at, 3u, x[3]),
    multiplied(at, 4u, x[4]), multiplied(at, 5u, x[5]), multiplied(at, 6u, x[6]), multiplied(at, 7u, x[7]),
    multiplied(at, 8u, x[8]), multiplied(at, 9u, x[9]), multiplied(at, 10u, x[10]), multiplied(at, 11u, x[11]),
    multiplied(at, 12u, x[12]), multiplied(at, 13u, x[13]), multiplied(at, 14u, x[14]), multiplied(at, 15u, x[15])
  );
  store_column(params.first_product + 32u * number, transform(y));
}
