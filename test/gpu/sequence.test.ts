// Sequences: compiled once, run without a read-back, intermediate buffers reused.
import { describe, expect, it } from 'vitest';
import { createEngine, type SequenceStep } from 'webgpu-conv';
import { compare, expectedConv2d, maxPool2d } from 'webgpu-conv/reference';
import { randomValues } from '../support/random.js';
import { useEngine } from './support/engine.js';

const engine = useEngine();
const inputShape = [2, 3, 13, 15];
const x = { data: randomValues(2 * 3 * 13 * 15, 1), shape: inputShape };
const w1 = { data: randomValues(8 * 3 * 3 * 3, 2), shape: [8, 3, 3, 3] };
const w2 = { data: randomValues(8 * 8 * 3 * 3, 3), shape: [8, 8, 3, 3] };
const bias = randomValues(8, 4);

function filters() {
  return [w1, w2].map(({ data, shape }) => engine().tensor(data, shape)) as [never, never];
}

describe('sequence', () => {
  it('computes what its steps compute one by one, bit for bit, and the reference within its bounds', async () => {
    const [f1, f2] = filters();
    const sequence = await engine().sequence(
      [
        { operator: 'conv2d', filter: f1, bias, padding: 'same', activation: 'relu' },
        { operator: 'maxPool2d', windowDimensions: 2 },
        { operator: 'conv2d', filter: f2, padding: 1 },
        { operator: 'activation', activation: 'sigmoid' },
      ],
      { inputShape },
    );
    const input = engine().tensor(x.data, inputShape);
    const a = await engine().conv2d(input, f1, { bias, padding: 'same', activation: 'relu' });
    const b = await engine().maxPool2d(a, { windowDimensions: 2 });
    const c = await engine().conv2d(b, f2, { padding: 1 });
    const d = await engine().activate(c, 'sigmoid');
    const output = sequence.run(input);
    const [values, expected] = await Promise.all([output.read(), d.read()]);
    expect(values).toEqual(expected);
    expect(output.shape).toEqual([2, 8, 6, 7]);
    expect(sequence.outputShape).toEqual([2, 8, 6, 7]);
    const [first, between] = await Promise.all([a.read(), b.read()]);
    expect(compare(first, expectedConv2d(x, w1, { bias, padding: 'same', activation: 'relu' }))).toMatchObject({
      ok: true,
    });
    const pooled = { data: between, shape: b.shape };
    expect([...between]).toEqual([...maxPool2d({ data: first, shape: a.shape }, { windowDimensions: 2 }).data]);
    expect(compare(values, expectedConv2d(pooled, w2, { padding: 1, activation: 'sigmoid' }))).toMatchObject({
      ok: true,
    });
  });

  it('lets a convolution do the activation that follows it', async () => {
    const [f1] = filters();
    const sequence = await engine().sequence(
      [
        { operator: 'conv2d', filter: f1, algorithm: 'im2col-gemm' },
        { operator: 'activation', activation: { name: 'clamp', min: -1, max: 1 } },
      ],
      { inputShape },
    );
    expect(sequence.steps.map(({ operator }) => operator)).toEqual(['conv2d']);
    const input = engine().tensor(x.data, inputShape);
    const dispatches = engine().stats().dispatches;
    const values = await sequence.run(input).read();
    expect(engine().stats().dispatches - dispatches).toBe(2); // im2col and the product
    expect(Math.max(...values)).toBe(1);
    expect(Math.min(...values)).toBe(-1);
  });

  it('adds the output of an earlier step, or the input', async () => {
    const [f1, f2] = filters();
    const sequence = await engine().sequence(
      [
        { operator: 'conv2d', filter: f1, padding: 1 },
        { operator: 'conv2d', filter: f2, padding: 1, activation: 'relu' },
        { operator: 'conv2d', filter: f2, padding: 1, residual: 0, activation: 'relu' },
      ],
      { inputShape },
    );
    const input = engine().tensor(x.data, inputShape);
    const a = await engine().conv2d(input, f1, { padding: 1 });
    const b = await engine().conv2d(a, f2, { padding: 1, activation: 'relu' });
    const c = await engine().conv2d(b, f2, { padding: 1, residual: a, activation: 'relu' });
    expect(await sequence.run(input).read()).toEqual(await c.read());
    const square = { data: randomValues(9 * 3 * 3, 9), shape: [3, 3, 3, 3] };
    const own = engine().tensor(square.data, square.shape);
    const around = await engine().sequence([{ operator: 'conv2d', filter: own, padding: 1, residual: -1 }], {
      inputShape,
    });
    const expected = expectedConv2d(x, square, { padding: 1, residual: x });
    expect(compare(await around.run(input).read(), expected)).toMatchObject({ ok: true });
  });

  it('holds no more than the peak that it reports, and keeps nothing after a run', async () => {
    const fresh = await createEngine({ poolLimitBytes: 0 });
    const f1 = fresh.tensor(w1.data, w1.shape);
    const f2 = fresh.tensor(w2.data, w2.shape);
    const conv = { operator: 'conv2d', filter: f2, padding: 1 } as const;
    const sequence = await fresh.sequence([{ ...conv, filter: f1 }, conv, conv, conv, { ...conv, residual: 0 }], {
      inputShape,
    });
    const input = fresh.tensor(x.data, inputShape);
    const between = fresh.memory().usedBytes;
    const intermediate = 4 * 2 * 8 * 13 * 15;
    const output = sequence.run(input);
    const most = fresh.memory().usedBytes - between;
    expect(most).toBeGreaterThanOrEqual(intermediate);
    expect(most).toBeLessThan(1.26 * intermediate); // the output alone, in its size class
    // two tensors and step 0's are alive at most, besides the workspace and the input
    const workspaceBytes = Math.max(...sequence.steps.map((step) => step.workspaceBytes));
    expect(sequence.peakBytes).toBe(workspaceBytes + 4 * x.data.length + 3 * intermediate);
    expect(sequence.weightBytes).toBe(4 * (w1.data.length + 4 * w2.data.length));
    output.dispose();
    expect(fresh.memory().usedBytes).toBe(between);
    fresh.dispose();
  });

  it('tells its progress, one step after the other', async () => {
    const [f1, f2] = filters();
    const progress: object[] = [];
    await engine().sequence(
      [
        { operator: 'conv2d', filter: f1 },
        { operator: 'averagePool2d', windowDimensions: 2 },
        { operator: 'conv2d', filter: f2 },
      ],
      { inputShape, onProgress: (now) => progress.push(now) },
    );
    expect(progress).toEqual([1, 2, 3].map((compiled) => ({ compiled, steps: 3 })));
  });

  it('goes on with filters that the caller has disposed', async () => {
    const [f1] = filters();
    const input = engine().tensor(x.data, inputShape);
    const making = engine().sequence([{ operator: 'conv2d', filter: f1 }], { inputShape });
    (f1 as { dispose(): void }).dispose();
    const sequence = await making;
    const values = await sequence.run(input).read();
    expect(compare(values, expectedConv2d(x, w1))).toMatchObject({ ok: true });
    sequence.dispose();
    sequence.dispose();
    expect(() => sequence.run(input)).toThrow('run: the sequence was disposed. Make it again.');
  });
});

