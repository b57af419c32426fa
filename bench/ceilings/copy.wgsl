// Bandwidth ceiling: each invocation copies one vec4f. Bytes: 16 read and 16 written for each invocation.

@group(0) @binding(0) var<storage, read> source: array<vec4f>; // (N)
@group(0) @binding(1) var<storage, read_write> copied: array<vec4f>; // (N)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * 64u;
  if (index < arrayLength(&source)) {
    copied[index] = source[index];
  }
}
