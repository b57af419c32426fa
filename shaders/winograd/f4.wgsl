// Winograd F(4, 3) along one axis, from the points 0, ±5/8, ±13/8 and ∞: the matrices of test/support/winograd/transforms.ts, of
// which these functions are the products with three (four) columns at once, step by step as that file has them: the error growth is
// derived from these steps. The points are those of least error growth that are short binary fractions, so that all constants of
// Bᵀ and Aᵀ are exact in f32.

const A = 0.625;
const A2 = 0.390625;
const A3 = 0.244140625;
const B = 1.625;
const B2 = 2.640625;
const B3 = 4.291015625;
const SUM = 3.03125;            // A² + B²
const PRODUCT = 1.031494140625; // A² · B²

// Six values of an axis, for three columns.
struct Six {
  s0: vec3f,
  s1: vec3f,
  s2: vec3f,
  s3: vec3f,
  s4: vec3f,
  s5: vec3f,
}

// Bᵀ · d
fn input_transform(d: Six) -> Six {
  let even_a = fma(vec3f(-B2), d.s2, d.s4);
  let odd_a = fma(vec3f(-A * B2), d.s1, A * d.s3);
  let even_b = fma(vec3f(-A2), d.s2, d.s4);
  let odd_b = fma(vec3f(-B * A2), d.s1, B * d.s3);
  return Six(
    fma(vec3f(PRODUCT), d.s0, fma(vec3f(-SUM), d.s2, d.s4)),
    even_a + odd_a,
    even_a - odd_a,
    even_b + odd_b,
    even_b - odd_b,
    fma(vec3f(PRODUCT), d.s1, fma(vec3f(-SUM), d.s3, d.s5))
  );
}

// Four values of an axis, for three columns.
struct Four {
  s0: vec3f,
  s1: vec3f,
  s2: vec3f,
  s3: vec3f,
}

// Aᵀ · m
fn output_transform(m: Six) -> Four {
  let even_a = m.s1 + m.s2;
  let odd_a = m.s1 - m.s2;
  let even_b = m.s3 + m.s4;
  let odd_b = m.s3 - m.s4;
  return Four(
    m.s0 + (even_a + even_b),
    fma(vec3f(A), odd_a, B * odd_b),
    fma(vec3f(A2), even_a, B2 * even_b),
    fma(vec3f(A3), odd_a, fma(vec3f(B3), odd_b, m.s5))
  );
}

// Six values of an axis, for four columns.
struct SixQuads {
  s0: vec4f,
  s1: vec4f,
  s2: vec4f,
  s3: vec4f,
  s4: vec4f,
  s5: vec4f,
}

// 1 over the product of the distances from the points 0, ±A and ±B to the other points but ∞
const NEAR_0 = 4096.0 / 4225.0;
const NEAR_A = -128.0 / 225.0;
const NEAR_B = 128.0 / 1521.0;

// G · g, g the three taps of an axis: the rows of G are (1, p, p²), p the points, each times the constant of its point.
fn filter_transform(g: mat3x4f) -> SixQuads {
  let even_a = fma(vec4f(NEAR_A * A2), g[2], NEAR_A * g[0]);
  let odd_a = (NEAR_A * A) * g[1];
  let even_b = fma(vec4f(NEAR_B * B2), g[2], NEAR_B * g[0]);
  let odd_b = (NEAR_B * B) * g[1];
  return SixQuads(NEAR_0 * g[0], even_a + odd_a, even_a - odd_a, even_b + odd_b, even_b - odd_b, g[2]);
}
