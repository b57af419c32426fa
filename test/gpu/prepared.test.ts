// Prepared convolutions: run many times, and recorded into command encoders of the caller's.
import { describe, expect, it } from 'vitest';
import { createEngine, type Engine } from 'webgpu-conv';
import { compare, expectedConv2d } from 'webgpu-conv/reference';
import { randomValues } from '../support/random.js';
import { useEngine } from './support/engine.js';

const engine = useEngine();
const input = { data: randomValues(2 * 5 * 14 * 15, 1), shape: [2, 5, 14, 15] };
const filter = { data: randomValues(9 * 5 * 3 * 3, 2), shape: [9, 5, 3, 3] };
const bias = randomValues(9, 3);
const options = { bias, padding: 'same', strides: 2, activation: 'relu' } as const;
const expected = expectedConv2d(input, filter, options);

function prepare(owner: Engine, more: object = {}) {
  const w = owner.tensor(filter.data, filter.shape);
  const prepared = owner.prepareConv2d({ ...options, ...more, inputShape: input.shape, filter: w });
  w.dispose(); // at once: it was asked for before
  return prepared;
}

describe('run', () => {
  it('computes what conv2d computes, again and again, with other inputs too', async () => {
    const conv = await prepare(engine());
    expect([conv.inputShape, conv.outputShape]).toEqual([input.shape, [2, 9, 7, 8]]);
    const x = engine().tensor(input.data, input.shape);
    const zero = engine().tensor(new Float32Array(input.data.length), input.shape);
    const outputs = [conv.run(x), conv.run(zero), conv.run(x)];
    const [first, blank, second] = await Promise.all(outputs.map((output) => output.read()));
    expect(compare(first!, expected).ok).toBe(true);
    expect(second).toEqual(first);
    expect(blank![0]).toBe(Math.max(0, bias[0]!));
  });

  it('says which algorithm it uses, with how much workspace', async () => {
    const conv = await prepare(engine(), { algorithm: 'im2col-gemm', variant: 'workgroup-64x64' });
    expect(conv.algorithm).toBe('im2col-gemm');
    expect(conv.variant).toBe('workgroup-64x64');
    expect(conv.bands).toBe(1);
    expect(conv.workspaceBytes).toBe(4 * 45 * 2 * 7 * 8);
  });

  it('keeps a bias tensor that the caller disposes', async () => {
    const b = engine().tensor(bias, [9]);
    const conv = await prepare(engine(), { bias: b });
    b.dispose();
    engine().tensor(new Float32Array(9).fill(99), [9]); // would take over the buffer, were it free
    const y = conv.run(engine().tensor(input.data, input.shape));
    expect(Object.isFrozen(y.shape)).toBe(true);
    expect(compare(await y.read(), expected).ok).toBe(true);
  });

  it('gives everything back when it is disposed', async () => {
    const fresh = await createEngine();
    const x = fresh.tensor(input.data, input.shape);
    (await prepare(fresh)).dispose(); // the plan stays in its cache
    const { usedBytes } = fresh.memory();
    const conv = await prepare(fresh);
    conv.run(x).dispose();
    expect(fresh.memory().usedBytes).toBeGreaterThan(usedBytes);
    conv.dispose();
    expect(fresh.memory().usedBytes).toBe(usedBytes);
    fresh.dispose();
  });

  it('keeps the outputs valid after dispose, and refuses to run then', async () => {
    const conv = await prepare(engine());
    const x = engine().tensor(input.data, input.shape);
    const y = conv.run(x);
    conv.dispose();
    conv.dispose();
    expect(compare(await y.read(), expected).ok).toBe(true);
    expect(() => conv.run(x)).toThrow('run: the prepared convolution was disposed. Prepare it again.');
  });
});

