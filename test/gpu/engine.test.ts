// The engine as a user meets it: tensors, pipelines, submissions, memory, measuring, the end.
import { describe, expect, it, vi } from 'vitest';
import { createEngine, DeviceLostError } from 'webgpu-conv';
import { randomValues } from '../support/random.js';
import { useEngine } from './support/engine.js';

const engine = useEngine();
const cross = [1, 0, 1, 0, 1, 0, 1, 0, 1];
const image = [1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0];

describe('conv2d', () => {
  it('gives 434 / 243 / 234 for the textbook image and filter', async () => {
    const x = engine().tensor(image, [1, 1, 5, 5]);
    const w = engine().tensor(cross, [1, 1, 3, 3]);
    const y = await engine().conv2d(x, w);
    expect(y.shape).toEqual([1, 1, 3, 3]);
    expect([...(await y.read())]).toEqual([4, 3, 4, 2, 4, 3, 2, 3, 4]);
  });

  it('takes a bias as tensor, Float32Array or numbers', async () => {
    const x = engine().tensor(image, [1, 1, 5, 5]);
    const w = engine().tensor(cross, [1, 1, 3, 3]);
    for (const bias of [[10], Float32Array.of(10), engine().tensor([10], [1])]) {
      const y = await engine().conv2d(x, w, { bias });
      expect([...(await y.read())]).toEqual([14, 13, 14, 12, 14, 13, 12, 13, 14]);
    }
  });

  it('takes layouts from labelled tensors, and labels its output', async () => {
    const x = engine().tensor([1, 2, 3, 4], [1, 1, 2, 2], { layout: 'nhwc' });
    const w = engine().tensor([10, 100], [1, 1, 2, 1], { layout: 'hwio' });
    const y = await engine().conv2d(x, w);
    expect([y.shape, y.layout]).toEqual([[1, 1, 2, 1], 'nhwc']);
    expect([...(await y.read())]).toEqual([210, 430]);
    const again = await engine().conv2d(y, engine().tensor([2], [1, 1, 1, 1]));
    expect(again.layout).toBe('nhwc');
  });

  it('chains without reading in between', async () => {
    const w = engine().tensor([2], [1, 1, 1, 1]);
    let y = engine().tensor([1, 2, 3], [1, 1, 1, 3]);
    for (let step = 0; step < 10; step++) {
      const next = await engine().conv2d(y, w);
      y.dispose();
      y = next;
    }
    expect([...(await y.read())]).toEqual([1024, 2048, 3072]);
  });

  it('computes with operands that were disposed while it waited for pipelines', async () => {
    const fresh = await createEngine();
    const x = fresh.tensor(image, [1, 1, 5, 5]);
    const w = fresh.tensor(cross, [1, 1, 3, 3]);
    const b = fresh.tensor([1], [1]);
    const pending = fresh.conv2d(x, w, { bias: b });
    for (const tensor of [x, w, b]) tensor.dispose();
    fresh.tensor(new Float32Array(25).fill(99), [25]); // would take over the buffer of x, were it free
    expect([...(await (await pending).read())]).toEqual([5, 4, 5, 3, 5, 4, 3, 4, 5]);
    fresh.dispose();
  });

  it('keeps a copy of an array bias that changes while it waits', async () => {
    const bias = Float32Array.of(10);
    const pending = engine().conv2d(engine().tensor([1], [1, 1, 1, 1]), engine().tensor([1], [1, 1, 1, 1]), { bias });
    bias[0] = 99;
    expect([...(await (await pending).read())]).toEqual([11]);
  });
});

