// What the filter transforms of Winograd share: four filters of a channel, read with the pitches of shaders/filter/, and the
// place of their transformed weights in the matrices.
import package::filter::interface::{ params, tap_offset };
import package::filter::weights::weight;

override ONE_AXIS: bool = false;  // the filter has one row or one column of taps

// Four filters of a group that lie side by side, for one channel.
struct Place {
  number: u32,  // of the first, in its group
  offset: u32,  // element of its first tap
}

// `quad`: number of the vec4 in a matrix, whose rows are (group, channel).
fn place_of(quad: u32) -> Place {
  let line = quad / params.row_quads;
  let number = 4u * (quad - line * params.row_quads);
  let group = line / params.channels;
  let channel = line - group * params.channels;
  return Place(
    number, params.first + group * params.group_pitch + channel * params.channel_pitch + number * params.filter_pitch
  );
}

// The tap (row, column) of four filters; zero for those that only pad.
fn load_tap(place: Place, row: u32, column: u32) -> vec4f {
  let lanes = vec4u(0u, 1u, 2u, 3u);
  let exists = vec4u(place.number) + lanes < vec4u(params.group_filters);
  let at = select(vec4u(0u), place.offset + lanes * params.filter_pitch + tap_offset(0u, row, column), exists);
  return select(vec4f(0.0), vec4f(weight(at.x), weight(at.y), weight(at.z), weight(at.w)), exists);
}

// A column of taps.
fn load_column(place: Place, column: u32) -> mat3x4f {
  return mat3x4f(load_tap(place, 0u, column), load_tap(place, 1u, column), load_tap(place, 2u, column));
}

// The taps of a filter that has one row or one column of them.
fn load_line(place: Place) -> mat3x4f {
  let step = select(vec2u(1u, 0u), vec2u(0u, 1u), params.filter_columns > 1u);
  return mat3x4f(
    load_tap(place, 0u, 0u), load_tap(place, step.x, step.y), load_tap(place, 2u * step.x, 2u * step.y)
  );
}
