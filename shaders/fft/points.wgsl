// The discrete Fourier transform of 64 complex points in registers: three passes of butterflies of four, 64 = 4·4·4.
//     X[n] = Σk x[k] · exp(−2πi·k·n / 64)
// J. W. Cooley, J. W. Tukey, An Algorithm for the Machine Calculation of Complex Fourier Series, Math. Comp. 19, 1965.
// Four points are the columns of a mat4x2f, as (real, imaginary), 64 an array of these that is never indexed by a variable, so that
// all of it stays in registers. Roundings on the way of a point are counted in src/algorithms/fft-error.ts.
import package::fft::turns::{
  TURN_1_0, TURN_1_1, TURN_1_2, TURN_1_3, TURN_2_0, TURN_2_1, TURN_2_2, TURN_2_3, TURN_3_0, TURN_3_1, TURN_3_2, TURN_3_3,
  QUARTER_1, QUARTER_2, QUARTER_3
};

// −i · z
fn turned_back(z: vec2f) -> vec2f {
  return vec2f(z.y, -z.x);
}

// The four sums of four points each, of four transforms side by side.
struct Butterflies {
  s0: mat4x2f,
  s1: mat4x2f,
  s2: mat4x2f,
  s3: mat4x2f,
}

fn butterflies(a: mat4x2f, b: mat4x2f, c: mat4x2f, d: mat4x2f) -> Butterflies {
  let even = a + c;
  let odd = a - c;
  let sum = b + d;
  let difference = b - d;
  let back = mat4x2f(
    turned_back(difference[0]), turned_back(difference[1]), turned_back(difference[2]), turned_back(difference[3])
  );
  return Butterflies(even + sum, odd + back, even - sum, odd - back);
}

// The same of one transform, whose points are the columns.
fn butterfly(z: mat4x2f) -> mat4x2f {
  let even = z[0] + z[2];
  let odd = z[0] - z[2];
  let sum = z[1] + z[3];
  let back = turned_back(z[1] - z[3]);
  return mat4x2f(even + sum, odd + back, even - sum, odd - back);
}

fn product(z: vec2f, w: vec2f) -> vec2f {
  return vec2f(z.x * w.x - z.y * w.y, z.x * w.y + z.y * w.x);
}

fn turned(z: mat4x2f, w: mat4x2f) -> mat4x2f {
  return mat4x2f(product(z[0], w[0]), product(z[1], w[1]), product(z[2], w[2]), product(z[3], w[3]));
}

// The transform of 16 points, four a matrix; number j + 4·l of the result is column l of s(j).
fn sixteen(a: mat4x2f, b: mat4x2f, c: mat4x2f, d: mat4x2f) -> Butterflies {
  let z = butterflies(a, b, c, d);
  return Butterflies(
    butterfly(z.s0), butterfly(turned(z.s1, QUARTER_1)), butterfly(turned(z.s2, QUARTER_2)), butterfly(turned(z.s3, QUARTER_3))
  );
}

// The transform of 64 points, in and out in their natural order, four a matrix.
fn transform(x: array<mat4x2f, 16>) -> array<mat4x2f, 16> {
  // sums over every sixteenth point: number j of points k belongs to the transform of 16 points whose results are j modulo 4
  let a = butterflies(x[0], x[4], x[8], x[12]);
  let b = butterflies(x[1], x[5], x[9], x[13]);
  let c = butterflies(x[2], x[6], x[10], x[14]);
  let d = butterflies(x[3], x[7], x[11], x[15]);
  let p = sixteen(a.s0, b.s0, c.s0, d.s0);
  let q = sixteen(turned(a.s1, TURN_1_0), turned(b.s1, TURN_1_1), turned(c.s1, TURN_1_2), turned(d.s1, TURN_1_3));
  let r = sixteen(turned(a.s2, TURN_2_0), turned(b.s2, TURN_2_1), turned(c.s2, TURN_2_2), turned(d.s2, TURN_2_3));
  let s = sixteen(turned(a.s3, TURN_3_0), turned(b.s3, TURN_3_1), turned(c.s3, TURN_3_2), turned(d.s3, TURN_3_3));
  return array<mat4x2f, 16>(
    mat4x2f(p.s0[0], q.s0[0], r.s0[0], s.s0[0]),
    mat4x2f(p.s1[0], q.s1[0], r.s1[0], s.s1[0]),
    mat4x2f(p.s2[0], q.s2[0], r.s2[0], s.s2[0]),
    mat4x2f(p.s3[0], q.s3[0], r.s3[0], s.s3[0]),
    mat4x2f(p.s0[1], q.s0[1], r.s0[1], s.s0[1]),
    mat4x2f(p.s1[1], q.s1[1], r.s1[1], s.s1[1]),
    mat4x2f(p.s2[1], q.s2[1], r.s2[1], s.s2[1]),
    mat4x2f(p.s3[1], q.s3[1], r.s3[1], s.s3[1]),
    mat4x2f(p.s0[2], q.s0[2], r.s0[2], s.s0[2]),
    mat4x2f(p.s1[2], q.s1[2], r.s1[2], s.s1[2]),
    mat4x2f(p.s2[2], q.s2[2], r.s2[2], s.s2[2]),
    mat4x2f(p.s3[2], q.s3[2], r.s3[2], s.s3[2]),
    mat4x2f(p.s0[3], q.s0[3], r.s0[3], s.s0[3]),
    mat4x2f(p.s1[3], q.s1[3], r.s1[3], s.s1[3]),
    mat4x2f(p.s2[3], q.s2[3], r.s2[3], s.s2[3]),
    mat4x2f(p.s3[3], q.s3[3], r.s3[3], s.s3[3])
  );
}