describe('tensors', () => {
  it('copy their values in, and come back as they were', async () => {
    const values = randomValues(1000, 1);
    const tensor = engine().tensor(values, [10, 100]);
    const before = values.slice();
    values.fill(0);
    expect(await tensor.read()).toEqual(before);
    expect([tensor.size, tensor.byteLength, tensor.dtype, tensor.layout]).toEqual([1000, 4000, 'float32', undefined]);
  });

  it('keep NaN and infinities', async () => {
    const tensor = engine().tensor([Number.NaN, Number.POSITIVE_INFINITY, -0], [3]);
    expect([...(await tensor.read())]).toEqual([Number.NaN, Number.POSITIVE_INFINITY, -0]);
  });

  it('are uploaded past recorded work that still reads a recycled buffer', async () => {
    const w = engine().tensor([1], [1, 1, 1, 1]);
    const conv = await engine().prepareConv2d({ inputShape: [1, 1, 1, 64], filter: w });
    const x = engine().tensor(new Float32Array(64).fill(1), [1, 1, 1, 64]);
    const y = conv.run(x); // recorded, not submitted
    x.dispose(); // its buffer is free for the next tensor
    const other = engine().tensor(new Float32Array(64).fill(2), [1, 1, 1, 64]);
    const [a, b] = await Promise.all([y.read(), other.read()]);
    expect([a[0], b[0]]).toEqual([1, 2]);
  });

  it('can be disposed twice, and with `using`', () => {
    const before = engine().memory().usedBytes;
    {
      using tensor = engine().tensor([1, 2], [2]);
      expect(tensor.disposed).toBe(false);
      tensor.dispose();
      expect(tensor.disposed).toBe(true);
    }
    expect(engine().memory().usedBytes).toBe(before);
  });
});

describe('pipelines', () => {
  it('compile once per structure: another image size, filter size, stride or batch compiles nothing', async () => {
    const fresh = await createEngine();
    const run = async (shape: number[], filter: number[], options = {}) => {
      const x = fresh.tensor(
        randomValues(
          shape.reduce((a, b) => a * b),
          1,
        ),
        shape,
      );
      const w = fresh.tensor(
        randomValues(
          filter.reduce((a, b) => a * b),
          2,
        ),
        filter,
      );
      await fresh.conv2d(x, w, { algorithm: 'im2col-gemm', variant: 'register-8x8', ...options });
      return fresh.stats().pipelines;
    };
    const first = await run([1, 3, 9, 9], [8, 3, 3, 3]);
    expect(first).toBe(3); // packing, im2col, GEMM
    expect(await run([1, 3, 40, 31], [8, 3, 3, 3])).toBe(first);
    expect(await run([7, 5, 12, 9], [11, 5, 5, 1], { strides: 2, dilations: [2, 1], padding: 'same' })).toBe(first);
    expect(await run([1, 3, 9, 9], [8, 3, 3, 3], { activation: 'relu' })).toBe(first + 1);
    fresh.dispose();
  });

  it('compile nothing for an image of nearly the same size where the planner chooses, and few for any', async () => {
    for (const filters of [1, 8, 64]) {
      using fresh = await createEngine();
      const w = fresh.tensor(randomValues(filters * 9, 1), [filters, 1, 3, 3]);
      const compiled = [];
      for (const size of [300, 301, 290, 310, 3, 4, 7, 8, 9, 31]) {
        await fresh.conv2d(fresh.tensor(new Float32Array(size * size), [1, 1, size, size]), w);
        compiled.push(fresh.stats().pipelines);
      }
      expect(new Set(compiled.slice(0, 4)).size, `${filters} filters: ${compiled}`).toBe(1);
      expect(compiled.at(-1), `${filters} filters: ${compiled}`).toBeLessThanOrEqual(10);
    }
  });

  it('compile once even when asked for many times at once', async () => {
    const fresh = await createEngine();
    const x = fresh.tensor(image, [1, 1, 5, 5]);
    const w = fresh.tensor(cross, [1, 1, 3, 3]);
    const way = { algorithm: 'implicit-gemm', variant: 'register-8x8' };
    await Promise.all(Array.from({ length: 8 }, () => fresh.conv2d(x, w, way)));
    expect(fresh.stats().pipelines).toBe(2); // packing, and the kernel
    fresh.dispose();
  });
});

