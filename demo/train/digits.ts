// Digits to learn from and to be tested with, from the worker that renders them.
import type { DigitBatch } from './digit-painter.js';
import type { DigitReply, DigitRequest } from './digit-worker.js';
import type { DigitSet } from './faces.js';

interface Waiting {
  resolve(batch: DigitBatch): void;
  reject(error: Error): void;
}

/** A source of digits. */
export class Digits {
  readonly #worker = new Worker(new URL('./digit-worker.ts', import.meta.url), { type: 'module' });
  readonly #waiting = new Map<number, Waiting>();
  #requests = 0;

  constructor() {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<DigitReply>) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if ('batch' in data) waiting?.resolve(data.batch);
      else waiting?.reject(new Error(`The digits could not be rendered: ${data.message}`));
    });
    this.#worker.addEventListener('error', ({ message }) => {
      for (const { reject } of this.#waiting.values()) {
        reject(new Error(`The digits could not be rendered: ${message || 'their worker did not start'}`));
      }
      this.#waiting.clear();
    });
  }

  /**
   * Digits `first` to `first + count − 1` of a seed.
   * @throws Error if a font cannot be loaded
   */
  batch(set: DigitSet, seed: number, first: number, count: number): Promise<DigitBatch> {
    const id = this.#requests++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, set, seed, first, count } satisfies DigitRequest);
    });
  }
}
