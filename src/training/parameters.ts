// The values that a network learns. They are tensors, so they never change: learning and loading put new ones in their place, and what was recorded
// with the old ones is right whatever happens later. Released buffers are taken by the next new ones, so memory stays flat.
import type { GpuContext } from '../gpu/context.js';
import { elementCount, formatShape, sameShape } from '../problem/index.js';
import { Tensor, TensorStorage, useTensor } from '../tensor.js';
import { initialWeights } from './initial-weights.js';
import type { ParameterSpec } from './layers.js';
import { seededRandom } from './random.js';
import type { SavedTensor } from './safetensors.js';

/** First values of all parameters, drawn in their order. */
export function initialValues(specs: readonly ParameterSpec[], seed: number): Float32Array<ArrayBuffer>[] {
  const random = seededRandom(seed);
  return specs.map(({ shape, initial }) => {
    const count = elementCount(shape);
    return initial ? initialWeights(random, initial.rule, count, initial) : new Float32Array(count);
  });
}

/**
 * The values of a file in the order of the parameters.
 * @param refuse throws for a file whose tensors are not exactly the parameters.
 */
export function savedValues(
  specs: readonly ParameterSpec[],
  tensors: ReadonlyMap<string, SavedTensor>,
  refuse: (problem: string) => never,
): Float32Array[] {
  const unknown = [...tensors.keys()].find((name) => !specs.some((spec) => spec.name === name));
  if (unknown !== undefined) {
    refuse(`the file has a tensor '${unknown}', but the network has ${specs.map(({ name }) => name).join(', ')}`);
  }
  return specs.map(({ name, shape }) => {
    const saved = tensors.get(name) ?? refuse(`the file has no tensor '${name}'`);
    if (sameShape(saved.shape, shape)) return saved.data;
    return refuse(`'${name}' has shape ${formatShape(saved.shape)}, but the network's has ${formatShape(shape)}`);
  });
}

export class Parameters {
  readonly specs: readonly ParameterSpec[];
  readonly #gpu: GpuContext;
  #tensors: Tensor[] = [];
  #version = 0;

  constructor(gpu: GpuContext, specs: readonly ParameterSpec[], values: readonly Float32Array[]) {
    this.#gpu = gpu;
    this.specs = specs;
    this.set(values);
  }

  /** Grows when all values are set anew, so that what was remembered of the old ones counts no more. */
  get version(): number {
    return this.#version;
  }

  get tensors(): readonly Tensor[] {
    return this.#tensors;
  }

  /** A parameter as it is now, as a tensor of the caller's. */
  hold(index: number): Tensor {
    const { shape, layout, dtype } = this.#tensors[index]!;
    return Tensor.create(shape, layout, dtype, useTensor(this.#gpu, 'hold', 'tensor', this.#tensors[index]).retain());
  }

  /** Sets all values, or none if one cannot be uploaded. */
  set(values: readonly Float32Array[]): void {
    const fresh: Tensor[] = [];
    try {
      for (const [index, data] of values.entries()) {
        const { shape, layout } = this.specs[index]!;
        const storage = new TensorStorage(this.#gpu, this.#gpu.upload('storage', data), data.byteLength);
        fresh.push(Tensor.create(shape, layout, 'float32', storage));
      }
    } catch (error) {
      for (const tensor of fresh) tensor.dispose();
      throw error;
    }
    this.dispose();
    this.#tensors = fresh;
    this.#version++;
  }

  /** Puts a learnt tensor in the place of the old one. */
  replace(index: number, tensor: Tensor): void {
    this.#tensors[index]!.dispose();
    this.#tensors[index] = tensor;
  }

  dispose(): void {
    for (const tensor of this.#tensors) tensor.dispose();
  }
}
