// TensorFlow.js on WebAssembly: XNNPACK with SIMD, and with two threads where the page is cross-origin isolated. What a
// machine does without a GPU.
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedSimd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import * as tf from '@tensorflow/tfjs-core';
import type { Competitor } from './competitor.js';
import { type Backend, tfjsContender } from './tfjs.js';

const THREADS = 2;

const absolute = (url: string) => new URL(url, location.href).href; // its workers run from blobs, which have no base

setWasmPaths({
  'tfjs-backend-wasm.wasm': absolute(plain),
  'tfjs-backend-wasm-simd.wasm': absolute(simd),
  'tfjs-backend-wasm-threaded-simd.wasm': absolute(threadedSimd),
});
setThreadsCount(THREADS);

/** Its operators return when they are done. */
const backend: Backend = { name: 'wasm', upload() {}, async finish() {} };

export const competitor: Competitor = {
  variants: async () => [crossOriginIsolated ? `${THREADS} threads` : '1 thread'],
  async open(task) {
    if (!(await tf.setBackend(backend.name))) throw new Error('the backend wasm did not start');
    await tf.ready();
    return tfjsContender(backend, task);
  },
};
