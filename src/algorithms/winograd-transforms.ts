// The transforms of Winograd's minimal filtering F(m, r) along one axis: what host code must know of them. For a tile of m outputs, the
// m + r − 1 inputs d it sees and the taps g,
//     y = Aᵀ [(G g) ⊙ (Bᵀ d)],   in two dimensions   Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A,
// A. Lavin, S. Gray, Fast Algorithms for Convolutional Neural Networks, arXiv:1509.09308. The kernels of shaders/winograd/ compute them in
// the steps of test/support/winograd/transforms.ts, from which tests derive the numbers that are stated here.

/** F(m, r) along an axis. */
export interface WinogradTransform {
  /** m: outputs of a tile. */
  readonly tile: number;
  /** r: taps of the filter. */
  readonly taps: number;
  /** Most roundings on the way through all three transforms; a constant that f32 does not hold counts by its own error. */
  readonly longest: number;
  /** κ of the errors of the products, of those made before them and of those made after (winograd-errors.ts). */
  readonly growth: { readonly products: number; readonly before: number; readonly after: number };
}

/** Along rows, and along columns. */
export type Transforms = readonly [rows: WinogradTransform, columns: WinogradTransform];

/** F(1, 1): what it leaves of an axis with one tap, as it is. */
export const UNTRANSFORMED: WinogradTransform = {
  tile: 1,
  taps: 1,
  longest: 0,
  growth: { products: 1, before: 0, after: 0 },
};

/** From the points 0, ±1 and ∞. */
export const F2: WinogradTransform = { tile: 2, taps: 3, longest: 5, growth: { products: 5, before: 11, after: 3 } };

/** From the points 0, ±5/8, ±13/8 and ∞. */
export const F4: WinogradTransform = {
  tile: 4,
  taps: 3,
  longest: 10.7138671875,
  growth: { products: 14.013621012369793, before: 58.05725170529257, after: 14.228022257486979 },
};

/** Products of a tile: m + r − 1. */
export function productsOf({ tile, taps }: WinogradTransform): number {
  return tile + taps - 1;
}
