// ONNX Runtime Web on WebGPU, with a model of one node. Its kernels work in NHWC or in NCHW; operands are NCHW either way,
// and where that is not the layout of the kernels the runtime transposes them, as it does at the borders of a network.

import mjs from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import * as ort from 'onnxruntime-web/webgpu';
import { type Competitor, type Contender, type Task, UnsupportedError } from './competitor.js';
import { onnxModel } from './onnx-model.js';

const absolute = (url: string) => new URL(url, location.href).href;

ort.env.logLevel = 'error';
ort.env.wasm.numThreads = 1; // the work is the GPU's
ort.env.webgpu.powerPreference = 'high-performance'; // as the others, where there are two GPUs
ort.env.wasm.wasmPaths = { wasm: absolute(wasm), mjs: absolute(mjs) };

const WARM_UP = { dims: [1, 1, 1, 1], data: new Float32Array(1) };

class OrtContender implements Contender {
  readonly layout = 'nchw';
  readonly #task: Task;
  readonly #preferredLayout: string;
  readonly #model: Uint8Array;
  readonly #device: GPUDevice;
  readonly #buffers: readonly GPUBuffer[];
  readonly #inputs: readonly ort.Tensor[];
  #output: ort.Tensor | undefined;
  #session: ort.InferenceSession | undefined;

  constructor(task: Task, preferredLayout: string, device: GPUDevice) {
    const { data, shape } = task.operands.first;
    this.#task = task;
    this.#preferredLayout = preferredLayout;
    this.#model = onnxModel(task).bytes;
    this.#device = device;
    this.#buffers = [0, 1].map(() => {
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
      const buffer = device.createBuffer({ size: Math.ceil(data.byteLength / 16) * 16, usage });
      device.queue.writeBuffer(buffer, 0, data);
      return buffer;
    });
    this.#inputs = this.#buffers.map((buffer) =>
      ort.Tensor.fromGpuBuffer(buffer, { dataType: 'float32', dims: shape }),
    );
  }

  async prepare(): Promise<void> {
    this.#session = await ort.InferenceSession.create(this.#model, {
      executionProviders: [{ name: 'webgpu', preferredLayout: this.#preferredLayout }],
      preferredOutputLocation: 'gpu-buffer',
    });
  }

  async run(input: 0 | 1): Promise<void> {
    const { y } = await this.#session!.run({ x: this.#inputs[input]! });
    this.#output?.dispose();
    this.#output = y!;
  }

  async wait(): Promise<void> {
    await this.#device.queue.onSubmittedWorkDone();
  }

  async endToEnd(): Promise<Float32Array> {
    const { data, shape } = this.#task.operands.first;
    const { y } = await this.#session!.run({ x: new ort.Tensor('float32', data, shape) });
    const values = await y!.getData();
    y!.dispose();
    return values;
  }

  async dispose(): Promise<void> {
    this.#output?.dispose();
    await this.#session?.release();
    for (const buffer of this.#buffers) buffer.destroy();
  }
}

let device: Promise<GPUDevice> | undefined;

/** The device of the runtime, which there is from its first session on. */
function ortDevice(): Promise<GPUDevice> {
  device ??= (async () => {
    const { bytes } = onnxModel(smallestTask());
    const session = await ort.InferenceSession.create(bytes, { executionProviders: ['webgpu'] });
    await session.run({ x: new ort.Tensor('float32', WARM_UP.data, WARM_UP.dims) });
    return await ort.env.webgpu.device;
  })();
  return device;
}

function smallestTask(): Task {
  const one = { data: WARM_UP.data, shape: WARM_UP.dims };
  const shape = {
    id: 'smallest',
    operator: 'conv' as const,
    batch: 1,
    inputChannels: 1,
    outputChannels: 1,
    inputSize: [1, 1] as const,
    filterSize: [1, 1] as const,
    stride: [1, 1] as const,
    padding: [0, 0] as const,
    dilation: [1, 1] as const,
    groups: 1,
  };
  return { shape, operands: { first: one, second: one }, variant: '' };
}

/** The runtime with kernels in a layout. */
export function ortCompetitor(preferredLayout: 'NHWC' | 'NCHW'): Competitor {
  return {
    variants: async () => [preferredLayout.toLowerCase()],
    async open(task) {
      if (task.shape.gradient !== undefined) throw new UnsupportedError('no gradients on WebGPU');
      return new OrtContender(task, preferredLayout, await ortDevice());
    },
  };
}
