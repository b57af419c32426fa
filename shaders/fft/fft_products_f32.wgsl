// Products of spectra, summed over the channels of a group: Y[k, f] = Σc conj X[c, f] · W[k, c, f] at each of the 33·64 frequencies, a
// matrix product of complex numbers. One invocation takes two neighbouring frequencies of 4 filters × 4 tiles, or of the 2 or 1 there are,
// neighbours neighbouring frequencies. Per channel it loads 8 vec4 and does 128 multiply-adds.
// Bytes: 4·4·1056·(tiles·C·(K/4) + K·C·(tiles/4)) read, most from cache, 4·4·1056·tiles·K written.
import package::fft::correlate::correlated;
import package::shared::grid::workgroup_number;

struct Params {
  invocations: u32,     // G · tiles of filters · tiles of tiles · 1056
  tiles: u32,           // of this band
  channels: u32,        // C, of all groups
  filters: u32,         // K, of all groups
  group_channels: u32,  // C/G
  group_filters: u32,   // K/G
  filter_blocks: u32,   // ceil(K/G / 4)
  tile_blocks: u32,     // ceil(tiles / TILES)
  first_product: u32,   // vec4 that the products begin at
}

const BLOCK_FILTERS = 4u; // filters of an invocation
const QUADS = 1056u;      // vec4 of a spectrum: 33 columns of 64 numbers

// Tiles of an invocation: 1, 2 or 4.
override TILES: u32 = 4u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> spectra: array<vec4f>;  // (tiles, C, QUADS), then (tiles, K, QUADS)
@group(0) @binding(2) var<storage, read> filters: array<vec4f>;        // (K, C/G, QUADS)

// Two frequencies of four filters.
struct Sums {
  w0: vec4f,
  w1: vec4f,
  w2: vec4f,
  w3: vec4f,
}

fn add(x: vec4f, w: Sums, before: Sums) -> Sums {
  return Sums(
    before.w0 + correlated(x, w.w0), before.w1 + correlated(x, w.w1),
    before.w2 + correlated(x, w.w2), before.w3 + correlated(x, w.w3)
  );
}

// Writes the sums of filters `number`… of a group, as far as they exist, for a tile.
fn store(tile: u32, group_number: u32, number: u32, quad: u32, sums: Sums) {
  if (tile >= params.tiles) {
    return;
  }
  let first = tile * params.filters + group_number * params.group_filters + number;
  let at = params.first_product + first * QUADS + quad;
  spectra[at] = sums.w0;
  if (number + 1u < params.group_filters) { spectra[at + QUADS] = sums.w1; }
  if (number + 2u < params.group_filters) { spectra[at + 2u * QUADS] = sums.w2; }
  if (number + 3u < params.group_filters) { spectra[at + 3u * QUADS] = sums.w3; }
}

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
  let block = invocation / QUADS; // (group, tiles of filters, tiles of tiles)
  let quad = invocation - block * QUADS;
  let line = block / params.tile_blocks;
  let tile = TILES * (block - line * params.tile_blocks);
  let group_number = line / params.filter_blocks;
  let number = BLOCK_FILTERS * (line - group_number * params.filter_blocks);

  // past the last filter or tile the last one is read again; nothing of it is stored
  let numbers = min(vec4u(number) + vec4u(0u, 1u, 2u, 3u), vec4u(params.group_filters - 1u));
  let tiles = min(vec4u(tile) + vec4u(0u, 1u, 2u, 3u), vec4u(params.tiles - 1u));
  var w = (group_number * params.group_filters + numbers) * (params.group_channels * QUADS) + quad;
  var x = (tiles * params.channels + group_number * params.group_channels) * QUADS + quad;
  var sums0: Sums;
  var sums1: Sums;
  var sums2: Sums;
  var sums3: Sums;
  for (var channel = 0u; channel < params.group_channels; channel++) {
    let weights = Sums(filters[w.x], filters[w.y], filters[w.z], filters[w.w]);
    sums0 = add(spectra[x.x], weights, sums0);
    if (TILES > 1u) {
      sums1 = add(spectra[x.y], weights, sums1);
    }
    if (TILES > 2u) {
      sums2 = add(spectra[x.z], weights, sums2);
      sums3 = add(spectra[x.w], weights, sums3);
    }
    w += vec4u(QUADS);
    x += vec4u(QUADS);
  }
  store(tile, group_number, number, quad, sums0);
  if (TILES > 1u) {
    store(tile + 1u, group_number, number, quad, sums1);
  }
  if (TILES > 2u) {
    store(tile + 2u, group_number, number, quad, sums2);
    store(tile + 3u, group_number, number, quad, sums3);
  }
}
