// Columns of spectra, each transformed in place: the second half of a two-dimensional transform of 64×64 points, of tiles of the
// input and of filters; and, on products that are conjugates, the first half of the way back. One invocation takes a column.
// Bytes: 4·2·64 a column read, as many written. Arithmetic: 1,350 operations a column.
import package::fft::column::{ load_column, store_column };
import package::fft::points::transform;
import package::shared::grid::workgroup_number;

struct Params {
  columns: u32,     // of all spectra
  first_quad: u32,  // vec4 that the first begins at
}

@group(0) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let column = workgroup_number(group, groups) * 64u + local;
  if (column >= params.columns) {
    return;
  }
  let at = params.first_quad + 32u * column;
  store_column(at, transform(load_column(at)));
}
