// Dispatches beyond 65,535 workgroups in a dimension are folded (src/gpu/dispatch.ts); this is the way back.

// Number of a workgroup in the one-dimensional order that the host meant. `count` is @builtin(num_workgroups).
fn workgroup_number(id: vec3u, count: vec3u) -> u32 {
  return id.x + count.x * (id.y + count.y * id.z);
}
