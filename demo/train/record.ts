// What is kept of a training: the curve of its loss, how well it reads, how long it took, and what it held on the device.
import type { Engine } from 'webgpu-conv';
import { accuracyOf, type Confusion } from './confusion.js';
import type { TrainingResult } from './result.js';

/** Keeps track of a training. Time in which it is paused does not count. */
export class TrainingRecord {
  readonly #engine: Engine;
  readonly #losses: number[] = [];
  #memory: [first: number, last: number] | undefined;
  #confusion: Confusion | undefined;
  #begun: number | undefined;
  #ms = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get ms(): number {
    return this.#ms + (this.#begun === undefined ? 0 : performance.now() - this.#begun);
  }

  get accuracy(): number {
    return this.#confusion ? accuracyOf(this.#confusion) : 0;
  }

  resume(): void {
    this.#begun = performance.now();
  }

  pause(): void {
    this.#ms = this.ms;
    this.#begun = undefined;
  }

  addLoss(loss: number): void {
    this.#losses.push(loss);
  }

  addTest(confusion: Confusion): void {
    this.#confusion = confusion;
  }

  /** Notes what the engine holds. */
  measureMemory(): void {
    const { usedBytes, idleBytes } = this.#engine.memory();
    const bytes = usedBytes + idleBytes;
    this.#memory = [this.#memory?.[0] ?? bytes, bytes];
  }

  result(steps: number): TrainingResult {
    return {
      adapter: this.#engine.info.name,
      seconds: this.ms / 1000,
      steps,
      accuracy: this.accuracy,
      losses: this.#losses,
      memoryBytes: this.#memory ?? [0, 0],
    };
  }
}
