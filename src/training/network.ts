// A network: layers in a row and the values that they learn. It runs forward by itself; a trainer makes it learn.
import type { Engine } from '../engine.js';
import { InvalidArgumentError } from '../errors.js';
import { coreOf } from '../operations/core.js';
import {
  assertOptionsObject,
  describe,
  INPUT_LAYOUTS,
  type InputLayout,
  integerAtLeast,
  oneOf,
  parseShape,
  type Rank,
  rejectUnknownOptions,
  type Shape,
} from '../problem/index.js';
import type { Tensor } from '../tensor.js';
import { VERSION } from '../version.js';
import { compileForward, runForward } from './forward.js';
import type { Layer } from './layer-description.js';
import { type CheckedLayer, checkLayers } from './layers.js';
import { batchOf, byLayer, holdInput, layersForBatch, type NetworkParts } from './network-parts.js';
import { initialValues, Parameters, savedValues } from './parameters.js';
import { readSafetensors, writeSafetensors } from './safetensors.js';
import { makeTrainer, type Trainer, type TrainerOptions } from './trainer.js';

/** What {@link Network.create} takes besides the layers. */
export interface NetworkOptions {
  /** Shape of the input, batch included: (N, C, H, W), or as the input layout says. The steps of a trainer are of this shape. */
  readonly inputShape: Shape;
  /** Layout of every tensor of the network but the weights; default channels first. */
  readonly inputLayout?: InputLayout;
  /** What the first weights are drawn with, an integer: the same seed gives the same bits everywhere; default 0. */
  readonly seed?: number;
}

/** What is known of a layer. */
export interface LayerReport {
  readonly operator: Layer['operator'];
  readonly outputShape: Shape;
}

/** What is known of the values that a layer learns. */
export interface ParameterReport {
  /** `0.weight`, `0.bias`: the layer's number, and what it is. */
  readonly name: string;
  readonly shape: Shape;
}

/** Layers and their weights, on the device of an engine. */
export class Network {
  /** Shape of the input that it was created for. */
  readonly inputShape: Shape;
  /** Shape of its output for that input. */
  readonly outputShape: Shape;
  readonly layers: readonly LayerReport[];
  /** In the order in which they are drawn, saved and learnt. */
  readonly parameters: readonly ParameterReport[];
  readonly #parts: NetworkParts;
  #disposed = false;

