// A step of the implicit GEMM in workgroup memory: 16 channels of a tap, for 64 filters and 64 positions.
import package::implicit::interface::{ params, filters, load_four };

const STEP = 16u;
const QUADS = 16u;
const PITCH = 17u;
const OUTSIDE = 0xffffffffu;

var<workgroup> weights: array<vec4f, 256>;  // (STEP, QUADS): 64 filters
var<workgroup> values: array<vec4f, 272>;   // (STEP, PITCH): 64 positions
var<workgroup> taps: array<vec4u, 16>;      // where the tap lies at 64 positions, in channel 0; or OUTSIDE

// Copies an invocation's share of channels `channel`… of both operands; those past the last are not used. Neighbours take
// neighbouring positions, channels last neighbouring channels.
fn load_step(channel: u32, local: u32, first_weight: u32) {
  for (var index = local; index < STEP * QUADS; index += 64u) {
    weights[index] = filters[first_weight + (index / QUADS) * params.filter_pitch_quads + index % QUADS];
    let last = params.channels_last == 1u;
    let row = select(index / QUADS, index % STEP, last);
    let quad = select(index % QUADS, index / STEP, last);
    let at = taps[quad];
    let inside = at != vec4u(OUTSIDE);
    values[row * PITCH + quad] = load_four(select(vec4u(0u), at, inside) + (channel + row) * params.input_channel_pitch, inside);
  }
}
