// How depthwise kernels read their input: where planes, rows and columns lie is found once, and a load is an addition and a mask.
import package::depthwise::interface::{ Tile, params };
import package::input::row::{ OUTSIDE, place };
import package::input::values::input_at;

// Where a row of the input starts; its values are those of the padding if it is not inside.
struct Row {
  offset: u32,
  inside: bool,
}

// The row that lies in `row` (modulo 2^32 where it is negative) of the plane that starts at `plane`.
fn row_at(plane: Row, row: u32) -> Row {
  let at = place(row, params.input_rows);
  let inside = at != OUTSIDE;
  return Row(plane.offset + select(0u, at, inside) * params.input_row_pitch, plane.inside & inside);
}

// Plane `depth` (modulo 2^32 where it is negative) of a channel, counted in the group that a tile's filter reads.
fn plane_at(tile: Tile, channel: u32, depth: u32) -> Row {
  let at = place(depth, params.input_depth);
  let inside = at != OUTSIDE;
  let in_image = (tile.number / params.group_filters) * params.group_channels + channel;
  let start = tile.image * params.input_image_pitch + in_image * params.input_channel_pitch;
  return Row(start + select(0u, at, inside) * params.input_depth_pitch, inside);
}

// Four columns, found once for all rows: their distances from the start of a row, 0 where they are not inside.
struct Columns {
  offsets: vec4u,
  inside: vec4<bool>,
}

fn columns_at(first: u32, step: u32) -> Columns {
  let at = vec4u(
    place(first, params.input_columns), place(first + step, params.input_columns),
    place(first + 2u * step, params.input_columns), place(first + 3u * step, params.input_columns)
  );
  let inside = at != vec4u(OUTSIDE);
  return Columns(select(vec4u(0u), at, inside) * params.input_column_pitch, inside);
}

fn load(row: Row, columns: Columns) -> vec4f {
  let at = row.offset + columns.offsets;
  let values = vec4f(input_at(at.x), input_at(at.y), input_at(at.z), input_at(at.w));
  return select(vec4f(params.padding_value), values, columns.inside & vec4<bool>(row.inside));
}
