// Where the copies of an input element lie in a padded input: the inverse of source_of in shaders/shared/padding.wgsl. Mirrored and circular
// padding repeat with a period; 'reflect' reaches at most size − 1, and is periodic as far as it reaches.
import package::shared::padding::{ PADDING_CIRCULAR, PADDING_REFLECT, PADDING_REPLICATE };

// Where an element's copies lie along an axis: `count` from `first` on, and `mirrored` from `second` on, each `step` apart.
struct Copies {
  first: i32,
  count: i32,
  second: i32,
  mirrored: i32,
  step: i32,
}

fn modulo(value: i32, divisor: i32) -> i32 {
  let rest = value % divisor;
  return select(rest, rest + divisor, rest < 0);
}

// How many coordinates from `first` on lie in the padded input.
fn reaching(first: i32, size: i32, step: i32) -> i32 {
  return select(0, (size - 1 - first) / step + 1, first < size);
}

// The copies of an element of an axis of size `extent`, in coordinates of the padded input, whose first `before` lie before the input's first.
// `kind` comes from an override, so the branches are decided when the pipeline is compiled.
fn copies_of(kind: u32, coordinate: u32, extent: u32, padded_size: i32, before: i32) -> Copies {
  let at = i32(coordinate);
  let size = i32(extent);
  let own = at + before;
  if (kind == PADDING_REPLICATE) { // a stretch: the first element also lies before itself, the last one behind
    let begin = max(select(own, 0, (at == 0) & (before > 0)), 0);
    let end = min(select(own + 1, padded_size, at == size - 1), padded_size);
    return Copies(begin, max(end - begin, 0), 0, 0, 1);
  }
  var period = size;
  var mirror = -1; // where the image of coordinate 0 lies
  if (kind == PADDING_REFLECT) {
    period = max(size - 1, 1);
    mirror = 0;
  }
  if (kind != PADDING_CIRCULAR) { period *= 2; }
  let first = modulo(own, period);
  let second = modulo(mirror - at + before, period);
  let has_image = (kind != PADDING_CIRCULAR) & (first != second);
  return Copies(
    first, reaching(first, padded_size, period), second, select(0, reaching(second, padded_size, period), has_image), period
  );
}

// Where copy number `index` lies.
fn place(copies: Copies, index: i32) -> u32 {
  let is_image = index >= copies.count;
  let start = select(copies.first, copies.second, is_image);
  return u32(start + select(index, index - copies.count, is_image) * copies.step);
}
