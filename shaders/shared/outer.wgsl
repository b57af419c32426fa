// The inner step of every GEMM-like kernel: the rank-1 update of a 4×4 block held in registers.

// block + column ⊗ row: column i of the result gains column · row[i]. fma() may or may not be fused (WGSL 17.5.27).
fn outer(column: vec4f, row: vec4f, block: mat4x4f) -> mat4x4f {
  return mat4x4f(
    fma(column, vec4f(row.x), block[0]),
    fma(column, vec4f(row.y), block[1]),
    fma(column, vec4f(row.z), block[2]),
    fma(column, vec4f(row.w), block[3])
  );
}
