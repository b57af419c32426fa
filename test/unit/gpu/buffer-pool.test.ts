// The pool's bookkeeping, with buffers that only remember whether they were destroyed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BufferPool, sizeClassBytes } from '../../../src/gpu/buffer-pool.js';

function fakeDevice(maxBufferSize = 2 ** 28) {
  const destroyed: number[] = [];
  const device = {
    limits: { maxBufferSize },
    createBuffer: ({ size }: { size: number }) => ({ size, destroy: () => destroyed.push(size) }),
  };
  return { device: device as unknown as GPUDevice, destroyed };
}

describe('sizeClassBytes', () => {
  it('wastes at most a quarter, and is a multiple of 16', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (bytes) => {
        const size = sizeClassBytes(bytes);
        expect(size).toBeGreaterThanOrEqual(bytes);
        expect(size % 16).toBe(0);
        if (bytes > 256) expect(size).toBeLessThanOrEqual(1.25 * bytes);
        expect(sizeClassBytes(size)).toBe(size);
      }),
      { seed: 1, numRuns: 1000 },
    );
  });
});

describe('BufferPool', () => {
  it('gives a released buffer out again for another size of the same class, not for another kind', () => {
    const pool = new BufferPool(fakeDevice().device, 1e6);
    const first = pool.acquire('storage', 1000);
    pool.release(first, 3);
    expect(pool.acquire('uniform', 1000)).not.toBe(first);
    expect(pool.acquire('storage', 950)).toBe(first);
    expect(first.lastUse).toBe(3);
  });

  it('counts used, idle and peak bytes', () => {
    const pool = new BufferPool(fakeDevice().device, 1e6);
    const first = pool.acquire('storage', 1024);
    pool.acquire('storage', 2048);
    pool.release(first, 1);
    expect(pool.report()).toEqual({
      usedBytes: 2048,
      idleBytes: 1024,
      peakBytes: 3072,
      buffers: 2,
      poolLimitBytes: 1e6,
    });
  });

  it('releases once, however often it is told to', () => {
    const pool = new BufferPool(fakeDevice().device, 1e6);
    const buffer = pool.acquire('storage', 1024);
    pool.release(buffer, 1);
    pool.release(buffer, 1);
    expect(pool.report()).toMatchObject({ usedBytes: 0, idleBytes: 1024, buffers: 1 });
  });

  it('destroys the longest idle beyond the cap, but none that unsubmitted commands may use', () => {
    const { device, destroyed } = fakeDevice();
    const pool = new BufferPool(device, 2048);
    const buffers = [1024, 1280, 1536].map((bytes) => pool.acquire('storage', bytes));
    pool.release(buffers[0]!, 7);
    pool.release(buffers[1]!, 5);
    pool.release(buffers[2]!, 6);
    pool.trim(6);
    expect(destroyed).toEqual([1280, 1536]); // 1024 waits for submission 7
    expect(pool.report()).toMatchObject({ idleBytes: 1024, buffers: 1 });
  });

  it('never gives a discarded buffer out again', () => {
    const { device, destroyed } = fakeDevice();
    const pool = new BufferPool(device, 1e6);
    const broken = pool.acquire('storage', 1024);
    pool.discard(broken);
    expect(destroyed).toEqual([1024]);
    expect(pool.acquire('storage', 1024)).not.toBe(broken);
  });

  it('does not round beyond the largest buffer, and refuses what exceeds it', () => {
    const pool = new BufferPool(fakeDevice(1000).device, 1e6);
    expect(pool.acquire('storage', 990).capacityBytes).toBe(992);
    expect(() => pool.acquire('storage', 1001)).toThrow(
      "allocate: 1001 bytes were asked for, but the device's largest buffer has 992. Split the batch.",
    );
  });
});
