// The engines that run in a page: all.
import { type Competitors, OWN } from './own.js';

export const WEB: Competitors = {
  ...OWN,
  'tfjs-webgpu': async () => (await import('./tfjs-webgpu.js')).competitor,
  'ort-webgpu': async () => (await import('./ort.js')).ortCompetitor('NHWC'),
  'ort-webgpu-nchw': async () => (await import('./ort.js')).ortCompetitor('NCHW'),
  'jax-webgpu': async () => (await import('./jax-webgpu.js')).competitor,
  'tfjs-wasm': async () => (await import('./tfjs-wasm.js')).competitor,
};
