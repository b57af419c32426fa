// Output positions are numbered image by image, plane by plane, row by row; this is the way back, for four neighbours at a time.

struct Positions {
  image: vec4u,
  depth: vec4u,
  row: vec4u,
  column: vec4u,
}

// The position after `p` (image, depth, row, column), in an output of size (O, P, Q).
fn next_position(p: vec4u, size: vec3u) -> vec4u {
  let column_ends = p.w + 1u == size.z;
  let row_ends = column_ends & (p.z + 1u == size.y);
  let image_ends = row_ends & (p.y + 1u == size.x);
  return vec4u(
    p.x + u32(image_ends),
    select(p.y + u32(row_ends), 0u, image_ends),
    select(p.z + u32(column_ends), 0u, row_ends),
    select(p.w + 1u, 0u, column_ends)
  );
}

// Position number `first` and the three after it. Only the first is divided: integer division is slow everywhere.
fn four_positions(first: u32, size: vec3u) -> Positions {
  let line = first / size.z;
  let plane = line / size.y;
  let image = plane / size.x;
  let a = vec4u(image, plane - image * size.x, line - plane * size.y, first - line * size.z);
  let b = next_position(a, size);
  let c = next_position(b, size);
  let d = next_position(c, size);
  return Positions(vec4u(a.x, b.x, c.x, d.x), vec4u(a.y, b.y, c.y, d.y), vec4u(a.z, b.z, c.z, d.z), vec4u(a.w, b.w, c.w, d.w));
}
