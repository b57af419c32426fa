// Kernels that compute a product tile by tile, as the rows of the table name them: how many invocations share a tile, and what of a
// device they need.
import type { Kernel, StoredKernels } from '../gpu/kernel.js';
import type { Work } from './design.js';

/** A kernel whose constants TILE_FILTERS and TILE_POSITIONS say how large a tile is. */
export interface TileKernel {
  readonly kernels: StoredKernels;
  /** Invocations that share a tile: 1, or all of a workgroup. */
  readonly invocations: number;
  /** Features that the device must have; absent: none. */
  readonly features?: readonly string[];
}

/** Kernels by variant. */
export type TileKernels = Readonly<Record<string, TileKernel>>;

/** What the device must have for a variant. */
export function featuresOf(kernels: TileKernels, variant: string): readonly string[] {
  return kernels[variant]?.features ?? [];
}

/** Workgroups that compute so many tiles. */
export function workgroupsOf(tiles: number, { workgroupSize }: Kernel, invocations: number): number {
  return Math.ceil((tiles * invocations) / workgroupSize[0]);
}

/** Lanes of a subgroup that share what they load. */
const LANES = 4;

/** What a product's tiles come to. */
export interface TileCount {
  readonly tiles: number;
  /** Tiles side by side along the positions. */
  readonly positionTiles: number;
  readonly positions: number;
  /** Products summed in an output. */
  readonly products: number;
}

/** Invocations that compute something, and their multiply-adds. */
export function tileWork(
  { constants }: Kernel,
  { invocations, features }: TileKernel,
  { tiles, positionTiles, positions, products }: TileCount,
): Pick<Work, 'invocations' | 'multiplyAdds'> {
  const outputsEach = (constants.TILE_FILTERS! * constants.TILE_POSITIONS!) / invocations;
  let busy = tiles * invocations;
  if (features?.includes('subgroups') && positionTiles > 0) {
    // lanes past the last position have nothing to do, where all four have not
    const positionsEach = constants.TILE_POSITIONS! / invocations;
    busy = (tiles / positionTiles) * LANES * Math.ceil(positions / (LANES * positionsEach));
  }
  return { invocations: busy, multiplyAdds: busy * outputsEach * products };
}
