// A column of a spectrum: 64 complex points, which lie side by side, two a vec4.
@group(0) @binding(1) var<storage, read_write> spectra: array<vec4f>;

// Points 4·i to 4·i + 3 of the column that begins at `at`.
fn load_points(at: u32, i: u32) -> mat4x2f {
  let first = spectra[at + 2u * i];
  let second = spectra[at + 2u * i + 1u];
  return mat4x2f(first.xy, first.zw, second.xy, second.zw);
}

fn load_column(at: u32) -> array<mat4x2f, 16> {
  return array<mat4x2f, 16>(
    load_points(at, 0u), load_points(at, 1u), load_points(at, 2u), load_points(at, 3u),
    load_points(at, 4u), load_points(at, 5u), load_points(at, 6u), load_points(at, 7u),
    load_points(at, 8u), load_points(at, 9u), load_points(at, 10u), load_points(at, 11u),
    load_points(at, 12u), load_points(at, 13u), load_points(at, 14u), load_points(at, 15u)
  );
}

fn store_points(at: u32, i: u32, z: mat4x2f) {
  spectra[at + 2u * i] = vec4f(z[0], z[1]);
  spectra[at + 2u * i + 1u] = vec4f(z[2], z[3]);
}

fn store_column(at: u32, z: array<mat4x2f, 16>) {
  store_points(at, 0u, z[0]);
  store_points(at, 1u, z[1]);
  store_points(at, 2u, z[2]);
  store_points(at, 3u, z[3]);
  store_points(at, 4u, z[4]);
  store_points(at, 5u, z[5]);
  store_points(at, 6u, z[6]);
  store_points(at, 7u, z[7]);
  store_points(at, 8u, z[8]);
  store_points(at, 9u, z[9]);
  store_points(at, 10u, z[10]);
  store_points(at, 11u, z[11]);
  store_points(at, 12u, z[12]);
  store_points(at, 13u, z[13]);
  store_points(at, 14u, z[14]);
  store_points(at, 15u, z[15]);
}
