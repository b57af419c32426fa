// A program that has the types of WebGPU, and passes its own device and buffers.
import { createEngine } from 'webgpu-conv';

declare const device: GPUDevice;
declare const source: GPUBuffer;
declare const target: GPUBuffer;

const engine = await createEngine({ device });
const filter = engine.tensor([1], [1, 1, 1, 1]);
const conv = await engine.prepareConv2d({ inputShape: [1, 1, 8, 8], filter });
const encoder: GPUCommandEncoder = device.createCommandEncoder();
conv.encode(encoder, { input: source, output: { buffer: target, offset: 256 } });

// @ts-expect-error a texture is no buffer
conv.encode(encoder, { input: device.createTexture({ size: [1], format: 'r32float', usage: 1 }), output: target });
// @ts-expect-error an adapter is no device
await createEngine({ device: await navigator.gpu.requestAdapter() });
