// Winograd F(4×4, 3×3), filter: U = G g Gᵀ for every filter and channel, once for each filter. Packs a filter of any layout
// into the 36 matrices (of one axis 6) that the product reads: a row for each channel, in it the K/G filters side by side, zero-padded to
// whole vec4. One invocation transforms four filters of a channel. Bytes: 4·9·K·C/G read, 4·36·K·C/G written.
import package::filter::interface::{ params, packed };
import package::shared::grid::workgroup_number;
import package::winograd::f4::{ SixQuads, filter_transform };
import package::winograd::filter_interface::{ ONE_AXIS, load_column, load_line, place_of };

const MATRICES = 36u;

fn store_row(at: u32, pitch: u32, g: mat3x4f) {
  let u = filter_transform(g);
  packed[at] = u.s0;
  packed[at + pitch] = u.s1;
  packed[at + 2u * pitch] = u.s2;
  packed[at + 3u * pitch] = u.s3;
  packed[at + 4u * pitch] = u.s4;
  packed[at + 5u * pitch] = u.s5;
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let quad = workgroup_number(group, groups) * 64u + local;
  let pitch = params.quads / select(MATRICES, 6u, ONE_AXIS);
  if (quad >= pitch) {
    return;
  }
  let place = place_of(quad);
  let at = params.first_quad + quad;
  if (ONE_AXIS) {
    store_row(at, pitch, load_line(place));
    return;
  }
  let c0 = filter_transform(load_column(place, 0u));
  let c1 = filter_transform(load_column(place, 1u));
  let c2 = filter_transform(load_column(place, 2u));
  store_row(at, pitch, mat3x4f(c0.s0, c1.s0, c2.s0));
  store_row(at + 6u * pitch, pitch, mat3x4f(c0.s1, c1.s1, c2.s1));
  store_row(at + 12u * pitch, pitch, mat3x4f(c0.s2, c1.s2, c2.s2));
  store_row(at + 18u * pitch, pitch, mat3x4f(c0.s3, c1.s3, c2.s3));
  store_row(at + 24u * pitch, pitch, mat3x4f(c0.s4, c1.s4, c2.s4));
  store_row(at + 30u * pitch, pitch, mat3x4f(c0.s5, c1.s5, c2.s5));
}
