// A network that learns to read digits: its layers, its steps, its tests. Knows nothing of the page that shows them.
import type { Engine, Tensor } from 'webgpu-conv';
import { type Layer, Network, type Trainer } from 'webgpu-conv/training';
import { type Confusion, countReadings, emptyConfusion } from './confusion.js';
import { CLASSES, SIDE } from './digit.js';
import type { DigitBatch } from './digit-painter.js';
import type { Digits } from './digits.js';

/** Convolutions and poolings in turn, then layers that see all: after LeNet-5 (Y. LeCun et al., 1998), with rectifiers and fewer units. */
export const LAYERS: readonly Layer[] = [
  { operator: 'conv2d', filters: 8, filterSize: 5, activation: 'relu' },
  { operator: 'maxPool2d', windowDimensions: 2 },
  { operator: 'conv2d', filters: 16, filterSize: 5, activation: 'relu' },
  { operator: 'maxPool2d', windowDimensions: 2 },
  { operator: 'dense', units: 64, activation: 'relu' },
  { operator: 'dense', units: CLASSES },
];

export const DEFAULT_STEPS = 900;
export const TEST_DIGITS = 2000;
/** Steps of which the mean loss is reported. */
export const REPORT_STEPS = 10;
const TEST_STEPS = 50; // between two tests
const BATCH = 64; // digits of a step
const TEST_BATCH = 500;
const TEST_SEED = 0x7e57; // the same digits whatever the seed of a training

/** The learning rate of Adam in step `step` of `steps`, from 0 on: coarse, fine, finer. */
export function learningRateAt(step: number, steps: number): number {
  const done = step / steps;
  return 0.002 * (done < 0.6 ? 1 : done < 0.85 ? 0.3 : 0.1);
}

/** Weights as of a step: the bytes of a safetensors file. */
export interface Checkpoint {
  readonly file: Uint8Array<ArrayBuffer>;
  readonly step: number;
}

export interface TrainingOptions {
  /** Of the first weights and of the digits. */
  readonly seed: number;
  readonly steps: number;
  /** Where to go on from; undefined: from the beginning. */
  readonly from: Checkpoint | undefined;
}

/** What a training tells of itself. */
export interface TrainingEvents {
  /** The mean loss of the last steps. */
  onLoss(step: number, loss: number): void;
  /** What was learnt from. */
  onDigits(batch: DigitBatch): void;
  onTest(step: number, confusion: Confusion): void | Promise<void>;
}

/** A training of a fixed number of steps, which may be paused between any two. */
export class Training {
  readonly network: Network;
  readonly steps: number;
  readonly #engine: Engine;
  readonly #digits: Digits;
  readonly #seed: number;
  readonly #trainer: Trainer;
  #step: number;
  #next: Promise<DigitBatch> | undefined;

  private constructor(
    engine: Engine,
    digits: Digits,
    network: Network,
    trainer: Trainer,
    { seed, steps, from }: TrainingOptions,
  ) {
    this.#engine = engine;
    this.#digits = digits;
    this.network = network;
    this.#trainer = trainer;
    this.#seed = seed;
    this.steps = steps;
    this.#step = from?.step ?? 0;
  }

  /** Makes a network with random weights, or with saved ones. */
  static async create(engine: Engine, digits: Digits, options: TrainingOptions): Promise<Training> {
    const { seed, from } = options;
    const network = Network.create(engine, LAYERS, { inputShape: [BATCH, 1, SIDE, SIDE], seed });
    try {
      if (from) network.load(from.file);
      const trainer = await network.trainer({ loss: 'softmaxCrossEntropy', optimizer: 'adam' });
      return new Training(engine, digits, network, trainer, options);
    } catch (error) {
      network.dispose();
      throw error;
    }
  }

  /** Steps done. */
  get step(): number {
    return this.#step;
  }

  get isDone(): boolean {
    return this.#step >= this.steps;
  }

  /** The digits of the next step. */
  preview(): Promise<DigitBatch> {
    this.#next ??= this.#render(this.#step);
    return this.#next;
  }

  /** Goes on until all steps are done, or `isPaused` says so. */
  async run(events: TrainingEvents, isPaused: () => boolean): Promise<void> {
    if (this.#step === 0) await events.onTest(0, await this.test());
    while (!this.isDone && !isPaused()) {
      const rendering = this.preview();
      this.#next = undefined; // where it failed, it is tried again
      const batch = await rendering;
      this.#next = this.#render(this.#step + 1); // while the GPU is at this one
      this.#next.catch(() => {}); // told by whoever waits for it, if anybody will
      await this.#learn(batch);
      const step = ++this.#step;
      if (step % REPORT_STEPS === 0 || this.isDone) {
        // waits for the GPU, so that no more than these steps are ever under way
        events.onLoss(step, await this.#trainer.loss());
        events.onDigits(batch);
      }
      if (step % TEST_STEPS === 0 || this.isDone) await events.onTest(step, await this.test());
    }
  }

  /** Reads the digits that the network is tested with. */
  async test(): Promise<Confusion> {
    const confusion = emptyConfusion();
    for (let first = 0; first < TEST_DIGITS; first += TEST_BATCH) {
      const { pictures, labels } = await this.#digits.batch('heldOut', TEST_SEED, first, TEST_BATCH);
      countReadings(confusion, await this.read(pictures), labels);
    }
    return confusion;
  }

  /** The logits (N, 10) of pictures (N, 1, 28, 28). */
  async read(pictures: Float32Array): Promise<Float32Array> {
    using input = this.#upload(pictures);
    using output = await this.network.predict(input);
    return await output.read();
  }

  /** The filters of the first layer, (8, 1, 5, 5). */
  async firstFilters(): Promise<Float32Array> {
    using weight = this.network.parameter('0.weight');
    return await weight.read();
  }

  dispose(): void {
    this.#trainer.dispose();
    this.network.dispose();
  }

  #render(step: number): Promise<DigitBatch> {
    return this.#digits.batch('training', this.#seed, step * BATCH, BATCH);
  }

  async #learn({ pictures, labels }: DigitBatch): Promise<void> {
    using input = this.#upload(pictures);
    this.#trainer.learningRate = learningRateAt(this.#step, this.steps);
    await this.#trainer.step(input, labels);
  }

  #upload(pictures: Float32Array): Tensor {
    return this.#engine.tensor(pictures, [pictures.length / (SIDE * SIDE), 1, SIDE, SIDE]);
  }
}