describe('encode', () => {
  async function device(): Promise<{ gpu: GPUDevice; own: Engine }> {
    const adapter = (await navigator.gpu.requestAdapter())!;
    const gpu = await adapter.requestDevice();
    return { gpu, own: await createEngine({ device: gpu }) };
  }
  const STORAGE = 0x80;
  const COPY = 0x04 | 0x08;

  async function readBack(gpu: GPUDevice, buffer: GPUBuffer, bytes: number, offset = 0): Promise<Float32Array> {
    const staging = gpu.createBuffer({ size: bytes, usage: 0x01 | 0x08 });
    const encoder = gpu.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, offset, staging, 0, bytes);
    gpu.queue.submit([encoder.finish()]);
    await staging.mapAsync(0x01);
    return new Float32Array(staging.getMappedRange().slice(0));
  }

  it('records into the caller’s encoder, twice in one, from and to buffers of theirs', async () => {
    const { gpu, own } = await device();
    const conv = await prepare(own, { algorithm: 'im2col-gemm', workspaceLimitBytes: 4 * 45 * 64 });
    expect(conv.bands).toBeGreaterThan(1);
    const source = gpu.createBuffer({ size: 4 * input.data.length + 512, usage: STORAGE | COPY });
    const [first, second] = [0, 1].map(() => gpu.createBuffer({ size: 4 * 1008 + 256, usage: STORAGE | COPY }));
    gpu.queue.writeBuffer(source, 512, input.data);
    const encoder = gpu.createCommandEncoder();
    conv.encode(encoder, { input: { buffer: source, offset: 512 }, output: first! });
    conv.encode(encoder, { input: { buffer: source, offset: 512 }, output: { buffer: second!, offset: 256 } });
    gpu.queue.submit([encoder.finish()]);
    const values = [await readBack(gpu, first!, 4032), await readBack(gpu, second!, 4032, 256)];
    for (const actual of values) expect(compare(actual, expected)).toMatchObject({ ok: true });
    own.dispose();
    gpu.destroy();
  });

  it('makes an encoder that is submitted after dispose fail, rather than compute with other data', async () => {
    const { gpu, own } = await device();
    const conv = await prepare(own);
    const [source, target] = [4 * input.data.length, 4032].map((size) =>
      gpu.createBuffer({ size, usage: STORAGE | COPY }),
    );
    const encoder = gpu.createCommandEncoder();
    conv.encode(encoder, { input: source!, output: target! });
    conv.dispose();
    for (let index = 0; index < 4; index++) own.tensor(new Float32Array(1000).fill(100), [1000]);
    gpu.pushErrorScope('validation');
    gpu.queue.submit([encoder.finish()]);
    expect((await gpu.popErrorScope())?.message).toContain('destroyed');
    expect([...(await readBack(gpu, target!, 16))]).toEqual([0, 0, 0, 0]);
    own.dispose();
    gpu.destroy();
  });

  it('refuses buffers that cannot be meant, before anything is recorded', async () => {
    const { gpu, own } = await device();
    const conv = await prepare(own);
    const bytes = 4 * input.data.length;
    const good = gpu.createBuffer({ size: bytes, usage: STORAGE });
    const output = gpu.createBuffer({ size: 4 * 1008, usage: STORAGE });
    const encoder = gpu.createCommandEncoder();
    const small = gpu.createBuffer({ size: 4032, usage: STORAGE });
    const cases: [object, string][] = [
      [{ input: { buffer: good, offsetBytes: 256 }, output }, "encode: input: unknown option 'offsetBytes'."],
      [undefined as never, 'encode: options must be an object, got undefined.'],
      [
        { input: small, output },
        `encode: input buffer has 4032 bytes from offset 0 on, but shape [2, 5, 14, 15] needs ${bytes}.`,
      ],
      [
        { input: { buffer: good, offset: 256 }, output },
        `encode: input buffer has ${bytes - 256} bytes from offset 256 on`,
      ],
      [
        { input: { buffer: good, offset: 4 }, output },
        'encode: input offset is 4, but must be a multiple of 256 bytes.',
      ],
      [{ input: gpu.createBuffer({ size: bytes, usage: COPY }), output }, 'encode: input buffer lacks usage STORAGE.'],
      [{ input: good, output: good }, 'encode: input and output are the same buffer. Give the output one of its own.'],
      [{ input: good }, 'encode: output must be a GPUBuffer or { buffer, offset }, got undefined.'],
      [{ input: 'x', output }, "encode: input must be a GPUBuffer or { buffer, offset }, got 'x'."],
      [{ input: good, outputs: output }, "encode: unknown option 'outputs'. Did you mean 'output'?"],
    ];
    for (const [operands, message] of cases) expect(() => conv.encode(encoder, operands as never)).toThrow(message);
    expect(() => conv.encode(null as never, { input: good, output })).toThrow(
      'encode: the first argument must be a GPUCommandEncoder, got null.',
    );
    conv.dispose();
    expect(() => conv.encode(encoder, { input: good, output })).toThrow(
      'encode: the prepared convolution was disposed.',
    );
    own.dispose();
    gpu.destroy();
  });
});
