// jax-js on WebGPU: kernels that it generates for each shape, compiled by `jit`.
import * as jax from '@jax-js/jax';
import { type Competitor, type Contender, type Task, UnsupportedError } from './competitor.js';

type Convolve = (x: jax.Array, w: jax.Array) => jax.Array;

function operatorFor({ shape }: Task): Convolve {
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

class JaxContender implements Contender {
  readonly layout = 'nchw';
  readonly #task: Task;
  readonly #inputs: readonly jax.Array[];
  readonly #filter: jax.Array;
  readonly #convolve: Convolve;
  readonly #outputs: jax.Array[] = [];
  #compiled: ReturnType<typeof jax.jit> | undefined;

  constructor(task: Task) {
    this.#task = task;
    this.#convolve = operatorFor(task);
    const { filter } = task.operands;
    this.#inputs = [0, 1].map(() => this.#upload());
    this.#filter = jax.numpy.array(filter.data.slice(), { shape: [...filter.shape] });
  }

  /** Waits until the operands, which it would load when they are used, are on the device. */
  async load(): Promise<this> {
    await jax.blockUntilReady([...this.#inputs, this.#filter]);
    return this;
  }

  #upload(): jax.Array {
    const { data, shape } = this.#task.operands.input;
    return jax.numpy.array(data.slice(), { shape: [...shape] });
  }

  async prepare(): Promise<void> {
    this.#compiled = jax.jit(this.#convolve);
  }

  /** A function uses its operands up, hence the references. */
  run(input: 0 | 1): void {
    this.#outputs.push(this.#compiled!(this.#inputs[input]!.ref, this.#filter.ref));
  }

  async wait(): Promise<void> {
    const outputs = this.#outputs.splice(0);
    await jax.blockUntilReady(outputs);
    await jax.getWebGPUDevice().queue.onSubmittedWorkDone();
    for (const output of outputs) output.dispose();
  }

  async endToEnd(): Promise<Float32Array> {
    return await this.#compiled!(this.#upload(), this.#filter.ref).data();
  }

  dispose(): void {
    for (const array of [...this.#inputs, this.#filter, ...this.#outputs.splice(0)]) array.dispose();
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
