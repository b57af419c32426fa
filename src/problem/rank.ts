// Rank: how many spatial axes a problem has. What differs between ranks is in this file and in the layouts; nothing else does.

/** Number of spatial axes: 1 (sequences), 2 (images) or 3 (volumes, videos). */
export type Rank = 1 | 2 | 3;

/** One value for each spatial axis, outermost first: `[columns]`, `[rows, columns]`, `[depth, rows, columns]`. */
export type AxisTuple<T, R extends Rank = Rank> = R extends 1
  ? readonly [T]
  : R extends 2
    ? readonly [T, T]
    : readonly [T, T, T];

/** The same value for all spatial axes, or one for each. */
export type PerAxis<T, R extends Rank = Rank> = T | AxisTuple<T, R>;

const NAMES = { 1: ['columns'], 2: ['rows', 'columns'], 3: ['depth', 'rows', 'columns'] } as const;
const LABELS = { 1: ['length'], 2: ['height', 'width'], 3: ['depth', 'height', 'width'] } as const;

/** Names of the spatial axes as places in an option: `rows`, `columns`. */
export function axisNames(rank: Rank): readonly string[] {
  return NAMES[rank];
}

/** Names of the extents along the spatial axes: `height`, `width`. */
export function extentNames(rank: Rank): readonly string[] {
  return LABELS[rank];
}

/** Letters of the spatial axes in layouts: `h`, `w`. */
export function axisLetters(rank: Rank): readonly string[] {
  return ['d', 'h', 'w'].slice(3 - rank);
}
