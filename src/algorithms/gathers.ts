// How many gathers an algorithm takes on: each is a dispatch or more of its own.
import { type ConvProblem, gatherCount } from '../problem/index.js';

/** Beyond this, recording takes longer than computing. */
const MOST_DISPATCHES = 16384;

/** Why a problem comes down to too many dispatches, or undefined. `each`: dispatches for a gather; `most` for a run. */
export function tooManyGathers(problem: ConvProblem, each = 1, most = MOST_DISPATCHES): string | undefined {
  const count = gatherCount(problem) * each;
  if (count <= most) return undefined;
  return `strides, groups and output come down to ${count} dispatches, and at most ${most} are recorded for one run`;
}
