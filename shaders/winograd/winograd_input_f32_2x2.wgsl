// Winograd F(2×2, 3×3), input: V = Bᵀ d B for every tile and channel, d the 4×4 inputs that a tile of 2×2 outputs sees.
// A. Lavin, S. Gray, Fast Algorithms for Convolutional Neural Networks, arXiv:1509.09308. Matrices: test/support/winograd/transforms.ts.
// One invocation takes one tile through `channels_each` channels, neighbours neighbouring tiles, so that the 16 matrices are
// written in a row. Bytes: 4·16·C·tiles written, as many read (most from cache).
import package::shared::grid::workgroup_number;
import package::winograd::input_interface::{ ONE_AXIS, params, workspace, load_four, places_of_columns, places_of_rows };

const TILE = 2u;

fn transform_store(at: u32, d: vec4f) {
  workspace[at] = d.x - d.z;
  workspace[at + params.matrix_pitch] = d.y + d.z;
  workspace[at + 2u * params.matrix_pitch] = d.z - d.y;
  workspace[at + 3u * params.matrix_pitch] = d.y - d.w;
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
  let rows = places_of_rows(select(TILE, 1u, ONE_AXIS) * tile_row);
  let columns = places_of_columns(TILE * (within - tile_row * params.row_tiles));

  let first = chunk * params.channels_each;
  let last = min(first + params.channels_each, params.channels);
  for (var channel = first; channel < last; channel++) {
    let origin = image * params.image_pitch + channel * params.channel_pitch;
    let at = channel * params.tile_pitch + tile;
    let row0 = load_four(origin, rows, 0u, columns);
    if (ONE_AXIS) {
      transform_store(at, row0);
      continue;
    }
    let row1 = load_four(origin, rows, 1u, columns);
    let row2 = load_four(origin, rows, 2u, columns);
    let row3 = load_four(origin, rows, 3u, columns);
    transform_store(at, row0 - row2);
    transform_store(at + 4u * params.matrix_pitch, row1 + row2);
    transform_store(at + 8u * params.matrix_pitch, row2 - row1);
    transform_store(at + 12u * params.matrix_pitch, row1 - row3);
  }
}