describe('submissions', () => {
  it('are few: twenty runs and two reads are one', async () => {
    const w = engine().tensor([1], [1, 1, 1, 1]);
    const conv = await engine().prepareConv2d({ inputShape: [1, 1, 4, 4], filter: w, algorithm: 'im2col-gemm' });
    const x = engine().tensor(new Float32Array(16), [1, 1, 4, 4]);
    engine().flush();
    const before = engine().stats();
    const outputs = Array.from({ length: 20 }, () => conv.run(x));
    await Promise.all([outputs[0]!.read(), outputs[19]!.read()]);
    const after = engine().stats();
    expect(after.submissions - before.submissions).toBe(1);
    expect(after.dispatches - before.dispatches).toBe(40);
  });

  it('happen while work is recorded, every 64 dispatches', async () => {
    const w = engine().tensor([1], [1, 1, 1, 1]);
    const conv = await engine().prepareConv2d({ inputShape: [1, 1, 4, 4], filter: w, algorithm: 'im2col-gemm' });
    const x = engine().tensor(new Float32Array(16), [1, 1, 4, 4]);
    engine().flush();
    const before = engine().stats();
    for (let run = 0; run < 65; run++) conv.run(x).dispose(); // two dispatches each
    expect(engine().stats().submissions - before.submissions).toBe(2);
  });

  it('happen without a read, in the next task at the latest', async () => {
    const w = engine().tensor([1], [1, 1, 1, 1]);
    await engine().conv2d(engine().tensor([1], [1, 1, 1, 1]), w);
    const before = engine().stats().submissions;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(engine().stats().submissions).toBe(before + 1);
  });
});

describe('memory', () => {
  it('stays flat over many runs, and returns to what it was', async () => {
    const fresh = await createEngine();
    const w = fresh.tensor(randomValues(8 * 9, 1), [8, 1, 3, 3]);
    const conv = await fresh.prepareConv2d({ inputShape: [1, 1, 32, 32], filter: w, padding: 'same' });
    const x = fresh.tensor(randomValues(1024, 2), [1, 1, 32, 32]);
    const round = async () => {
      using y = conv.run(x);
      await y.read();
      return fresh.memory();
    };
    const first = await round();
    for (let index = 0; index < 50; index++) await round();
    const last = await round();
    expect(last).toEqual(first);
    for (const thing of [x, w, conv]) thing.dispose();
    const { usedBytes } = fresh.memory();
    expect(usedBytes).toBeLessThanOrEqual(1024); // the parameter blocks of the cached plan
    fresh.dispose();
  });

  it('keeps no more idle bytes than the cap, without anything being submitted', async () => {
    const fresh = await createEngine({ poolLimitBytes: 1e6 });
    for (let index = 1; index <= 8; index++) fresh.tensor(new Float32Array(1e5 * index), [1e5 * index]).dispose();
    const { idleBytes, poolLimitBytes } = fresh.memory();
    expect(poolLimitBytes).toBe(1e6);
    expect(idleBytes).toBeLessThanOrEqual(1e6);
    fresh.dispose();
  });
});

