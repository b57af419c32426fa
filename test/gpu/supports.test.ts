// What the engine says it can compute, and that it then does: and why not, where it cannot. Nothing is allocated for an answer.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  averagePool3dProblem,
  type ConvProblem,
  conv1dProblem,
  conv2dProblem,
  conv3dProblem,
  convTranspose2dProblem,
  createEngine,
  type Engine,
  maxPool2dProblem,
  type PoolProblem,
} from 'webgpu-conv';
import { ALGORITHMS } from '../../src/algorithms/table.js';

// a device with the limits that every WebGPU has: 128 MiB for a binding
let device: GPUDevice;
let engine: Engine;
beforeAll(async () => {
  const adapter = await navigator.gpu.requestAdapter();
  device = await adapter!.requestDevice();
  engine = await createEngine({ device });
});
afterAll(() => {
  engine.dispose();
  device.destroy();
});

const filter = { inputShape: [1, 4, 9, 9], filterShape: [2, 4, 3, 3] };
const names = ALGORITHMS.map(({ name }) => name);

/** The answer, for which nothing was allocated or compiled. */
function answer(problem: ConvProblem | PoolProblem) {
  const before = { ...engine.memory(), ...engine.stats() };
  const support = engine.supports(problem);
  expect({ ...engine.memory(), ...engine.stats() }).toEqual(before);
  return support;
}

describe('supports says yes', () => {
  it.each([
    ['conv1d', conv1dProblem({ inputShape: [2, 3, 20], filterShape: [4, 3, 5], padding: 'causal' })],
    ['conv2d', conv2dProblem(filter)],
    ['conv3d', conv3dProblem({ inputShape: [1, 2, 5, 6, 7], filterShape: [3, 2, 2, 2, 2], dtype: 'float16' })],
    ['convTranspose2d', convTranspose2dProblem({ ...filter, filterShape: [4, 2, 3, 3], strides: 2 })],
  ])('to %s, with the algorithms of the table', (_, problem) => {
    const { supported, reason, algorithms } = answer(problem);
    expect(supported).toBe(true);
    expect(reason).toBeUndefined();
    expect(algorithms.map(({ algorithm }) => algorithm)).toEqual(names);
    expect(algorithms.some((row) => row.supported)).toBe(true);
    for (const row of algorithms) expect(row.supported).toBe(row.reason === undefined);
  });

  it('and tells which algorithm cannot, in the words that a forced one is refused with', async () => {
    const { supported, algorithms } = answer(conv2dProblem({ ...filter, strides: [1, 2] }));
    expect(supported).toBe(true);
    const reason = 'the column stride is 2, and a window slides by 1';
    expect(algorithms).toContainEqual({ algorithm: 'direct', supported: false, reason });
    using x = engine.tensor(new Float32Array(4 * 9 * 9), filter.inputShape);
    using w = engine.tensor(new Float32Array(2 * 4 * 3 * 3), filter.filterShape);
    await expect(engine.conv2d(x, w, { strides: [1, 2], algorithm: 'direct' })).rejects.toThrow(`(direct: ${reason})`);
  });

  it.each([
    ['max', maxPool2dProblem({ inputShape: [1, 3, 8, 8], windowDimensions: 2 })],
    ['average', averagePool3dProblem({ inputShape: [1, 3, 4, 4, 4], dtype: 'float16' })],
  ])('to a pooling (%s), which has no algorithms', (_, problem) => {
    expect(answer(problem)).toEqual({ supported: true, algorithms: [] });
  });
});

describe('supports says no', () => {
  const half = { dtype: 'float16' } as const;
  const strided = { inputShape: [1, 1, 2, 2], filterShape: [1, 1, 3, 3], strides: 4000, ...half };

  it('where no algorithm computes it, with the reason of each; and the engine refuses it so', async () => {
    const { supported, reason, algorithms } = answer(convTranspose2dProblem(strided));
    expect(supported).toBe(false);
    expect(algorithms.map((row) => row.supported)).toEqual(names.map(() => false));
    expect(reason).toMatch(/^convTranspose2d: no algorithm can compute it \(/);
    for (const row of algorithms) {
      expect(reason).toMatch(new RegExp(`[(; ]${row.algorithm}[,:]`)); // those of one reason stand together
      expect(reason).toContain(`: ${row.reason}`);
    }
    expect(reason).toContain('dispatches, and at most 16384 are recorded for one run');
    using x = engine.tensor(new Float32Array(4), strided.inputShape, half);
    using w = engine.tensor(new Float32Array(9), strided.filterShape, half);
    const call = engine.convTranspose2d(x, w, { strides: strided.strides });
    await expect(call).rejects.toMatchObject({ code: 'unsupported-problem' });
  });

  const binds = 'bytes, but this device binds at most 134217728. Split the batch, or request a device with a larger';
  it.each([
    [
      'an input',
      conv2dProblem({ inputShape: [1, 64, 1024, 1024], filterShape: [1, 64, 3, 3] }),
      'conv2d: the input takes 268435456',
    ],
    [
      'an output',
      conv2dProblem({ inputShape: [1, 1, 1024, 1024], filterShape: [64, 1, 1, 1] }),
      'conv2d: the output takes 268435456',
    ],
    [
      'the input of a pooling',
      maxPool2dProblem({ inputShape: [64, 1, 1024, 1024], windowDimensions: 2 }),
      'maxPool2d: the input takes 268435456',
    ],
  ])('to %s that is larger than the device binds', (_, problem, message) => {
    const { supported, reason } = answer(problem);
    expect(supported).toBe(false);
    expect(reason).toContain(`${message} ${binds} maxStorageBufferBindingSize.`);
  });

  it('but yes to the same in half the bytes', () => {
    const problem = { inputShape: [1, 32, 1024, 1024], filterShape: [1, 32, 3, 3] };
    expect(answer(conv2dProblem(problem)).supported).toBe(true);
    const larger = { inputShape: [1, 64, 1024, 1024], filterShape: [1, 64, 3, 3] };
    expect(answer(conv2dProblem({ ...larger, dtype: 'float16' })).supported).toBe(true);
  });

  it('to anything that is larger than every device binds', () => {
    const volume = { inputShape: [1, 1, 1289, 1289, 1289], filterShape: [1, 1, 1, 1, 1] };
    expect(answer(conv3dProblem(volume)).reason).toContain('the input takes 8566802276 bytes');
  });
});

describe('supports refuses', () => {
  it.each([
    ['nothing', undefined, 'undefined'],
    ['a description', filter, 'an object'],
    ['a shape', [1, 2, 3], '[1, 2, 3]'],
    ['an operator’s name', 'conv2d', "'conv2d'"],
  ])('%s', (_, given, described) => {
    expect(() => engine.supports(given as never)).toThrow(
      expect.objectContaining({
        code: 'invalid-argument',
        message: `supports: got ${described}, but a problem is needed. Make one with conv2dProblem({ inputShape, filterShape }) or its like.`,
      }),
    );
  });
});
