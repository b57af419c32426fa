// Which taps of a transposed convolution an output meets, along an axis: output p meets input i at tap r where
// p + padding = i · stride + r · dilation. Solutions lie a tap step apart, and those of outputs a stride apart are the same taps.

struct Axis {
  inputs: u32,      // H
  outputs: u32,     // P
  taps: u32,        // R
  padding: i32,     // negative: outputs before the first input's
  stride: u32,
  dilation: u32,
  divisor: u32,     // gcd(stride, dilation)
  inverse: u32,     // of dilation / divisor, modulo the tap step stride / divisor
}

// `count` taps from `first` on; `input` is met at the first of them, each next one at an input `dilation / divisor` before.
struct Meeting {
  first: u32,
  count: u32,
  input: u32,  // modulo 2^32, where it lies outside
}

fn tap_step(axis: Axis) -> u32 {
  return axis.stride / axis.divisor;
}

fn meeting_of(output: u32, axis: Axis) -> Meeting {
  let at = i32(output) + axis.padding;
  let rest = at % i32(axis.stride);
  let phase = u32(select(rest, rest + i32(axis.stride), rest < 0));
  let step = tap_step(axis);
  let first = (phase / axis.divisor) * axis.inverse % step;
  let meets = (phase % axis.divisor == 0u) & (first < axis.taps);
  let count = select(0u, (axis.taps - 1u - min(first, axis.taps - 1u)) / step + 1u, meets);
  return Meeting(first, count, bitcast<u32>((at - i32(first * axis.dilation)) / i32(axis.stride))); // exact where it meets
}
