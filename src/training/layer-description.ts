// How layers of a network are described: plain objects, as the steps of `engine.sequence`.
import type {
  Activation,
  AveragePoolOptions,
  ConvGeometryOptions,
  ConvTransposeGeometryOptions,
  PerAxis,
  PoolOptions,
  Rank,
} from '../problem/index.js';
import type { InitialWeights } from './initial-weights.js';

/** Options of layers with weights. */
export interface WeightOptions {
  /** Whether each filter has a bias, 0 at first; default true. */
  readonly bias?: boolean;
  /** How the filters begin; default 'heNormal'. */
  readonly initialWeights?: InitialWeights;
}

/** Number and size of the filters of a convolution. */
export interface FilterOptions<R extends Rank = Rank> extends WeightOptions {
  /** K, the number of channels of the output. */
  readonly filters: number;
  /** Size of the filter, one number or one for each axis. */
  readonly filterSize: PerAxis<number, R>;
}

/** A layer that is one number for each unit and image: a convolution whose filter is as large as its input. The output is (N, units, 1, 1). */
export interface DenseOptions extends WeightOptions {
  readonly units: number;
  /** Applied to every output; default 'none'. */
  readonly activation?: Activation;
}

type WithoutLayout<T> = Omit<T, 'inputLayout'>;

/**
 * A layer of a network: an operator, and its options without those that all layers share. Every activation but 'prelu', whose slope would have
 * to be learnt.
 */
export type Layer =
  | {
      [R in Rank]: { readonly operator: `conv${R}d` } & WithoutLayout<ConvGeometryOptions<R>> & FilterOptions<R>;
    }[Rank]
  | {
      [R in Rank]: { readonly operator: `convTranspose${R}d` } & WithoutLayout<ConvTransposeGeometryOptions<R>> &
        FilterOptions<R>;
    }[Rank]
  | ({ readonly operator: 'dense' } & DenseOptions)
  | { [R in Rank]: { readonly operator: `maxPool${R}d` | `l2Pool${R}d` } & WithoutLayout<PoolOptions<R>> }[Rank]
  | { [R in Rank]: { readonly operator: `averagePool${R}d` } & WithoutLayout<AveragePoolOptions<R>> }[Rank]
  | { readonly operator: 'activation'; readonly activation: Activation };
