// Winograd F(2×2, 3×3), output: Aᵀ M A for every tile and filter, M the 4×4 products, then the epilogue. Outputs past the edge
// are not stored. One invocation takes one tile through `filters_each` filters, neighbours neighbouring tiles, so that the 16
// matrices are read in a row. Bytes: 4·16·K·tiles read, 4·4·K·tiles written.
import package::shared::grid::workgroup_number;
import package::winograd::output_interface::{ ONE_AXIS, params, workspace, finish, tile_at };

const TILE = 2u;

@group(0) @binding(2) var<storage, read> unused: array<vec4f>;  // a dummy: here other kernels have their filters

fn load_row(at: u32) -> vec4f {
  let pitch = params.matrix_pitch;
  return vec4f(workspace[at], workspace[at + pitch], workspace[at + 2u * pitch], workspace[at + 3u * pitch]);
}

// m · A: two outputs of a row.
fn along_row(m: vec4f) -> vec2f {
  return vec2f(m.x + (m.y + m.z), (m.y - m.z) - m.w);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let invocation = workgroup_number(group, groups) * 64u + local;
  let chunk = invocation / params.tile_pitch;
  let number = invocation - chunk * params.tile_pitch;
  if (invocation >= params.invocations || number >= params.tiles) {
    return;
  }
  let tile = tile_at(number, TILE);
  // outputs that exist come first: by rows, but by columns where the second column lies past the edge
  let narrow = tile.columns == 1u;
  let count = min(tile.rows, TILE) * min(tile.columns, TILE);
  let steps = select(vec2u(params.column_pitch, params.row_pitch), vec2u(params.row_pitch, params.column_pitch), narrow);
  let offsets = tile.offset + vec4u(0u, steps.x, steps.y, steps.x + steps.y);

  let first = chunk * params.filters_each;
  let last = min(first + params.filters_each, params.filters);
  for (var filter_number = first; filter_number < last; filter_number++) {
    let at = params.first_product + filter_number * params.tile_pitch + number;
    let row0 = load_row(at);
    if (ONE_AXIS) {
      finish(filter_number, min(tile.columns, TILE), offsets, vec4f(along_row(row0), 0.0, 0.0));
      continue;
    }
    let row1 = load_row(at + 4u * params.matrix_pitch);
    let row2 = load_row(at + 8u * params.matrix_pitch);
    let row3 = load_row(at + 12u * params.matrix_pitch);
    let sums = vec4f(along_row(row0 + (row1 + row2)), along_row((row1 - row2) - row3));
    finish(filter_number, count, offsets, select(sums, sums.xzyw, narrow));
  }
}
