import { describe, expect, it } from 'vitest';
import { KernelError, OutOfMemoryError } from '../../../src/errors.js';
import { FaultLog } from '../../../src/gpu/faults.js';

class GPUOutOfMemoryError {
  readonly message = '';
}
class GPUValidationError {
  readonly message = 'binding 3 is missing';
}

/** A device whose error scopes yield what the test says, in the order they are popped. */
function deviceWith(...popped: (object | null | Promise<never>)[]) {
  let depth = 0;
  const device = {
    pushErrorScope: () => depth++,
    popErrorScope: () => {
      depth--;
      return Promise.resolve(popped.shift() ?? null);
    },
  };
  return { device: device as unknown as GPUDevice, depth: () => depth };
}

describe('FaultLog', () => {
  it('passes the result through, and is silent without a fault', async () => {
    const { device, depth } = deviceWith();
    const log = new FaultLog(device);
    expect(log.guard('add', () => 5)).toBe(5);
    expect(depth()).toBe(0);
    await expect(log.settle()).resolves.toBeUndefined();
  });

  it('throws out of memory, typed, once, and undoes', async () => {
    let undone = 0;
    const log = new FaultLog(deviceWith(null, new GPUOutOfMemoryError()).device);
    log.guard(
      'allocate',
      () => {},
      () => undone++,
    );
    const error = await log.settle().catch((caught) => caught);
    expect(error).toBeInstanceOf(OutOfMemoryError);
    expect(error).toMatchObject({
      code: 'out-of-memory',
      message: 'allocate: the device is out of memory. Dispose tensors, lower workspaceLimitBytes, or split the batch.',
    });
    expect(undone).toBe(1);
    await expect(log.settle()).resolves.toBeUndefined();
  });

  it('throws what the device refused, with its words', async () => {
    const log = new FaultLog(deviceWith(null, null, new GPUValidationError()).device);
    log.guard('submit', () => {});
    await expect(log.settle()).rejects.toThrow(KernelError);
    const again = new FaultLog(deviceWith(new GPUValidationError()).device);
    again.guard('submit', () => {});
    await expect(again.settle()).rejects.toThrow('submit: the device refused it: binding 3 is missing');
  });

  it('remembers which submission was refused, and why, as often as it is asked', async () => {
    const log = new FaultLog(deviceWith(null, null, null, null, null, new GPUValidationError()).device);
    log.guardSubmission(1, () => {});
    log.guardSubmission(2, () => {});
    await log.wait();
    expect(log.refusedBetween(1, 1)).toBeUndefined();
    expect(log.refusedBetween(3, 9)).toBeUndefined();
    for (let times = 0; times < 2; times++) expect(log.refusedBetween(1, 3)).toBeInstanceOf(KernelError);
  });

  it('says out of memory where that is why a submission was refused', async () => {
    const popped = [null, new GPUOutOfMemoryError(), null, null, null, new GPUValidationError()];
    const log = new FaultLog(deviceWith(...popped).device);
    log.guard('allocate', () => {});
    log.guardSubmission(4, () => {});
    await log.wait();
    expect(log.refusedBetween(4, 4)).toBeInstanceOf(OutOfMemoryError);
  });

  it('keeps the first of several faults', async () => {
    const log = new FaultLog(deviceWith(new GPUOutOfMemoryError(), null, null, new GPUValidationError()).device);
    log.guard('first', () => {});
    log.guard('second', () => {});
    await expect(log.settle()).rejects.toThrow(/^first: /);
  });

  it('leaves the scope stack even when the action throws, or the device is lost', async () => {
    const { device, depth } = deviceWith(Promise.reject(new Error('lost')));
    const log = new FaultLog(device);
    expect(() =>
      log.guard('boom', () => {
        throw new Error('boom');
      }),
    ).toThrow('boom');
    expect(depth()).toBe(0);
    await expect(log.settle()).resolves.toBeUndefined();
  });
});
