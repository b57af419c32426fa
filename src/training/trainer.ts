// A trainer: everything compiled that a network needs to learn, once, for batches of one size. A step records forward, loss, backward and update and
// waits for nothing but, every few steps, for the GPU to come along.
import { InvalidArgumentError } from '../errors.js';
import { assertOptionsObject, formatShape, oneOf, rejectUnknownOptions, sameShape } from '../problem/index.js';
import type { Tensor, TensorStorage } from '../tensor.js';
import { type BackwardStep, compileBackward, type LayerTrace } from './backward.js';
import { compileForward, disposeTrace, type ForwardStep, runForward } from './forward.js';
import { Kept } from './kept.js';
import type { CheckedLayer } from './layers.js';
import { LossSums } from './loss-sums.js';
import { LOSSES, type Loss, type LossPlan, planLoss, type Targets, targetStorage } from './losses.js';
import { batchOf, byLayer, holdInput, layersForBatch, type NetworkParts } from './network-parts.js';
import { type OptimizerOptions, parseLearningRate, parseOptimizer } from './optimizers.js';
import { WeightUpdates } from './weight-updates.js';

/** What {@link Network.trainer} takes. */
export interface TrainerOptions {
  readonly loss: Loss;
  readonly optimizer: OptimizerOptions;
}

/** Result of {@link Trainer.evaluate}. */
export interface Evaluation {
  readonly loss: number;
  /** Share of the targets whose class has the largest output, of 'softmaxCrossEntropy'; else undefined. */
  readonly accuracy: number | undefined;
}

/** Steps between two waits for the GPU: at most twice as many are on their way to it, however fast they are recorded. */
const STEPS_PER_WAIT = 4;

/** Everything compiled. */
interface TrainerPlans {
  readonly layers: readonly CheckedLayer[];
  readonly forward: readonly ForwardStep[];
  readonly backward: readonly BackwardStep[];
  readonly loss: LossPlan;
  readonly sums: LossSums;
  readonly updates: WeightUpdates;
}

/** Makes a network learn; made by {@link Network.trainer}. */
export class Trainer {
  readonly #parts: NetworkParts;
  readonly #plans: TrainerPlans;
  readonly #kept: Kept;
  #learningRate: number;
  #steps = 0;
  /** Fulfilled when the GPU has done the steps up to the last wait but one. */
  #done: Promise<void> | undefined;
  #disposed = false;

  private constructor(parts: NetworkParts, plans: TrainerPlans, kept: Kept, learningRate: number) {
    this.#parts = parts;
    this.#plans = plans;
    this.#kept = kept;
    this.#learningRate = learningRate;
  }

  /** @internal */
  static create(...made: [NetworkParts, TrainerPlans, Kept, number]): Trainer {
    return new Trainer(...made);
  }

  /** Steps taken. */
  get steps(): number {
    return this.#steps;
  }

  /** Learning rate of the steps to come. Throws InvalidArgumentError if it is set to anything but a finite number of at least 0. */
  get learningRate(): number {
    return this.#learningRate;
  }

  set learningRate(value: number) {
    this.#learningRate = parseLearningRate('learningRate', value);
  }

  #assertUsable(action: string): void {
    this.#parts.assertUsable(action);
    if (this.#disposed) throw new InvalidArgumentError(`${action}: the trainer was disposed. Make another one.`);
  }

