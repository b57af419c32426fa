// The filter in the form that a run reads: where its weights are found, and what it may take.
import { UnsupportedProblemError } from '../errors.js';
import type { DeviceLimits } from '../gpu/capabilities.js';
import type { UniformValues } from '../gpu/kernel.js';
import { axisPitches, type Conv2dProblem, conv2dFilterShape } from '../problem/index.js';

/** Where a packing kernel (shaders/filter/) finds the weights; a flipped filter is read from its last weight backwards. */
export function filterPitches(problem: Conv2dProblem): UniformValues {
  const [rows, columns] = problem.axes;
  const pitches = axisPitches(conv2dFilterShape(problem), problem.filterLayout);
  const [row, column] = [pitches.h!, pitches.w!];
  const last = (rows.filterSize - 1) * row + (columns.filterSize - 1) * column;
  return {
    first: problem.flipFilter ? last : 0,
    filter_pitch: pitches.o!,
    channel_pitch: pitches.i!,
    row_pitch: problem.flipFilter ? -row : row,
    column_pitch: problem.flipFilter ? -column : column,
  };
}

/** Throws UnsupportedProblemError if the device cannot bind a packed filter of `bytes`. */
export function assertPackedFilterFits(bytes: number, { maxBindingBytes }: DeviceLimits): void {
  if (bytes <= maxBindingBytes) return;
  throw new UnsupportedProblemError(
    `conv2d: the packed filter takes ${bytes} bytes, but this device binds at most ${maxBindingBytes}. Split the filters.`,
  );
}