describe('measure', () => {
  it('returns what the work returned, and a time for each kernel', async () => {
    const x = engine().tensor(randomValues(64 * 28 * 28, 1), [1, 64, 28, 28]);
    const w = engine().tensor(randomValues(64 * 64 * 9, 2), [64, 64, 3, 3]);
    const algorithm = 'im2col-gemm';
    const conv = await engine().prepareConv2d({ inputShape: x.shape, filter: w, padding: 1, algorithm });
    conv.run(x).dispose();
    const { result, gpuMs, passes, clock } = await engine().measure(() => conv.run(x));
    expect(result.shape).toEqual([1, 64, 28, 28]);
    expect(gpuMs).toBeGreaterThan(0);
    if (clock === 'timestamp-query') {
      expect(passes.map(({ kernel }) => kernel.split('_')[0])).toEqual(['im2col', 'gemm']);
      expect(passes.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(gpuMs, 9);
    } else {
      expect(passes).toEqual([]);
    }
  });

  it('does not lose what was recorded before the work threw', async () => {
    const w = engine().tensor([2], [1, 1, 1, 1]);
    const conv = await engine().prepareConv2d({ inputShape: [1, 1, 1, 3], filter: w });
    const x = engine().tensor([1, 2, 3], [1, 1, 1, 3]);
    let y = x;
    const work = () => {
      y = conv.run(x);
      throw new Error('mine');
    };
    await expect(engine().measure(work)).rejects.toThrow('mine');
    expect([...(await y.read())]).toEqual([2, 4, 6]);
  });

  it('counts every dispatch of a run of more than 2,048', async () => {
    const w = engine().tensor([2], [1, 1, 1, 1]);
    const forced = { algorithm: 'im2col-gemm', variant: 'register-8x8', workspaceLimitBytes: 32 };
    const options = { inputShape: [1, 1, 1, 9000], filter: w, ...forced };
    const conv = await engine().prepareConv2d(options);
    expect(conv.bands).toBe(1125);
    const x = engine().tensor(randomValues(9000, 1), [1, 1, 1, 9000]);
    const { result, passes, clock } = await engine().measure(() => conv.run(x));
    expect((await result.read())[8999]).toBe(2 * (await x.read())[8999]!);
    if (clock === 'timestamp-query') expect(passes).toHaveLength(2250);
  });

  it('refuses to measure two things at once, and what is no work', async () => {
    const first = engine().measure(() => {});
    await expect(engine().measure(() => {})).rejects.toThrow(
      'measure: another measurement is under way. Wait for it first.',
    );
    await first;
    await expect(engine().measure(5 as never)).rejects.toThrow('measure: the work to measure must be a function.');
    await engine().measure(() => {});
  });

  it('leaves the engine usable when the work throws', async () => {
    await expect(engine().measure(() => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
    expect([...(await engine().tensor([5], [1]).read())]).toEqual([5]);
  });
});

describe('an engine on a device of the caller’s', () => {
  it('works on it, and leaves it alive', async () => {
    const adapter = (await navigator.gpu.requestAdapter())!;
    const device = await adapter.requestDevice(); // default limits, no features
    const theirs = await createEngine({ device });
    expect(theirs.info.features).not.toContain('timestamp-query');
    const y = await theirs.conv2d(theirs.tensor(image, [1, 1, 5, 5]), theirs.tensor(cross, [1, 1, 3, 3]));
    expect((await y.read())[0]).toBe(4);
    const { clock, gpuMs } = await theirs.measure(() => {});
    expect([clock, gpuMs >= 0]).toEqual(['wall-clock', true]);
    theirs.dispose();
    const buffer = device.createBuffer({ size: 16, usage: 0x08 });
    device.pushErrorScope('validation');
    device.queue.writeBuffer(buffer, 0, new Uint8Array(16));
    expect(await device.popErrorScope()).toBeNull();
    device.destroy();
  });
});

describe('a problem whose best variant does not fit the workspace', () => {
  it('runs with another variant, unless that one is forced', async () => {
    const x = engine().tensor(new Float32Array(4 * 4096).fill(1), [1, 4096, 2, 2]);
    const w = engine().tensor(new Float32Array(3 * 4096).fill(1), [3, 4096, 1, 1]);
    // the best for 3 filters has tiles of 16 columns, and there are 4: it needs no band, unless the limit is below 4 columns
    const options = { bias: [1, 2, 3], algorithm: 'im2col-gemm' };
    const y = await engine().conv2d(x, w, { ...options, workspaceLimitBytes: 4 * 4 * 4096 });
    expect([...(await y.read())].slice(0, 5)).toEqual([4097, 4097, 4097, 4097, 4098]);
    const refused = await engine()
      .conv2d(x, w, { ...options, workspaceLimitBytes: 10 })
      .catch((error) => error);
    expect(refused.message).toContain(`takes ${refused.neededBytes} bytes`);
    await engine().conv2d(x, w, { ...options, workspaceLimitBytes: refused.neededBytes }); // what it names suffices
    const wide = engine().tensor(new Float32Array(9 * 4096).fill(1), [1, 4096, 3, 3]);
    const eightColumns = { ...options, workspaceLimitBytes: 8 * 4 * 4096 };
    const forced = engine().conv2d(wide, w, { ...eightColumns, variant: 'register-4x16' });
    await expect(forced).rejects.toMatchObject({ name: 'WorkspaceLimitError', code: 'workspace-limit' });
    expect([...(await (await engine().conv2d(wide, w, eightColumns)).read())].slice(8, 10)).toEqual([4097, 4098]);
  });
});

describe('the end', () => {
  it('of the engine: everything says so', async () => {
    const own = await createEngine();
    const x = own.tensor([1], [1, 1, 1, 1]);
    const conv = await own.prepareConv2d({ inputShape: [1, 1, 1, 1], filter: x });
    own.dispose();
    own.dispose();
    expect(await own.lost).toMatchObject({ reason: 'destroyed' });
    const error = { name: 'DeviceLostError', code: 'engine-disposed' };
    await expect(x.read()).rejects.toMatchObject({ ...error, message: 'read: the engine was disposed.' });
    await expect(own.conv2d(x, x)).rejects.toMatchObject(error);
    await expect(own.prepareConv2d({ inputShape: [1, 1, 1, 1], filter: x })).rejects.toMatchObject(error);
    await expect(own.finish()).rejects.toMatchObject(error);
    expect(() => own.tensor([1], [1])).toThrow('tensor: the engine was disposed.');
    expect(() => conv.run(x)).toThrow('run: the engine was disposed.');
    expect(() => own.flush()).toThrow(DeviceLostError);
    x.dispose();
    conv.dispose();
  });

  it('of the engine while it compiles', async () => {
    const own = await createEngine();
    const x = own.tensor([1], [1, 1, 1, 1]);
    const pending = [own.conv2d(x, x), own.prepareConv2d({ inputShape: [1, 1, 1, 1], filter: x })];
    own.dispose();
    const outcomes = await Promise.allSettled(pending);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'engine-disposed' } });
    }
    expect(own.memory()).toMatchObject({ usedBytes: 0, idleBytes: 0, buffers: 0 });
  });

  it('of the device, while a read is under way', async () => {
    const adapter = (await navigator.gpu.requestAdapter())!;
    const device = await adapter.requestDevice();
    const own = await createEngine({ device });
    const x = own.tensor(new Float32Array(1e6), [1, 1, 1000, 1000]);
    const w = own.tensor(new Float32Array(121), [1, 1, 11, 11]);
    const y = await own.conv2d(x, w);
    const reading = y.read();
    reading.catch(() => {});
    device.destroy();
    await expect(reading).rejects.toMatchObject({ name: 'DeviceLostError', code: 'device-lost' });
    await expect(reading).rejects.toThrow('All tensors are gone: create a new engine and upload again.');
    await own.lost;
    expect(() => own.tensor([1], [1])).toThrow(/^tensor: the device was lost/);
    await expect(own.conv2d(x, w)).rejects.toMatchObject({ code: 'device-lost' });
  });
});

describe('a software adapter', () => {
  it('is announced on the console once, not for every engine', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const again = await createEngine();
    again.dispose();
    expect(warn.mock.calls.filter(([text]) => String(text).includes('runs on the CPU'))).toEqual([]); // the first was above
    warn.mockRestore();
  });
});
