// What a network and its trainers work with.
import { InvalidArgumentError } from '../errors.js';
import type { EngineCore } from '../operations/core.js';
import { axisSize, formatShape, type InputLayout, type Rank, type Shape, sameShape } from '../problem/index.js';
import { Tensor, useTensor } from '../tensor.js';
import type { Layer } from './layer-description.js';
import { type CheckedLayer, checkLayers } from './layers.js';
import type { Parameters } from './parameters.js';

/** The parts of a network. */
export interface NetworkParts {
  readonly core: EngineCore;
  readonly layers: readonly Layer[];
  readonly inputShape: Shape;
  readonly layout: InputLayout;
  readonly rank: Rank;
  readonly parameters: Parameters;
  /** Throws if the network was disposed, or its device lost. */
  assertUsable(action: string): void;
}

/** The layers of a network for a batch of a size. */
export function layersForBatch(
  { core, layers, inputShape, layout, rank }: NetworkParts,
  action: string,
  batch: number,
): readonly CheckedLayer[] {
  const shape = inputShape.map((size, axis) => (layout[axis] === 'n' ? batch : size));
  return checkLayers(core, action, layers, { shape, layout, rank });
}

/** Items of a flat list, one for each parameter, layer by layer. */
export function byLayer<T>(layers: readonly CheckedLayer[], items: readonly T[]): readonly (readonly T[])[] {
  let first = 0;
  return layers.map(({ parameters: { length } }) => {
    first += length;
    return items.slice(first - length, first);
  });
}

/**
 * An input that a caller passed, as a tensor that stays whatever becomes of the caller's; disposed by whoever asks.
 * @throws InvalidArgumentError, InvalidTensorError unless it is a tensor of f32 of the network's input shape, but of any batch.
 */
export function holdInput({ core, layout, inputShape }: NetworkParts, action: string, input: unknown): Tensor {
  const storage = useTensor(core.gpu, action, 'input', input, { layout, dtype: 'float32' });
  const { shape } = input as Tensor;
  const one = (given: Shape) => given.map((size, axis) => (layout[axis] === 'n' ? 1 : size));
  if (!sameShape(one(shape), one(inputShape))) {
    throw new InvalidArgumentError(
      `${action}: input has shape ${formatShape(shape)}, but the network was created for ${formatShape(inputShape)} (${layout}). Give one of that shape; only the batch may differ.`,
    );
  }
  return Tensor.create(shape, layout, 'float32', storage.retain());
}

/** Images in a tensor. */
export function batchOf(shape: Shape, layout: InputLayout): number {
  return axisSize(shape, layout, 'n');
}
