// The reference of this project: plain loops in float64, on the CPU. Written to be read, and here as context.
import { conv2d, convBackwardFilter, convBackwardInput, convTranspose2d } from 'webgpu-conv/reference';
import type { OperandLayout } from '../shapes/operands.js';
import { callReference } from '../shapes/reference-call.js';
import type { Competitor, Contender, Task } from './competitor.js';

const FUNCTIONS = { conv: conv2d, convTranspose: convTranspose2d, convBackwardInput, convBackwardFilter };

class ReferenceContender implements Contender {
  readonly isReference = true;
  readonly layout: OperandLayout;
  readonly #task: Task;

  constructor(task: Task) {
    this.#task = task;
    this.layout = task.shape.gradient === 'filter' ? 'oihw' : 'nchw';
  }

  async prepare(): Promise<void> {}

  #compute() {
    const { shape, operands } = this.#task;
    return callReference(FUNCTIONS, shape, operands).data;
  }

  run(): void {
    this.#compute();
  }

  async wait(): Promise<void> {}

  async endToEnd(): Promise<Float32Array> {
    return Float32Array.from(this.#compute());
  }

  dispose(): void {}
}

export const competitor: Competitor = {
  variants: async () => ['float64 loops'],
  open: async (task) => new ReferenceContender(task),
};
