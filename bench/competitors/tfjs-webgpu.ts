// TensorFlow.js on its WebGPU backend.
import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import type { Competitor } from './competitor.js';
import { type Backend, tfjsContender } from './tfjs.js';

/** The parts of the backend that upload and submit: it has no public way to do either without computing or reading. */
interface WebgpuBackend {
  readonly device: GPUDevice;
  uploadToGPU(dataId: object): void;
  endComputePassEncoder(): void;
  ensureCommandEncoderReady(): void;
  submitQueue(): void;
}

const current = () => tf.backend() as WebgpuBackend;

const backend: Backend = {
  name: 'webgpu',
  upload: ({ dataId }) => current().uploadToGPU(dataId),
  async finish() {
    const webgpu = current();
    webgpu.ensureCommandEncoderReady();
    webgpu.endComputePassEncoder();
    webgpu.submitQueue();
    await webgpu.device.queue.onSubmittedWorkDone();
  },
};

export const competitor: Competitor = {
  variants: async () => ['nhwc'],
  async open(task) {
    if (!(await tf.setBackend(backend.name))) throw new Error('the backend webgpu did not start');
    await tf.ready();
    return tfjsContender(backend, task);
  },
};
