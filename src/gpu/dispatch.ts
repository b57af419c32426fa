// Arithmetic of dispatches: how many workgroups, and folded how.

/** Workgroups along x, y, z. */
export type WorkgroupCount = readonly [x: number, y: number, z: number];

/**
 * Folds a one-dimensional dispatch into three dimensions, none above `limit` (65,535 on every device). The fold holds at
 * least `count` workgroups; those beyond must return at once. The kernel finds its number with shaders/shared/grid.wgsl.
 */
export function foldWorkgroups(count: number, limit: number): WorkgroupCount {
  if (count <= limit) return [count, 1, 1];
  const depth = Math.ceil(count / (limit * limit));
  const perLayer = Math.ceil(count / depth);
  const height = Math.ceil(perLayer / limit);
  return [Math.ceil(perLayer / height), height, depth];
}
