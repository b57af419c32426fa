// This engine: what the planner chooses, and each algorithm of the table that supports the shape; beside a gradient also the convolution itself.
// Every row has an engine of its own, so that its first call finds nothing compiled and its peak of memory is its own.
import { createEngine, type Engine, type Tensor } from 'webgpu-conv';
import { FORWARD, PLANNED, PLANNED_NHWC } from '../runner/result.js';
import type { BenchShape } from '../shapes/bench-shape.js';
import { type Operand, type OperandLayout, operandsOf, toNhwc } from '../shapes/operands.js';
import { forwardOf } from '../shapes/shape.js';
import type { Competitor, Contender, Task } from './competitor.js';
import { type EngineCalls, engineCalls, type PreparedCall } from './engine-calls.js';
import { algorithmsFor } from './own-algorithms.js';

/** By which the convolution itself is computed beside its gradient, where they support it. */
const BASE_LINES = ['im2col-gemm', 'implicit-gemm'];

class EngineContender implements Contender {
  readonly layout: OperandLayout;
  readonly shape: BenchShape;
  /** Of what the planner chooses: the call of a program that convolves once. A forced algorithm is prepared from the start. */
  readonly once?: () => Promise<void>;
  readonly #engine: Engine;
  readonly #calls: EngineCalls;
  readonly #upload: (operand: Operand) => Tensor;
  readonly #first: Operand;
  readonly #copies: Tensor[];
  readonly #second: Tensor;
  #prepared: PreparedCall | undefined;
  #peakBytes: number | undefined;

  constructor(engine: Engine, { shape, operands, variant }: Task) {
    const isPlanned = variant === PLANNED || variant === PLANNED_NHWC;
    const layout = variant === PLANNED_NHWC ? 'nhwc' : 'nchw';
    const isFilterGradient = shape.gradient === 'filter';
    const inLayout = (operand: Operand) => (layout === 'nhwc' ? toNhwc(operand) : operand);
    this.shape = shape;
    this.layout = isFilterGradient ? 'oihw' : layout;
    this.#engine = engine;
    this.#calls = engineCalls(engine, shape, { algorithm: isPlanned ? undefined : variant, layout });
    this.#upload = ({ data, shape: size }) => engine.tensor(data, size, { layout });
    this.#first = inLayout(operands.first);
    this.#copies = [this.#upload(this.#first)];
    const { second } = operands;
    this.#second = isFilterGradient ? this.#upload(inLayout(second)) : engine.tensor(second.data, second.shape);
    if (isPlanned) this.once = async () => (await this.#calls.once(this.#copies[0]!, this.#second)).dispose();
  }

  async prepare(): Promise<void> {
    this.#prepared = await this.#calls.prepare(this.#copies[0]!, this.#second);
  }

  run(copy: 0 | 1): void {
    this.#copies[copy] ??= this.#upload(this.#first); // the second one not before the peak is noted
    this.#prepared!.run(this.#copies[copy]!).dispose(); // which the engine does when the work is done
  }

  async wait(): Promise<void> {
    await this.#engine.finish();
    if (this.#prepared) this.#peakBytes ??= this.#engine.memory().peakBytes;
  }

  async endToEnd(): Promise<Float32Array> {
    using first = this.#upload(this.#first);
    using result = this.#prepared!.run(first);
    return await result.read();
  }

  errorGrowth(): number {
    return this.#prepared!.errorGrowth;
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
    const own = [PLANNED, PLANNED_NHWC, ...(await algorithmsFor(shape))];
    if (shape.gradient === undefined) return own;
    const forward = await algorithmsFor(forwardOf(shape));
    return [...own, ...BASE_LINES.filter((name) => forward.includes(name)).map((name) => FORWARD + name)];
  },
  async open(task) {
    const engine = await createEngine();
    if (!task.variant.startsWith(FORWARD)) return new EngineContender(engine, task);
    const shape = forwardOf(task.shape);
    const variant = task.variant.slice(FORWARD.length);
    return new EngineContender(engine, { shape, operands: operandsOf(shape), variant });
  },
};