  private constructor(parts: Omit<NetworkParts, 'assertUsable'>, checked: readonly CheckedLayer[]) {
    const { core, layers, inputShape, parameters } = parts;
    const assertUsable = (action: string) => {
      core.gpu.assertAlive(action);
      if (this.#disposed) throw new InvalidArgumentError(`${action}: the network was disposed. Create it again.`);
    };
    this.#parts = { ...parts, assertUsable };
    this.inputShape = inputShape;
    this.outputShape = Object.freeze([...checked.at(-1)!.outputShape]);
    this.layers = Object.freeze(
      layers.map(({ operator }, index) => Object.freeze({ operator, outputShape: checked[index]!.outputShape })),
    );
    this.parameters = Object.freeze(parameters.specs.map(({ name, shape }) => Object.freeze({ name, shape })));
  }

  /**
   * Makes a network with random weights. All layers are checked before anything is allocated; nothing is compiled yet.
   * @throws InvalidArgumentError, with the number of the layer, for options that do not fit; UnsupportedProblemError; DeviceLostError.
   */
  static create(engine: Engine, layers: readonly Layer[], options: NetworkOptions): Network {
    const action = 'Network';
    const core = coreOf(action, engine);
    core.gpu.assertAlive(action);
    if (!Array.isArray(layers) || layers.length === 0) {
      throw new InvalidArgumentError(
        `${action}: layers must be a list with at least one layer, got ${describe(layers)}. A layer is { operator: 'dense', units, … }.`,
      );
    }
    const { inputShape, layout, rank, seed } = normalise(action, options);
    const checked = checkLayers(core, action, layers, { shape: inputShape, layout, rank });
    const specs = checked.flatMap(({ parameters }) => parameters);
    const parameters = new Parameters(core.gpu, specs, initialValues(specs, seed));
    // a copy, because batches of other sizes check the layers again
    return new Network({ core, layers: structuredClone(layers), inputShape, layout, rank, parameters }, checked);
  }

  /**
   * Runs the network forward. Resolves when the work is recorded; the first time for a size of batch waits for its pipelines.
   * @param input as `inputShape`, but of any batch.
   * @throws InvalidTensorError, InvalidArgumentError, UnsupportedProblemError, DeviceLostError
   */
  async predict(input: Tensor): Promise<Tensor> {
    const action = 'predict';
    const parts = this.#parts;
    parts.assertUsable(action);
    using held = holdInput(parts, action, input);
    const layers = layersForBatch(parts, action, batchOf(held.shape, parts.layout));
    const steps = await compileForward(parts.core, layers, false);
    try {
      parts.assertUsable(action);
      return runForward(steps, held, byLayer(layers, parts.parameters.tensors));
    } finally {
      for (const step of steps) step.dispose();
    }
  }

  /**
   * Compiles what makes the network learn.
   * @throws InvalidArgumentError for options that do not fit; UnsupportedProblemError; DeviceLostError.
   */
  trainer(options: TrainerOptions): Promise<Trainer> {
    return makeTrainer(this.#parts, options);
  }

  /**
   * The values of a parameter as they are now, as a tensor that later steps do not change; dispose it when done.
   * @param name one of {@link Network.parameters}: '0.weight'.
   * @throws InvalidArgumentError for a name that does not exist.
   */
  parameter(name: string): Tensor {
    const action = 'parameter';
    this.#parts.assertUsable(action);
    const { parameters } = this.#parts;
    const names = parameters.specs.map((spec) => spec.name);
    return parameters.hold(names.indexOf(oneOf(action, 'name', name, names)));
  }

  /**
   * The bytes of a safetensors file with all parameters as they are now, in f32. Other systems read it, and {@link Network.load}.
   * @throws DeviceLostError; OutOfMemoryError or KernelError if the device refused commands that the values may depend on.
   */
  async save(): Promise<Uint8Array<ArrayBuffer>> {
    this.#parts.assertUsable('save');
    const { specs, tensors } = this.#parts.parameters;
    const values = await Promise.all(tensors.map((tensor) => tensor.read())); // recorded together: those of one step
    const saved = specs.map(({ name, shape }, index) => [name, { shape, data: values[index]! }] as const);
    return writeSafetensors(new Map(saved), { format: 'webgpu-conv', version: VERSION });
  }

  /**
   * Takes all parameters from a safetensors file, of F32 or F16; a trainer then goes on without what its optimiser remembers.
   * @throws InvalidArgumentError if it is no such file, or its tensors are not exactly the network's: the network stays as it was.
   */
  load(file: Uint8Array | ArrayBuffer): void {
    const action = 'load';
    this.#parts.assertUsable(action);
    const { parameters } = this.#parts;
    const { tensors } = readSafetensors(file, action);
    parameters.set(
      savedValues(parameters.specs, tensors, (problem) => {
        throw new InvalidArgumentError(`${action}: ${problem}. Load a file that a network of the same layers saved.`);
      }),
    );
  }

  /** Gives the weights back. What was recorded with them is still done. Twice is once. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#parts.parameters.dispose();
  }

  /** As {@link Network.dispose}. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

function normalise(action: string, options: NetworkOptions) {
  assertOptionsObject(action, options);
  rejectUnknownOptions(action, options, ['inputShape', 'inputLayout', 'seed']);
  const inputShape = parseShape(action, 'inputShape', options.inputShape);
  const rank = inputShape.length - 2;
  if (rank < 1 || rank > 3) {
    throw new InvalidArgumentError(
      `${action}: inputShape is ${describe(inputShape)} with ${inputShape.length} axes, but must have 3 (1-D), 4 (2-D) or 5 (3-D).`,
    );
  }
  const layouts: readonly InputLayout[] = INPUT_LAYOUTS[rank as Rank];
  const layout = oneOf(action, 'inputLayout', options.inputLayout ?? layouts[0], layouts);
  const seed = integerAtLeast(action, 'seed', options.seed ?? 0, Number.MIN_SAFE_INTEGER);
  return { inputShape, rank: rank as Rank, layout, seed };
}