describe('sequence refuses', () => {
  const conv = () => ({ operator: 'conv2d', filter: filters()[0] }) as SequenceStep;
  const cases: [string, () => unknown, string][] = [
    ['no steps', () => [], 'sequence: steps must be a list with at least one step, got [].'],
    ['no list', () => conv(), 'sequence: steps must be a list with at least one step, got an object.'],
    [
      'an operator that does not exist',
      () => [{ ...conv(), operator: 'conv2' }],
      "sequence: step 0: the operator of a step of a 2-D sequence is 'conv2', but must be one of 'conv2d'",
    ],
    [
      'an operator of another rank',
      () => [{ ...conv(), operator: 'conv1d' }],
      "the operator of a step of a 2-D sequence is 'conv1d', but must be one of 'conv2d'",
    ],
    [
      'a filter that does not fit what comes before it',
      () => [conv(), conv()],
      'sequence: step 1 (conv2d): filter expects 3 input channels, but input [2, 8, 11, 13] (nchw) has 8 channels.',
    ],
    [
      'an unknown option of a step',
      () => [conv(), { operator: 'maxPool2d', windowDimension: 2 }],
      "sequence: step 1 (maxPool2d): unknown option 'windowDimension'. Did you mean 'windowDimensions'?",
    ],
    [
      'indices',
      () => [{ operator: 'maxPool2d', windowDimensions: 2, returnIndices: true }],
      'sequence: step 0 (maxPool2d): a sequence has no place for indices. Leave returnIndices out.',
    ],
    [
      'a layout for one step',
      () => [{ ...conv(), inputLayout: 'nchw' }],
      'sequence: step 0 (conv2d): inputLayout belongs to the sequence, whose tensors all have one layout. Give it there.',
    ],
    [
      'a residual of a later step',
      () => [{ ...conv(), residual: 1 }],
      'sequence: the residual of step 0 is 1, but must be the number of an earlier step, or -1 for the input.',
    ],
    [
      'a residual of another shape',
      () => [{ ...conv(), residual: -1 }],
      "sequence: step 0 adds the sequence's input [2, 3, 13, 15] to its own output of shape [2, 8, 11, 13]. Both must have one shape.",
    ],
    [
      'an activation without a name',
      () => [conv(), { operator: 'activation' }],
      'sequence: step 1 (activation): activation is undefined. Give its name.',
    ],
    ['prelu without a slope', () => [conv(), { operator: 'activation', activation: 'prelu' }], "'prelu' needs a slope"],
  ];
  it.each(cases)('%s', async (_, steps, message) => {
    const error = await engine()
      .sequence(steps() as SequenceStep[], { inputShape })
      .catch((caught) => caught);
    expect(error).toMatchObject({ name: 'InvalidArgumentError', message: expect.stringContaining(message) });
  });

  it('shapes and options that are none, and an input of another shape', async () => {
    const refusal = (options: object) => engine().sequence([conv()], options as never);
    await expect(refusal({ inputShape: [3, 4] })).rejects.toThrow(
      'sequence: inputShape is [3, 4] with 2 axes, but must have 3 (1-D), 4 (2-D) or 5 (3-D).',
    );
    await expect(refusal({ inputShape, layout: 'nchw' })).rejects.toThrow("unknown option 'layout'");
    await expect(refusal({ inputShape, inputLayout: 'nhw' })).rejects.toThrow("Did you mean 'nchw'?");
    await expect(refusal({ inputShape, dtype: 'f16' })).rejects.toThrow("dtype is 'f16'");
    await expect(refusal({ inputShape, onProgress: 1 })).rejects.toThrow('onProgress is 1, but must be a function.');
    const sequence = await refusal({ inputShape });
    const other = engine().tensor([1], [1, 1, 1, 1]);
    expect(() => sequence.run(other)).toThrow('run: input has shape [1, 1, 1, 1], but [2, 3, 13, 15] was prepared.');
  });
});
