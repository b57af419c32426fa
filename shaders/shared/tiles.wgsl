// Which tile of a product an invocation or workgroup computes.

struct Tile {
  group: u32,     // of the G
  number: u32,    // of the tile, among those of the group's filters
  position: u32,  // of the tile, among those of the positions
}

// Tile `tile` of `groups` · `filter_tiles` · `position_tiles`. Neighbours lie side by side in memory: neighbouring positions where
// channels come first, neighbouring filters (which read the same positions) where they come last.
fn split_tile(tile: u32, channels_last: bool, groups: u32, filter_tiles: u32, position_tiles: u32) -> Tile {
  var line: u32;
  var position: u32;
  if (channels_last) {
    let lines = groups * filter_tiles;
    position = tile / lines;
    line = tile - position * lines;
  } else {
    line = tile / position_tiles;
    position = tile - line * position_tiles;
  }
  let group = line / filter_tiles;
  return Tile(group, line - group * filter_tiles, position);
}
