// The products of four channels, summed in pairs before they are added to a block: so a product goes through C/4 + 2 roundings and
// not C, on which the error growth of src/algorithms/winograd-errors.ts rests. Written out, because WGSL leaves the order of sums
// in a product of matrices to the implementation.
import package::shared::outer::outer;

// column ⊗ row
fn product(column: vec4f, row: vec4f) -> mat4x4f {
  return mat4x4f(row.x * column, row.y * column, row.z * column, row.w * column);
}

// Σ columns[c] ⊗ rows[c]; column i of the result belongs to the filter rows[…][i].
fn four_products(columns: mat4x4f, rows: mat4x4f) -> mat4x4f {
  let first = outer(columns[1], rows[1], product(columns[0], rows[0]));
  let second = outer(columns[3], rows[3], product(columns[2], rows[2]));
  return first + second;
}
