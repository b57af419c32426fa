// This engine: what the planner chooses, and each algorithm of the table that supports the shape. Every row has an engine
// of its own, so that its first call finds nothing compiled and its peak of memory is its own.
import { createEngine, type Engine, type PreparedConv, type Tensor } from 'webgpu-conv';
import { planningEngine } from '../runner/planning-engine.js';
import { PLANNED } from '../runner/result.js';
import { geometryOf, problemOf } from '../shapes/shape.js';
import type { Competitor, Contender, Task } from './competitor.js';

/** What the option `accuracy` says of algorithms with larger rounding errors than sums of products have, by their plans. */
const ERROR_GROWTH: readonly (readonly [string, number])[] = [
  ['winograd/f2x2', 8],
  ['winograd', 31],
];

class EngineContender implements Contender {
  readonly layout = 'nchw';
  readonly #engine: Engine;
  readonly #task: Task;
  readonly #inputs: Tensor[];
  readonly #filter: Tensor;
  #prepared: PreparedConv | undefined;
  #peakBytes: number | undefined;

  constructor(engine: Engine, task: Task) {
    const { input, filter } = task.operands;
    this.#engine = engine;
    this.#task = task;
    this.#inputs = [engine.tensor(input.data, input.shape)];
    this.#filter = engine.tensor(filter.data, filter.shape);
  }

  async prepare(): Promise<void> {
    const { shape, operands, variant } = this.#task;
    const options = {
      ...geometryOf(shape),
      ...(variant === PLANNED ? {} : { algorithm: variant }),
      inputShape: operands.input.shape,
      filter: this.#filter,
    };
    this.#prepared = await (shape.operator === 'conv'
      ? this.#engine.prepareConv2d(options)
      : this.#engine.prepareConvTranspose2d(options));
  }

  run(input: 0 | 1): void {
    const { data, shape } = this.#task.operands.input;
    this.#inputs[input] ??= this.#engine.tensor(data, shape); // the second one not before the peak is noted
    this.#prepared!.run(this.#inputs[input]!).dispose(); // which the engine does when the work is done
  }

  async wait(): Promise<void> {
    await this.#engine.finish();
    this.#peakBytes ??= this.#engine.memory().peakBytes;
  }

  async endToEnd(): Promise<Float32Array> {
    const { input } = this.#task.operands;
    using x = this.#engine.tensor(input.data, input.shape);
    using y = this.#prepared!.run(x);
    return await y.read();
  }

  errorGrowth(): number {
    return ERROR_GROWTH.find(([start]) => this.plan().startsWith(start))?.[1] ?? 1;
  }

  plan(): string {
    const { algorithm, variant } = this.#prepared!;
    return `${algorithm}/${variant}`;
  }

  peakBytes(): number {
    return this.#peakBytes!;
  }

  dispose(): void {
    this.#engine.dispose();
  }
}

export const competitor: Competitor = {
  async variants(shape) {
    const { algorithms } = (await planningEngine()).supports(problemOf(shape));
    return [PLANNED, ...algorithms.filter(({ supported }) => supported).map(({ algorithm }) => algorithm)];
  },
  async open(task) {
    return new EngineContender(await createEngine(), task);
  },
};
