// The adjoint of padding with values of the input: each element of the input gets the sum of the gradients of all its copies in the padded
// input. A gather, one invocation an element, in a fixed order. Most elements have one copy: bytes: the padded gradient read, the
// input's written.
import package::backward::copies::{ copies_of, place };
import package::backward::result::store;
import package::shared::grid::workgroup_number;
@if(packed16) import package::shared::half::half_of;
import package::shared::stored::Stored;

struct Params {
  elements: u32,        // N·C·D·H·W
  channels: u32,        // C
  input_depth: u32,     // D
  input_rows: u32,      // H
  input_columns: u32,   // W
  padded_depth: i32,    // elements of the padded input that windows meet
  padded_rows: i32,
  padded_columns: i32,
  depth_before: i32,    // of those, elements before the input's first; negative: so many of the input's are met by none
  rows_before: i32,
  columns_before: i32,
  image_pitch: u32,     // elements of the padded gradient from one image to the next, and so on along the other axes
  channel_pitch: u32,
  depth_pitch: u32,
  row_pitch: u32,
  column_pitch: u32,
}

override CHANNELS_LAST: bool = false;
override PADDING: u32 = 0u;
override ACCUMULATE: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> padded: array<f32>;        // (N, C, D', H', W') or (N, D', H', W', C)
@group(0) @binding(3) var<storage, read> existing: array<Stored>;  // as the output, (N, C, D, H, W) or (N, D, H, W, C); or a dummy

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let number = workgroup_number(group, groups) * 64u + local;
  if (number >= params.elements) {
    return;
  }
  let position = select(number, number / params.channels, CHANNELS_LAST);
  let line_number = position / params.input_columns;
  let plane_number = line_number / params.input_rows;
  let column = position % params.input_columns;
  let row = line_number % params.input_rows;
  let depth = plane_number % params.input_depth;
  let rest = plane_number / params.input_depth;
  let channel = select(rest, number, CHANNELS_LAST) % params.channels;
  let image = select(rest / params.channels, rest, CHANNELS_LAST);
  let depths = copies_of(PADDING, depth, params.input_depth, params.padded_depth, params.depth_before);
  let rows = copies_of(PADDING, row, params.input_rows, params.padded_rows, params.rows_before);
  let columns = copies_of(PADDING, column, params.input_columns, params.padded_columns, params.columns_before);
  let plane = image * params.image_pitch + channel * params.channel_pitch;

  var sum = 0.0;
  for (var d = 0; d < depths.count + depths.mirrored; d++) {
    for (var r = 0; r < rows.count + rows.mirrored; r++) {
      let line = plane + place(depths, d) * params.depth_pitch + place(rows, r) * params.row_pitch;
      for (var c = 0; c < columns.count + columns.mirrored; c++) {
        sum += padded[line + place(columns, c) * params.column_pitch];
      }
    }
  }
  if (ACCUMULATE) {
    @if(packed16) { sum += half_of(existing[number >> 1u], number); }
    @if(!packed16) { sum += f32(existing[number]); }
  }
  store(number, sum);
}
