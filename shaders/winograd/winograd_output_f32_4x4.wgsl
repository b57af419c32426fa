// Winograd F(4×4, 3×3), output: Aᵀ M A for every tile and filter, M the 6×6 products, then the epilogue. Outputs past the edge
// are not stored. One invocation takes one tile through `filters_each` filters, neighbours neighbouring tiles, so that the 36
// matrices are read in a row. Bytes: 4·36·K·tiles read, 4·16·K·tiles written.
import package::shared::grid::workgroup_number;
import package::winograd::f4::{ Four, Six, output_transform };
import package::winograd::output_interface::{ ONE_AXIS, params, workspace, finish, tile_at };

const TILE = 4u;

@group(0) @binding(2) var<storage, read> unused: array<vec4f>;  // a dummy: here other kernels have their filters

// Aᵀ · M for three columns, from `at` on.
fn load_transform(at: u32) -> Four {
  let pitch = params.matrix_pitch;
  return output_transform(Six(
    load_three(at),
    load_three(at + 6u * pitch),
    load_three(at + 12u * pitch),
    load_three(at + 18u * pitch),
    load_three(at + 24u * pitch),
    load_three(at + 30u * pitch)
  ));
}

fn load_three(at: u32) -> vec3f {
  return vec3f(workspace[at], workspace[at + params.matrix_pitch], workspace[at + 2u * params.matrix_pitch]);
}

// The transform of two rows along the rows, given as halves: columns 0 to 3 of each.
fn along_rows(left0: vec3f, right0: vec3f, left1: vec3f, right1: vec3f) -> Four {
  let l = transpose(mat3x3f(left0, left1, vec3f(0.0)));
  let r = transpose(mat3x3f(right0, right1, vec3f(0.0)));
  return output_transform(Six(l[0], l[1], l[2], r[0], r[1], r[2]));
}

// Aᵀ · m for a single row.
fn load_row(at: u32) -> vec4f {
  let l = load_three(at);
  let r = load_three(at + 3u * params.matrix_pitch);
  let y = output_transform(Six(vec3f(l.x), vec3f(l.y), vec3f(l.z), vec3f(r.x), vec3f(r.y), vec3f(r.z)));
  return vec4f(y.s0.x, y.s1.x, y.s2.x, y.s3.x);
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
  let offsets = tile.offset + vec4u(0u, 1u, 2u, 3u) * params.column_pitch;
  let rows = min(tile.rows, TILE);

  let first = chunk * params.filters_each;
  let last = min(first + params.filters_each, params.filters);
  for (var filter_number = first; filter_number < last; filter_number++) {
    let at = params.first_product + filter_number * params.tile_pitch + number;
    if (ONE_AXIS) {
      finish(filter_number, tile.columns, offsets, load_row(at));
      continue;
    }
    let l = load_transform(at);
    let r = load_transform(at + 3u * params.matrix_pitch);
    let top = along_rows(l.s0, r.s0, l.s1, r.s1);
    let bottom = along_rows(l.s2, r.s2, l.s3, r.s3);
    // indexed in a loop, so that the epilogue is compiled once and not four times
    var sums = mat4x4f(
      vec4f(top.s0.x, top.s1.x, top.s2.x, top.s3.x),
      vec4f(top.s0.y, top.s1.y, top.s2.y, top.s3.y),
      vec4f(bottom.s0.x, bottom.s1.x, bottom.s2.x, bottom.s3.x),
      vec4f(bottom.s0.y, bottom.s1.y, bottom.s2.y, bottom.s3.y)
    );
    for (var row = 0u; row < rows; row++) {
      finish(filter_number, tile.columns, offsets + row * params.row_pitch, sums[row]);
    }
  }
}
