// Winograd F(2×2, 3×3), filter: U = G g Gᵀ for every filter and channel, once for each filter. Packs a filter of any layout
// into the 16 matrices (of one axis 4) that the product reads: a row for each channel, in it the K/G filters side by side, zero-padded to
// whole vec4. One invocation transforms four filters of a channel. Bytes: 4·9·K·C/G read, 4·16·K·C/G written.
import package::filter::interface::{ params, packed };
import package::shared::grid::workgroup_number;
import package::winograd::filter_interface::{ ONE_AXIS, load_column, load_line, place_of };

const MATRICES = 16u;

// G · g for four filters: four values of an axis as columns.
fn filter_transform(g: mat3x4f) -> mat4x4f {
  let even = 0.5 * (g[0] + g[2]);
  let odd = 0.5 * g[1];
  return mat4x4f(g[0], even + odd, even - odd, g[2]);
}

fn store_row(at: u32, pitch: u32, u: mat4x4f) {
  packed[at] = u[0];
  packed[at + pitch] = u[1];
  packed[at + 2u * pitch] = u[2];
  packed[at + 3u * pitch] = u[3];
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let quad = workgroup_number(group, groups) * 64u + local;
  let pitch = params.quads / select(MATRICES, 4u, ONE_AXIS);
  if (quad >= pitch) {
    return;
  }
  let place = place_of(quad);
  let at = params.first_quad + quad;
  if (ONE_AXIS) {
    store_row(at, pitch, filter_transform(load_line(place)));
    return;
  }
  let c0 = filter_transform(load_column(place, 0u));
  let c1 = filter_transform(load_column(place, 1u));
  let c2 = filter_transform(load_column(place, 2u));
  store_row(at, pitch, filter_transform(mat3x4f(c0[0], c1[0], c2[0])));
  store_row(at + 4u * pitch, pitch, filter_transform(mat3x4f(c0[1], c1[1], c2[1])));
  store_row(at + 8u * pitch, pitch, filter_transform(mat3x4f(c0[2], c1[2], c2[2])));
  store_row(at + 12u * pitch, pitch, filter_transform(mat3x4f(c0[3], c1[3], c2[3])));
}
