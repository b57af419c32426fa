// Tiles of the matrix products of a filter's gradient: which one an invocation computes, which positions it sums over, and how it ends.
import package::backward::filter::gemm_interface::{ IS_RESULT, params, place_of, store_sum };

struct Tile {
  part: u32,
  group: u32,
  filter_tile: u32,   // among those of the filters
  product_tile: u32,  // and of the products
}

// Neighbouring tiles have the same filters and neighbouring products.
fn tile_of(index: u32) -> Tile {
  let line = index / params.product_tiles;
  let block = line / params.filter_tiles;
  let part = block / params.groups;
  return Tile(part, block - part * params.groups, line - block * params.filter_tiles, index - line * params.product_tiles);
}

// Eight channels of a tap.
struct Octet {
  tap: u32,
  channel: u32,     // the first
  value_quad: u32,  // where they begin in `values`, at the first position
}

fn octet_of(group: u32, number: u32) -> Octet {
  let tap = number / params.channel_tiles;
  let channel = 8u * (number - tap * params.channel_tiles);
  let line = tap / params.filter_columns;
  let depth = line / params.filter_rows;
  return Octet(
    tap, channel,
    params.value_first_quad + group * params.value_group_quads + channel / 4u + depth * params.tap_depth_quads
      + (line - depth * params.filter_rows) * params.tap_row_quads + (tap - line * params.filter_columns) * params.tap_column_quads
  );
}

// A stretch of a row of positions: where it begins in both operands, from those of position 0 on.
struct Line {
  gradient_quads: u32,
  value_quads: u32,
  positions: u32,
}

fn line_of(number: u32) -> Line {
  let row = number / params.row_lines;
  let column = (number - row * params.row_lines) * params.line_columns;
  let plane = row / params.output_rows;
  let image = plane / params.output_depth;
  return Line(
    (row * params.output_columns + column) * params.gradient_pitch_quads,
    image * params.value_image_quads + (plane - image * params.output_depth) * params.value_depth_quads
      + (row - plane * params.output_rows) * params.value_row_quads + column * params.value_column_quads,
    min(params.line_columns, params.output_columns - column)
  );
}

// Writes a block whose column i holds the sums of four filters, from `number` on, for channel `octet.channel` + `first` + i.
fn store_block(tile: Tile, octet: Octet, number: u32, first: u32, block: mat4x4f) {
  let pitch = select(1u, params.weight_filter_pitch, IS_RESULT);
  let count = select(4u * params.filter_quads, params.filters, IS_RESULT);
  var columns = block; // indexed in a loop, so that what stores is compiled once and not four times
  for (var column = 0u; column < 4u; column++) {
    let channel = octet.channel + first + column;
    if (channel >= params.channels) {
      return;
    }
    let sum = columns[column];
    let at = place_of(tile.part, tile.group, octet.tap * params.channels + channel) + number * pitch;
    if (number < count) { store_sum(at, sum.x); }
    if (number + 1u < count) { store_sum(at + pitch, sum.y); }
    if (number + 2u < count) { store_sum(at + 2u * pitch, sum.z); }
    if (number + 3u < count) { store_sum(at + 3u * pitch, sum.w); }
  }
}
