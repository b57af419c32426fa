// Bands: a matrix that does not fit the workspace is made and used a stretch of output positions at a time.
import { WorkspaceLimitError } from '../errors.js';
import type { GemmSize } from '../problem/index.js';

/** A stretch of the N·P·Q output positions. */
export interface Band {
  readonly first: number;
  readonly count: number;
}

/** A band plan of a column matrix (gemmK × positions, f32). */
export interface BandPlan {
  readonly bands: readonly Band[];
  /** vec4 in a row of the column matrix, the same in every band. */
  readonly pitchQuads: number;
  readonly workspaceBytes: number;
}

/**
 * Divides the positions into as few bands as the limit allows, of nearly equal size, each a multiple of `tilePositions`
 * (but the last), so that no tile works on two bands. Every output is summed in the same order however it is divided.
 * @param limitBytes most bytes of the column matrix of a band.
 * @param matrix what the matrix is called in the error's message.
 * @throws WorkspaceLimitError if not even one tile's width fits.
 */
export function planBands(
  { positions, depth }: Pick<GemmSize, 'positions' | 'depth'>,
  tilePositions: number,
  limitBytes: number,
  action: string,
  matrix = 'the column matrix',
): BandPlan {
  const quadBytes = 16 * depth; // four positions of every row
  const fullQuads = Math.ceil(positions / 4);
  const limitQuads = Math.floor(limitBytes / quadBytes);
  if (fullQuads <= limitQuads) {
    return { bands: [{ first: 0, count: positions }], pitchQuads: fullQuads, workspaceBytes: fullQuads * quadBytes };
  }
  const mostTiles = Math.floor((limitQuads * 4) / tilePositions);
  if (mostTiles === 0) {
    throw new WorkspaceLimitError(
      `${action}: one tile of ${tilePositions} columns of ${matrix} takes ${tilePositions * 4 * depth} bytes, but the workspace may hold ${limitBytes} (the smaller of workspaceLimitBytes and what the device binds). Raise workspaceLimitBytes, or use fewer channels.`,
      tilePositions * 4 * depth,
    );
  }
  const tiles = Math.ceil(positions / tilePositions);
  const tilesEach = Math.ceil(tiles / Math.ceil(tiles / mostTiles));
  const size = tilesEach * tilePositions;
  const bands: Band[] = [];
  for (let first = 0; first < positions; first += size) {
    bands.push({ first, count: Math.min(size, positions - first) });
  }
  return { bands, pitchQuads: size / 4, workspaceBytes: (size / 4) * quadBytes };
}
