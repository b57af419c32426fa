// Winograd F(4×4, 3×3), input: V = Bᵀ d B for every tile and channel, d the 6×6 inputs that a tile of 4×4 outputs sees.
// A. Lavin, S. Gray, Fast Algorithms for Convolutional Neural Networks, arXiv:1509.09308.
// One invocation takes one tile through `channels_each` channels, neighbours neighbouring tiles, so that the 36 matrices are
// written in a row. Bytes: 4·36·C·tiles written, as many read (most from cache).
import package::shared::grid::workgroup_number;
import package::winograd::f4::{ Six, input_transform };
import package::winograd::input_interface::{
  ONE_AXIS, Places, params, workspace, load_three, places_of_columns, places_of_rows
};

const TILE = 4u;

// Bᵀ · d for three columns of the tile; its rows come in two halves.
fn load_transform(origin: u32, top: Places, bottom: Places, columns: Places) -> Six {
  return input_transform(Six(
    load_three(origin, top, 0u, columns),
    load_three(origin, top, 1u, columns),
    load_three(origin, top, 2u, columns),
    load_three(origin, bottom, 0u, columns),
    load_three(origin, bottom, 1u, columns),
    load_three(origin, bottom, 2u, columns)
  ));
}

fn store_column(at: u32, column: vec3f) {
  workspace[at] = column.x;
  workspace[at + 6u * params.matrix_pitch] = column.y;
  workspace[at + 12u * params.matrix_pitch] = column.z;
}

// The transform of three rows along the rows. Columns of `left` and `right` are halves of a row.
fn transform_store(at: u32, left: mat3x3f, right: mat3x3f) {
  let l = transpose(left);
  let r = transpose(right);
  let v = input_transform(Six(l[0], l[1], l[2], r[0], r[1], r[2]));
  store_column(at, v.s0);
  store_column(at + params.matrix_pitch, v.s1);
  store_column(at + 2u * params.matrix_pitch, v.s2);
  store_column(at + 3u * params.matrix_pitch, v.s3);
  store_column(at + 4u * params.matrix_pitch, v.s4);
  store_column(at + 5u * params.matrix_pitch, v.s5);
}

// The transform of a single row.
fn transform_store_row(at: u32, left: vec3f, right: vec3f) {
  let v = input_transform(
    Six(vec3f(left.x), vec3f(left.y), vec3f(left.z), vec3f(right.x), vec3f(right.y), vec3f(right.z))
  );
  workspace[at] = v.s0.x;
  workspace[at + params.matrix_pitch] = v.s1.x;
  workspace[at + 2u * params.matrix_pitch] = v.s2.x;
  workspace[at + 3u * params.matrix_pitch] = v.s3.x;
  workspace[at + 4u * params.matrix_pitch] = v.s4.x;
  workspace[at + 5u * params.matrix_pitch] = v.s5.x;
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let invocation = workgroup_number(group, groups) * 64u + local;
  let chunk = invocation / params.tile_pitch;
  let tile = invocation - chunk * params.tile_pitch;
  if (invocation >= params.invocations || tile >= params.tiles) {
    return;
  }
  let number = params.first_tile + tile;
  let image = number / params.image_tiles;
  let within = number - image * params.image_tiles;
  let tile_row = within / params.row_tiles;
  let first_row = select(TILE, 1u, ONE_AXIS) * tile_row;
  let first_column = TILE * (within - tile_row * params.row_tiles);
  let top = places_of_rows(first_row);
  let bottom = places_of_rows(first_row + 3u);
  let left = places_of_columns(first_column);
  let right = places_of_columns(first_column + 3u);

  let first = chunk * params.channels_each;
  let last = min(first + params.channels_each, params.channels);
  for (var channel = first; channel < last; channel++) {
    let origin = image * params.image_pitch + channel * params.channel_pitch;
    let at = channel * params.tile_pitch + tile;
    if (ONE_AXIS) {
      transform_store_row(at, load_three(origin, top, 0u, left), load_three(origin, top, 0u, right));
      continue;
    }
    let l = load_transform(origin, top, bottom, left);
    let r = load_transform(origin, top, bottom, right);
    transform_store(at, mat3x3f(l.s0, l.s1, l.s2), mat3x3f(r.s0, r.s1, r.s2));
    transform_store(at + 18u * params.matrix_pitch, mat3x3f(l.s3, l.s4, l.s5), mat3x3f(r.s3, r.s4, r.s5));
  }
}
