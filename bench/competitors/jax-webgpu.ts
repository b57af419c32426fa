// jax-js on WebGPU: kernels that it generates for each shape, compiled by `jit`.
import * as jax from '@jax-js/jax';
import type { OperandLayout } from '../shapes/operands.js';
import { filterShapeOf, inputShapeOf } from '../shapes/shape.js';
import { type Competitor, type Contender, type Task, UnsupportedError } from './competitor.js';

type Compute = (first: jax.Array, second: jax.Array) => jax.Array;

function operatorFor({ shape }: Task): Compute {
  const { stride, dilation, groups, operator } = shape;
  const padding = shape.padding.map((size) => [size, size]);
  const strides = [...stride];
  const rhsDilation = [...dilation];
  if (operator === 'conv') {
    const options = { rhsDilation, featureGroupCount: groups };
    return (x, w) => jax.lax.convGeneralDilated(x, w, strides, padding, options);
  }
  if (groups > 1) throw new UnsupportedError('no transposed convolution in groups');
  return (x, w) => jax.lax.convTranspose(x, w, strides, padding, { rhsDilation, transposeKernel: true });
}

/** The gradient of one operand, by the pull-back of the operator. `jit` drops the operator itself, of which nothing is used. */
function gradientFor(task: Task): Compute {
  const convolve = operatorFor(task);
  const { shape } = task;
  const isInput = shape.gradient === 'input';
  const zeros = () => jax.numpy.zeros([...(isInput ? inputShapeOf(shape) : filterShapeOf(shape))]);
  return (first, second) => {
    const [gradient, other] = isInput ? [first, second] : [second, first];
    const of = (operand: jax.Array) => (isInput ? convolve(operand, other) : convolve(other, operand));
    const [output, pullBack] = jax.vjp(of, [zeros()]);
    output.dispose();
    const [result] = pullBack(gradient);
    pullBack.dispose();
    return result!;
  };
}

class JaxContender implements Contender {
  readonly layout: OperandLayout;
  readonly #task: Task;
  readonly #inputs: readonly jax.Array[];
  readonly #second: jax.Array;
  readonly #compute: Compute;
  readonly #outputs: jax.Array[] = [];
  #compiled: ReturnType<typeof jax.jit> | undefined;

  constructor(task: Task) {
    const { gradient } = task.shape;
    this.#task = task;
    this.layout = gradient === 'filter' ? 'oihw' : 'nchw';
    this.#compute = gradient === undefined ? operatorFor(task) : gradientFor(task);
    const { second } = task.operands;
    this.#inputs = [0, 1].map(() => this.#upload());
    this.#second = jax.numpy.array(second.data.slice(), { shape: [...second.shape] });
  }

  /** Waits until the operands, which it would load when they are used, are on the device. */
  async load(): Promise<this> {
    await jax.blockUntilReady([...this.#inputs, this.#second]);
    return this;
  }

  #upload(): jax.Array {
    const { data, shape } = this.#task.operands.first;
    return jax.numpy.array(data.slice(), { shape: [...shape] });
  }

  async prepare(): Promise<void> {
    this.#compiled = jax.jit(this.#compute);
  }

  /** A function uses its operands up, hence the references. */
  run(copy: 0 | 1): void {
    this.#outputs.push(this.#compiled!(this.#inputs[copy]!.ref, this.#second.ref));
  }

  async wait(): Promise<void> {
    const outputs = this.#outputs.splice(0);
    await jax.blockUntilReady(outputs);
    await jax.getWebGPUDevice().queue.onSubmittedWorkDone();
    for (const output of outputs) output.dispose();
  }

  async endToEnd(): Promise<Float32Array> {
    return await this.#compiled!(this.#upload(), this.#second.ref).data();
  }

  dispose(): void {
    for (const array of [...this.#inputs, this.#second, ...this.#outputs.splice(0)]) array.dispose();
    this.#compiled?.dispose();
  }
}

export const competitor: Competitor = {
  variants: async () => ['nchw'],
  async open(task) {
    const started = await jax.init('webgpu');
    if (!started.includes('webgpu')) throw new Error('the backend webgpu did not start');
    jax.defaultDevice('webgpu');
    return await new JaxContender(task).load();
  },
};
