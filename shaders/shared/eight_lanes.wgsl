// Eight lanes of a subgroup that multiply with the same weights load an eighth of them each, and have the others' from registers. Needs the
// feature `subgroups`, subgroups of 8 lanes at least, and a workgroup of 8 invocations, all of which do the same: they are lanes 0 to 7.
// WGSL wants the number of a lane as a constant, hence a function for each.

// Column c: what lane 0 holds in column c. And so on.
fn from_lane0(mine: mat4x4f) -> mat4x4f {
  return mat4x4f(
    subgroupBroadcast(mine[0], 0u), subgroupBroadcast(mine[1], 0u), subgroupBroadcast(mine[2], 0u), subgroupBroadcast(mine[3], 0u)
  );
}

fn from_lane1(mine: mat4x4f) -> mat4x4f {
  return mat4x4f(
    subgroupBroadcast(mine[0], 1u), subgroupBroadcast(mine[1], 1u), subgroupBroadcast(mine[2], 1u), subgroupBroadcast(mine[3], 1u)
  );
}

fn from_lane2(mine: mat4x4f) -> mat4x4f {
  return mat4x4f(
    subgroupBroadcast(mine[0], 2u), subgroupBroadcast(mine[1], 2u), subgroupBroadcast(mine[2], 2u), subgroupBroadcast(mine[3], 2u)
  );
}

fn from_lane3(mine: mat4x4f) -> mat4x4f {
  return mat4x4f(
    subgroupBroadcast(mine[0], 3u), subgroupBroadcast(mine[1], 3u), subgroupBroadcast(mine[2], 3u), subgroupBroadcast(mine[3], 3u)
  );
}

fn from_lane4(mine: mat4x4f) -> mat4x4f {
  return mat4x4f(
    subgroupBroadcast(mine[0], 4u), subgroupBroadcast(mine[1], 4u), subgroupBroadcast(mine[2], 4u), subgroupBroadcast(mine[3], 4u)
  );
}

fn from_lane5(mine: mat4x4f) -> mat4x4f {
  return mat4x4f(
    subgroupBroadcast(mine[0], 5u), subgroupBroadcast(mine[1], 5u), subgroupBroadcast(mine[2], 5u), subgroupBroadcast(mine[3], 5u)
  );
}

fn from_lane6(mine: mat4x4f) -> mat4x4f {
  return mat4x4f(
    subgroupBroadcast(mine[0], 6u), subgroupBroadcast(mine[1], 6u), subgroupBroadcast(mine[2], 6u), subgroupBroadcast(mine[3], 6u)
  );
}

fn from_lane7(mine: mat4x4f) -> mat4x4f {
  return mat4x4f(
    subgroupBroadcast(mine[0], 7u), subgroupBroadcast(mine[1], 7u), subgroupBroadcast(mine[2], 7u), subgroupBroadcast(mine[3], 7u)
  );
}
