// The reference of this project: plain loops in float64, on the CPU. Written to be read, and here as context.
import { conv2d, convTranspose2d } from 'webgpu-conv/reference';
import { geometryOf } from '../shapes/shape.js';
import type { Competitor, Contender, Task } from './competitor.js';

class ReferenceContender implements Contender {
  readonly layout = 'nchw';
  readonly #task: Task;

  constructor(task: Task) {
    this.#task = task;
  }

  async prepare(): Promise<void> {}

  #compute() {
    const { shape, operands } = this.#task;
    const convolve = shape.operator === 'conv' ? conv2d : convTranspose2d;
    return convolve(operands.input, operands.filter, geometryOf(shape)).data;
  }

  run(): void {
    this.#compute();
  }

  async wait(): Promise<void> {}

  async endToEnd(): Promise<Float32Array> {
    return Float32Array.from(this.#compute());
  }

  errorGrowth(): number {
    return 1;
  }

  dispose(): void {}
}

export const competitor: Competitor = {
  variants: async () => ['float64 loops'],
  open: async (task) => new ReferenceContender(task),
};
