// Rows of tiles of the input, transformed: the first half of a two-dimensional transform of 64×64 points. One invocation takes two rows
// of a tile and channel as one complex row, and writes columns 0 to 32 of both. Bytes: 4·128 read (a value by as many tiles as see it,
// mostly from cache), 4·4·33 written. Arithmetic: 1,480 operations, and as many again to find 128 values.
import package::fft::input_interface::{ params, load_four, places_of_rows };
import package::fft::points::transform;
import package::fft::rows::store_rows;
import package::shared::grid::workgroup_number;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let invocation = workgroup_number(group, groups) * 64u + local;
  if (invocation >= params.invocations) {
    return;
  }
  let spectrum = invocation / 32u; // (tile, channel)
  let pair = invocation - 32u * spectrum;
  let tile = spectrum / params.channels;
  let channel = spectrum - tile * params.channels;
  let number = params.first_tile + tile;
  let image = number / params.image_tiles;
  let within = number - image * params.image_tiles;
  let tile_row = within / params.row_tiles;
  let left = params.step_columns * (within - tile_row * params.row_tiles);
  let rows = places_of_rows(params.step_rows * tile_row + 2u * pair);
  let at = image * params.image_pitch + channel * params.channel_pitch;

  let points = array<mat4x2f, 16>(
    load_four(at, rows, left), load_four(at, rows, left + 4u), load_four(at, rows, left + 8u), load_four(at, rows, left + 12u),
    load_four(at, rows, left + 16u), load_four(at, rows, left + 20u), load_four(at, rows, left + 24u), load_four(at, rows, left + 28u),
    load_four(at, rows, left + 32u), load_four(at, rows, left + 36u), load_four(at, rows, left + 40u), load_four(at, rows, left + 44u),
    load_four(at, rows, left + 48u), load_four(at, rows, left + 52u), load_four(at, rows, left + 56u), load_four(at, rows, left + 60u)
  );
  store_rows(33u * 32u * spectrum + pair, transform(points));
}
