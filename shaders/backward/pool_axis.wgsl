// One axis of a pooling as its gradient sees it: which windows hold an element, and how often.
import package::shared::padding::{ PADDING_CONSTANT, source_of };

// What padding holds, where it holds values; windows that reach into it may hold an element more than once.
override PADDING: u32 = 0u;
override DILATED: bool = false;

struct Axis {
  size: u32,      // elements of the input
  windows: u32,   // of the output
  taps: u32,      // elements of a window
  stride: u32,
  dilation: u32,
  padding: i32,   // in front; negative: cropped
  before: u32,    // windows that reach into padding in front of the input, if it holds values of the input
  after: u32,     // first window that reaches into padding behind it
  end: i32,       // where elements that a mean counts end
}

// The windows from x to before y hold one of `count` elements from `first` on themselves, and not by padding.
fn span_of(axis: Axis, first: u32, count: u32) -> vec2u {
  let last = i32(first + count - 1u) + axis.padding;
  let start = i32(first) + axis.padding - i32((axis.taps - 1u) * axis.dilation);
  let low = (u32(max(start, 0)) + axis.stride - 1u) / axis.stride;
  return vec2u(low, select(min(u32(max(last, 0)) / axis.stride + 1u, axis.windows), 0u, last < 0));
}

// The first window from `window` on that may hold the elements of a span, or a number from `windows_end` on.
fn window_from(axis: Axis, span: vec2u, window: u32) -> u32 {
  if (PADDING == PADDING_CONSTANT) {
    return max(window, span.x);
  }
  let next = select(window, max(window, span.x), window >= axis.before);
  return select(next, max(next, axis.after), next >= max(axis.before, span.y));
}

// Where the windows that may hold the elements of a span end.
fn windows_end(axis: Axis, span: vec2u) -> u32 {
  if (PADDING == PADDING_CONSTANT) {
    return span.y;
  }
  return axis.windows;
}

// How often a window holds the elements `first` and the three after it.
fn times_held(axis: Axis, window: u32, first: u32) -> vec4f {
  let elements = vec4u(first) + vec4u(0u, 1u, 2u, 3u);
  let origin = i32(window * axis.stride) - axis.padding;
  if (PADDING != PADDING_CONSTANT) {
    if (window < axis.before || window >= axis.after) {
      var times = vec4f(0.0);
      for (var tap = 0u; tap < axis.taps; tap++) {
        let source = source_of(PADDING, vec4u(bitcast<u32>(origin + i32(tap * axis.dilation))), axis.size);
        times += select(vec4f(0.0), vec4f(1.0), source == elements);
      }
      return times;
    }
  }
  let distance = elements - vec4u(bitcast<u32>(origin)); // beyond 2^31 where the element lies in front
  var is_held = distance <= vec4u((axis.taps - 1u) * axis.dilation);
  if (DILATED) {
    is_held &= distance % vec4u(axis.dilation) == vec4u(0u);
  }
  return select(vec4f(0.0), vec4f(1.0), is_held);
}

// How many elements of a window a mean counts: those inside the input, or all from its first to before `end`.
fn counted(axis: Axis, window: u32, from_first: bool) -> u32 {
  let origin = i32(window * axis.stride) - axis.padding;
  var before = select(max(-origin, 0), 0, from_first);
  var after = axis.end - origin;
  if (DILATED) {
    let dilation = i32(axis.dilation);
    before = (before + dilation - 1) / dilation;
    after = (after + dilation - 1) / dilation;
  }
  return u32(min(i32(axis.taps), after) - before);
}
