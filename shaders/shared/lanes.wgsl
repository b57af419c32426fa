// Four neighbouring lanes of a subgroup (WGSL's quad) that multiply with the same weights load a quarter of them each, and have the
// others' from registers. Needs the feature `subgroups`; right for subgroups of every size, since none has fewer than 4 lanes.

// Column i: what lane i of the four holds. All four must call it together: WGSL cannot prove that they do, since it takes no result
// of a subgroup's functions for uniform.
@diagnostic(off, subgroup_uniformity)
fn from_lanes(mine: vec4f) -> mat4x4f {
  return mat4x4f(quadBroadcast(mine, 0u), quadBroadcast(mine, 1u), quadBroadcast(mine, 2u), quadBroadcast(mine, 3u));
}
