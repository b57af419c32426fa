// What the engine refuses, and in which words. Refused before anything is allocated, so memory stays what it was.
import { describe, expect, it } from 'vitest';
import { ConvError, createEngine } from 'webgpu-conv';
import { useEngine } from './support/engine.js';

const engine = useEngine();
const tensor = (shape: number[], layout?: 'nchw' | 'nhwc' | 'oihw' | 'hwio') =>
  engine().tensor(new Float32Array(shape.reduce((a, b) => a * b)), shape, layout ? { layout } : {});

async function refusal(action: () => unknown): Promise<{ name: string; code: string; message: string }> {
  const before = engine().memory();
  let error: unknown;
  try {
    await action();
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(ConvError);
  const { peakBytes: _, ...after } = engine().memory();
  expect(before).toMatchObject(after);
  const { name, code, message } = error as ConvError;
  return { name, code, message };
}

describe('tensor refuses', () => {
  const detached = new Float32Array(4);
  structuredClone(detached, { transfer: [detached.buffer] });
  it.each([
    [
      'an array with holes',
      () => engine().tensor(new Array(4), [4]),
      'must be a Float32Array or a flat array of numbers, got [undefined',
    ],
    ['a nested array', () => engine().tensor([[1, 2]] as never, [1, 2]), 'or a flat array of numbers, got [[1, 2]].'],
    ['too few values', () => engine().tensor([1, 2], [3]), 'tensor: got 2 values, but shape [3] needs 3.'],
    [
      'a detached array',
      () => engine().tensor(detached, [4]),
      'got 0 values, but shape [4] needs 4. It is empty: was its buffer transferred elsewhere?',
    ],
    [
      'another type',
      () => engine().tensor(new Float64Array(3) as never, [3]),
      'must be a Float32Array or a flat array of numbers, got a Float64Array of 3 elements.',
    ],
    [
      'strings',
      () => engine().tensor(['1'] as never, [1]),
      "must be a Float32Array or a flat array of numbers, got ['1'].",
    ],
    [
      'a shape of zero',
      () => engine().tensor([], [0]),
      'tensor: axis 0 of shape [0] is 0, but must be an integer of at least 1.',
    ],
    ['a negative size', () => engine().tensor([], [-1]), 'axis 0 of shape [-1] is -1'],
    [
      'an unknown option',
      () => engine().tensor([1], [1], { labels: 1 } as never),
      "tensor: unknown option 'labels'. Options are layout, dtype.",
    ],
    [
      'an unknown layout',
      () => engine().tensor([1], [1, 1, 1, 1], { layout: 'nchv' } as never),
      "layout is 'nchv', but must be one of 'nchw', 'nhwc', 'oihw', 'iohw', 'hwio', 'hwoi', 'ohwi', 'ihwo'. Did you mean 'nchw'?",
    ],
    [
      'a layout for another rank',
      () => engine().tensor([1], [1], { layout: 'nchw' }),
      "layout is 'nchw', but a tensor of shape [1] has none: layouts are those of 3, 4 and 5 axes.",
    ],
    [
      'more than an index holds',
      () => engine().tensor([], [65536, 65536]),
      'at most 2147483647 (2^31 - 1) can be indexed',
    ],
  ])('%s', async (_, action, message) => {
    expect(await refusal(action)).toMatchObject({ message: expect.stringContaining(message) });
  });

  it('more than the device binds', async () => {
    const small = await createEngine({ device: await (await navigator.gpu.requestAdapter())!.requestDevice() });
    const { maxBindingBytes } = small.info.limits;
    expect(() => small.tensor(new Float32Array(maxBindingBytes / 4 + 1), [maxBindingBytes / 4 + 1])).toThrow(
      `tensor: the tensor takes ${maxBindingBytes + 4} bytes, but this device binds at most ${maxBindingBytes}. Split the batch, or request a device with a larger maxStorageBufferBindingSize.`,
    );
    expect(small.memory().usedBytes).toBe(0);
    small.dispose();
  });
});

describe('conv2d refuses', () => {
  const x = () => tensor([1, 3, 8, 8]);
  const w = () => tensor([4, 3, 3, 3]);
  it.each([
    [
      'what is no tensor',
      () => engine().conv2d([1] as never, w()),
      'invalid-argument',
      'conv2d: input must be a tensor, got [1]. Make one with engine.tensor(values, shape).',
    ],
    [
      'no filter',
      () => engine().conv2d(x(), undefined as never),
      'invalid-argument',
      'conv2d: filter must be a tensor, got undefined.',
    ],
    [
      'a misspelt option',
      () => engine().conv2d(x(), w(), { stride: 2 } as never),
      'unknown-option',
      "conv2d: unknown option 'stride'. Did you mean 'strides'?",
    ],
    [
      'options of another function',
      () => engine().conv2d(x(), w(), { filter: 2 } as never),
      'unknown-option',
      "conv2d: unknown option 'filter'.",
    ],
    [
      'other channels',
      () => engine().conv2d(tensor([1, 6, 8, 8]), tensor([8, 4, 3, 3])),
      'invalid-argument',
      'Give a filter of shape [8, 6, 3, 3] (oihw)',
    ],
    [
      'a bias of other length',
      () => engine().conv2d(x(), w(), { bias: [1, 2] }),
      'invalid-argument',
      'conv2d: bias has shape [2], but the number of output channels is 4.',
    ],
    [
      'a bias of another type',
      () => engine().conv2d(x(), w(), { bias: 'no' as never }),
      'invalid-argument',
      "conv2d: bias must be a tensor, a Float32Array or an array of numbers, got 'no'.",
    ],
    [
      'what the forced algorithm does not support',
      () => engine().conv2d(x(), w(), { algorithm: 'direct', strides: 2 }),
      'unsupported-problem',
      'conv2d: what was asked for does not support 8×8×3 → 3×3×4, 3×3, stride 2 (direct: the column stride is 2, and a window slides by 1).',
    ],
    [
      'an algorithm that does not exist',
      () => engine().conv2d(x(), w(), { algorithm: 'strassen' }),
      'invalid-argument',
      "conv2d: algorithm is 'strassen', but must be one of 'separable', 'depthwise', 'direct', 'pointwise', 'winograd', 'fft', 'implicit-gemm', 'col2im-gemm', 'im2col-gemm'.",
    ],
    [
      'a variant that does not exist',
      () => engine().conv2d(x(), w(), { variant: 'register-8x9' }),
      'invalid-argument',
      "Did you mean 'register-8x8'?",
    ],
    [
      'a workspace of zero',
      () => engine().conv2d(x(), w(), { workspaceLimitBytes: 0 }),
      'invalid-argument',
      'conv2d: workspaceLimitBytes is 0, but must be an integer of at least 1.',
    ],
    [
      'a workspace below one tile',
      () => engine().conv2d(x(), w(), { bias: [1, 2, 3, 4], algorithm: 'im2col-gemm', workspaceLimitBytes: 100 }),
      'workspace-limit',
      'but the workspace may hold 100 (the smaller of',
    ],
    [
      'an input labelled otherwise',
      () => engine().conv2d(tensor([1, 3, 8, 8], 'nchw'), w(), { inputLayout: 'nhwc' }),
      'invalid-tensor',
      "conv2d: input has layout 'nchw', but 'nhwc' is expected.",
    ],
    [
      'an input labelled otherwise, of fitting shape',
      () => engine().conv2d(tensor([1, 3, 3, 3], 'nchw'), w(), { inputLayout: 'nhwc' }),
      'invalid-tensor',
      "conv2d: input has layout 'nchw', but 'nhwc' is expected.",
    ],
    [
      'a filter labelled otherwise',
      () => engine().conv2d(x(), tensor([3, 3, 3, 3], 'hwio'), { filterLayout: 'oihw' }),
      'invalid-tensor',
      "conv2d: filter has layout 'hwio', but 'oihw' is expected.",
    ],
    [
      'an input for a filter',
      () => engine().conv2d(x(), tensor([4, 3, 3, 3], 'nchw')),
      'invalid-tensor',
      "conv2d: filter has layout 'nchw', but 'oihw' is expected.",
    ],
  ])('%s', async (_, action, code, message) => {
    let caught: unknown;
    try {
      await action();
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(ConvError);
    expect(caught).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('and allocates nothing on the way', async () => {
    const [input, filter] = [x(), w()];
    await engine().conv2d(input, filter); // so that pipelines and plans are there
    await engine().finish();
    const wrong = [
      { stride: 1 },
      { bias: [1] },
      { groups: 3 },
      { workspaceLimitBytes: 9, bias: [1, 2, 3, 4], algorithm: 'im2col-gemm' },
      { algorithm: 'x' },
    ];
    for (const options of wrong) await refusal(() => engine().conv2d(input, filter, options as never));
  });

  it('disposed tensors', async () => {
    const [input, filter, bias] = [x(), w(), tensor([4])];
    input.dispose();
    expect(await refusal(() => engine().conv2d(input, filter))).toEqual({
      name: 'InvalidTensorError',
      code: 'invalid-tensor',
      message: 'conv2d: input, the tensor [1, 3, 8, 8], was disposed.',
    });
    filter.dispose();
    bias.dispose();
    const fresh = x();
    expect((await refusal(() => engine().conv2d(fresh, filter))).message).toContain(
      'filter, the tensor [4, 3, 3, 3], was disposed',
    );
    const freshFilter = w();
    expect((await refusal(() => engine().conv2d(fresh, freshFilter, { bias }))).message).toContain(
      'bias, the tensor [4], was disposed',
    );
    await expect(input.read()).rejects.toThrow('read: the tensor [1, 3, 8, 8] was disposed.');
  });

  it('tensors of another engine', async () => {
    const other = await createEngine();
    const foreign = other.tensor(new Float32Array(192), [1, 3, 8, 8]);
    const filter = w();
    expect(await refusal(() => engine().conv2d(foreign, filter))).toMatchObject({
      code: 'invalid-tensor',
      message: 'conv2d: input, the tensor [1, 3, 8, 8], belongs to another engine. Read it there and upload it here.',
    });
    other.dispose();
  });

  it('a packed filter that the device cannot bind', async () => {
    const small = await createEngine({ device: await (await navigator.gpu.requestAdapter())!.requestDevice() });
    const channels = 2 ** 23 + 1; // each weight of a 1×1 filter takes a vec4 in the packing of rows
    const operand = small.tensor(new Float32Array(channels), [1, channels, 1, 1]);
    await expect(small.conv2d(operand, operand, { algorithm: 'direct' })).rejects.toMatchObject({
      code: 'unsupported-problem',
      message: `conv2d: the packed filter takes ${16 * channels} bytes, but this device binds at most 134217728. Split the filters.`,
    });
    small.dispose();
  });

  it('an input that the device cannot bind, when it is prepared', async () => {
    const small = await createEngine({ device: await (await navigator.gpu.requestAdapter())!.requestDevice() });
    const filter = small.tensor([1], [1, 1, 1, 1]);
    await expect(small.prepareConv2d({ inputShape: [1, 1, 8192, 8192], filter, strides: 8 })).rejects.toThrow(
      'prepareConv2d: the input takes 268435456 bytes, but this device binds at most 134217728.',
    );
    small.dispose();
  });

  it('an output that the device cannot bind', async () => {
    const small = await createEngine({ device: await (await navigator.gpu.requestAdapter())!.requestDevice() });
    const input = small.tensor(new Float32Array(4096 * 1024), [1, 1, 4096, 1024]);
    const filter = small.tensor(new Float32Array(16), [16, 1, 1, 1]);
    await expect(small.conv2d(input, filter)).rejects.toMatchObject({
      code: 'unsupported-problem',
      message: expect.stringMatching(
        /^conv2d: the output takes 268435456 bytes, but this device binds at most 134217728\./,
      ),
    });
    small.dispose();
  });
});

describe('prepareConv2d and run refuse', () => {
  it('missing and misspelt options', async () => {
    const filter = tensor([4, 3, 3, 3]);
    const prepare = (options: unknown) => refusal(() => engine().prepareConv2d(options as never));
    expect((await prepare({ filter })).message).toBe(
      'prepareConv2d: input shape (nchw) must be an array of sizes, got undefined.',
    );
    expect((await prepare({ inputShape: [1, 3, 8, 8] })).message).toContain('prepareConv2d: filter must be a tensor');
    expect((await prepare({ inputShape: [1, 3, 8, 8], filter, pading: 1 })).message).toBe(
      "prepareConv2d: unknown option 'pading'. Did you mean 'padding'?",
    );
    expect((await prepare(undefined)).message).toBe('prepareConv2d: options must be an object, got undefined.');
  });

  it('an input of another shape or layout', async () => {
    const conv = await engine().prepareConv2d({ inputShape: [1, 3, 8, 8], filter: tensor([4, 3, 3, 3]) });
    const [wrong, labelled] = [tensor([1, 3, 8, 9]), tensor([1, 3, 8, 8], 'nhwc')];
    expect(await refusal(() => conv.run(wrong))).toMatchObject({
      code: 'invalid-tensor',
      message: 'run: input has shape [1, 3, 8, 9], but [1, 3, 8, 8] was prepared.',
    });
    expect((await refusal(() => conv.run(labelled))).message).toContain(
      "run: input has layout 'nhwc', but 'nchw' is expected.",
    );
    expect((await refusal(() => conv.run([1] as never))).message).toContain('run: input must be a tensor, got [1].');
  });
});
