// How two real rows become halves of their spectra: as real and imaginary part of one complex row they are transformed together,
// and are told apart by symmetry, since the spectrum of a real row takes conjugate values at u and at −u,
//     2·A[u] = Z[u] + conj Z[−u],   2·B[u] = −i · (Z[u] − conj Z[−u]),
// H. Sorensen, D. Jones, M. Heideman, C. Burrus, Real-Valued Fast Fourier Transform Algorithms, IEEE Trans. ASSP 35, 1987, section I.
// Columns u = 0 to 32 are kept. Twice the spectrum is written: what is left is in the scale of the filter.

// Tiles of 64 rows: (tiles, channels), or of filters, in each (33 columns, 32 pairs of rows), a pair as two complex numbers.
@group(0) @binding(2) var<storage, read_write> spectra: array<vec4f>;

const COLUMN_QUADS = 32u;

// (2·A, 2·B)
fn told_apart(z: vec2f, mirrored: vec2f) -> vec4f {
  return vec4f(z.x + mirrored.x, z.y - mirrored.y, z.y + mirrored.y, mirrored.x - z.x);
}

// Columns u to u + 3: `first` is Z[−u], `mirrored` ends with Z[−u − 3] to Z[−u − 1].
fn store_four(at: u32, z: mat4x2f, first: vec2f, mirrored: mat4x2f) {
  spectra[at] = told_apart(z[0], first);
  spectra[at + COLUMN_QUADS] = told_apart(z[1], mirrored[3]);
  spectra[at + 2u * COLUMN_QUADS] = told_apart(z[2], mirrored[2]);
  spectra[at + 3u * COLUMN_QUADS] = told_apart(z[3], mirrored[1]);
}

// Writes what the transform of a pair of rows is, the first of its columns at `at`.
fn store_rows(at: u32, z: array<mat4x2f, 16>) {
  store_four(at, z[0], z[0][0], z[15]);
  store_four(at + 4u * COLUMN_QUADS, z[1], z[15][0], z[14]);
  store_four(at + 8u * COLUMN_QUADS, z[2], z[14][0], z[13]);
  store_four(at + 12u * COLUMN_QUADS, z[3], z[13][0], z[12]);
  store_four(at + 16u * COLUMN_QUADS, z[4], z[12][0], z[11]);
  store_four(at + 20u * COLUMN_QUADS, z[5], z[11][0], z[10]);
  store_four(at + 24u * COLUMN_QUADS, z[6], z[10][0], z[9]);
  store_four(at + 28u * COLUMN_QUADS, z[7], z[9][0], z[8]);
  spectra[at + 32u * COLUMN_QUADS] = told_apart(z[8][0], z[8][0]);
}
