// The examples of README.md, run as one program: they throw nothing, the device refuses nothing, and what they print is what
// the page says.
import { expect, it } from 'vitest';
import * as main from 'webgpu-conv';
import * as image from 'webgpu-conv/image';
import * as reference from 'webgpu-conv/reference';
import * as training from 'webgpu-conv/training';
import readme from '../../README.md?raw';
import { exampleBody, type GIVEN, printedByExamples } from '../../scripts/docs/readme-examples.js';
import { randomValues } from '../support/random.js';

type Program = (...values: unknown[]) => Promise<void>;
const AsyncFunction = (async () => {}).constructor as new (...texts: string[]) => Program;

/** A value as the comments of the page write it. */
function printed(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  return typeof value === 'object' ? `[${Array.from(value as ArrayLike<number>).join(', ')}]` : String(value);
}

it('the examples of README.md run, and print what they say', async () => {
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter!.requestDevice();
  const engine = await main.createEngine({ device });
  const commandEncoder = device.createCommandEncoder();
  const buffer = (values: number) => device.createBuffer({ size: 4 * values, usage: GPUBufferUsage.STORAGE });
  const given: Record<keyof typeof GIVEN, unknown> = {
    pixels: randomValues(3 * 200 * 300, 1),
    weights: randomValues(16 * 3 * 5 * 5, 2),
    bias: Array.from(randomValues(16, 3)),
    upWeights: randomValues(16 * 3 * 4 * 4, 4),
    w2: engine.tensor(randomValues(16 * 16 * 3 * 3, 5), [16, 16, 3, 3]),
    imageData: { width: 20, height: 10, data: new Uint8ClampedArray(4 * 20 * 10).fill(99) },
    commandEncoder,
    inputBuffer: buffer(3 * 200 * 300),
    outputBuffer: buffer(16 * 200 * 300),
  };
  const lines: string[] = [];
  const provided = {
    modules: {
      'webgpu-conv': { ...main, createEngine: () => engine }, // that of the given tensor
      'webgpu-conv/image': image,
      'webgpu-conv/reference': reference,
      'webgpu-conv/training': training,
    },
    console: { log: (value: unknown) => lines.push(printed(value)) },
    ...given,
  };
  const program = new AsyncFunction(...Object.keys(provided), `'use strict';\n${exampleBody(readme)}`);
  await program(...Object.values(provided));
  device.queue.submit([commandEncoder.finish()]);
  await engine.finish();
  expect(lines).toEqual(printedByExamples(readme));
  expect(lines.length).toBeGreaterThanOrEqual(10);
  engine.dispose();
  device.destroy();
});