  /**
   * Learns from a batch: everything is recorded before this returns, so input and targets may be disposed or changed at once. The promise resolves when
   * no more than 8 steps are on their way to the GPU: await it before the next step, or they heap up without limit.
   * @param input as the network's `inputShape`.
   * @throws InvalidArgumentError, InvalidTensorError, DeviceLostError; nothing is learnt then.
   */
  async step(input: Tensor, targets: Targets): Promise<void> {
    const action = 'step';
    this.#assertUsable(action);
    const { core, inputShape } = this.#parts;
    using held = holdInput(this.#parts, action, input);
    if (!sameShape(held.shape, inputShape)) {
      throw new InvalidArgumentError(
        `${action}: input has shape ${formatShape(held.shape)}, but the trainer was made for batches of ${formatShape(inputShape)}. Give as many, or create the network for that batch.`,
      );
    }
    const { layers, loss } = this.#plans;
    const { outputShape: shape } = layers.at(-1)!;
    const wanted = targetStorage(core.gpu, action, loss.loss, targets, { shape, layout: this.#parts.layout });
    try {
      this.#record(held, wanted);
    } finally {
      wanted.release();
    }
    this.#steps++;
    core.gpu.stream.flush(); // its timer may be late in a tab in the background
    if (this.#steps % STEPS_PER_WAIT > 0) return;
    const before = this.#done;
    this.#done = core.gpu.idle();
    this.#done.catch(() => {}); // a lost device is told by whatever is called next
    await before;
  }

  #record(input: Tensor, targets: TensorStorage): void {
    const { layers, forward, backward, sums, updates } = this.#plans;
    const { parameters } = this.#parts;
    const traces: LayerTrace[] = [];
    let gradient: Tensor | undefined;
    try {
      updates.begin(this.#learningRate);
      const weights = byLayer(layers, parameters.tensors);
      for (const [index, step] of forward.entries()) {
        const given = traces.at(-1)?.output ?? input;
        traces.push({ input: given, ...step.run(given, weights[index]!) });
      }
      gradient = sums.record(traces.at(-1)!.output, targets);
      let next = parameters.tensors.length; // counts down the parameters
      for (let index = layers.length - 1; index >= 0; index--) {
        const gradients = backward[index]!.run(gradient!, traces[index]!, weights[index]!);
        gradient!.dispose();
        gradient = gradients.input;
        next -= gradients.parameters.length;
        updates.record(next, gradients.parameters);
        disposeTrace(traces.pop()!);
      }
    } finally {
      updates.end();
      gradient?.dispose();
      for (const trace of traces) disposeTrace(trace);
    }
  }

  /**
   * The mean loss of all steps since it was last asked for: the one read-back of training, 8 KiB at most.
   * @throws InvalidArgumentError if no step was taken since then. DeviceLostError; OutOfMemoryError or KernelError if the device refused a step.
   */
  async loss(): Promise<number> {
    this.#assertUsable('loss');
    return (await this.#plans.sums.read('loss')).loss;
  }

  /**
   * Loss and accuracy on examples that are not learnt from.
   * @param input as the network's `inputShape`, but of any batch.
   * @throws InvalidArgumentError, InvalidTensorError, UnsupportedProblemError, DeviceLostError
   */
  async evaluate(input: Tensor, targets: Targets): Promise<Evaluation> {
    const action = 'evaluate';
    this.#assertUsable(action);
    const { core, layout, parameters } = this.#parts;
    const { loss } = this.#plans.loss;
    const kept = new Kept();
    try {
      const held = kept.keep(holdInput(this.#parts, action, input));
      const layers = layersForBatch(this.#parts, action, batchOf(held.shape, layout));
      const output = { shape: layers.at(-1)!.outputShape, layout };
      const wanted = targetStorage(core.gpu, action, loss, targets, output);
      kept.keep({ dispose: () => wanted.release() });
      const plan = await planLoss(core.gpu, loss, output);
      const steps = await compileForward(core, layers, false);
      for (const step of steps) kept.keep(step);
      this.#assertUsable(action);
      const sums = kept.keep(new LossSums(core.gpu, plan));
      const answers = kept.keep(runForward(steps, held, byLayer(layers, parameters.tensors)));
      kept.keep(sums.record(answers, wanted));
      const means = await sums.read(action);
      return { loss: means.loss, accuracy: loss === 'softmaxCrossEntropy' ? means.right : undefined };
    } finally {
      kept.dispose();
    }
  }

  /** Gives plans and moments back; the network stays. Twice is once. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#kept.dispose();
  }

  /** As {@link Trainer.dispose}. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** Checks options and compiles a trainer. */
export async function makeTrainer(parts: NetworkParts, options: TrainerOptions): Promise<Trainer> {
  const action = 'trainer';
  parts.assertUsable(action);
  assertOptionsObject(action, options);
  rejectUnknownOptions(action, options, ['loss', 'optimizer']);
  const name = oneOf(action, 'loss', options.loss, LOSSES);
  const optimizer = parseOptimizer(action, options.optimizer);
  const { core, inputShape, layout, parameters } = parts;
  const layers = layersForBatch(parts, action, batchOf(inputShape, layout));
  const kept = new Kept();
  try {
    const forward = await compileForward(core, layers, true);
    for (const step of forward) kept.keep(step);
    const backward = await compileBackward(core, layers);
    for (const step of backward) kept.keep(step);
    const loss = await planLoss(core.gpu, name, { shape: layers.at(-1)!.outputShape, layout });
    const compiled = await core.gpu.pipelines.get(optimizer.kernel);
    parts.assertUsable(action);
    const sums = kept.keep(new LossSums(core.gpu, loss));
    const updates = kept.keep(new WeightUpdates(core.gpu, parameters, optimizer, compiled));
    return Trainer.create(parts, { layers, forward, backward, loss, sums, updates }, kept, optimizer.learningRate);
  } catch (error) {
    kept.dispose();
    throw error;
  }
}
