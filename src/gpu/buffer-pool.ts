// Buffers by size class, kept for reuse up to a cap. A released buffer may still be read by commands that are recorded but
// not submitted: whoever records more commands may take it at once (the queue keeps the order), but before it is written
// from the CPU or destroyed those commands must be submitted. `lastUse` remembers which submission that is.
import { OutOfMemoryError } from '../errors.js';

/** What a buffer is for; each kind has a usage of its own. */
export type BufferKind = 'storage' | 'uniform' | 'readback';

/** A buffer from the pool. */
export interface PooledBuffer {
  readonly buffer: GPUBuffer;
  readonly kind: BufferKind;
  readonly capacityBytes: number;
  /** Number of the submission that uses it last. */
  lastUse: number;
  /** True once it was destroyed for good: whoever still holds it must take another. */
  discarded: boolean;
}

/** Memory that an engine holds on its device, in bytes. */
export interface MemoryReport {
  /** In tensors, packed filters, workspaces and parameter blocks that are alive. */
  readonly usedBytes: number;
  /** In released buffers, kept for reuse. */
  readonly idleBytes: number;
  /** Most that `usedBytes + idleBytes` ever was. */
  readonly peakBytes: number;
  /** Number of buffers, used and idle. */
  readonly buffers: number;
  /** Cap of `idleBytes`. */
  readonly poolLimitBytes: number;
}

// numbers, not GPUBufferUsage.*: that global does not exist where the device comes from a package in Node
const USAGE: Readonly<Record<BufferKind, number>> = {
  storage: 0x80 | 0x04 | 0x08, // STORAGE | COPY_SRC | COPY_DST
  uniform: 0x40 | 0x08, // UNIFORM | COPY_DST
  readback: 0x01 | 0x08, // MAP_READ | COPY_DST
};

/**
 * Capacity that serves a request of `bytes`: powers of two and three steps between them, so at most a quarter is unused.
 */
export function sizeClassBytes(bytes: number): number {
  if (bytes <= 256) return 256;
  const step = 2 ** (Math.floor(Math.log2(bytes)) - 2);
  return Math.ceil(bytes / step) * step;
}

/** The pool. It counts what it hands out, and destroys what exceeds its cap. */
export class BufferPool {
  readonly #device: GPUDevice;
  readonly #limitBytes: number;
  /** Idle buffers, the longest idle first. */
  readonly #idle: PooledBuffer[] = [];
  readonly #used = new Set<PooledBuffer>();
  #usedBytes = 0;
  #idleBytes = 0;
  #peakBytes = 0;

  constructor(device: GPUDevice, limitBytes: number) {
    this.#device = device;
    this.#limitBytes = limitBytes;
  }

  /** Takes a buffer of at least `bytes`. Its content is whatever it was. */
  acquire(kind: BufferKind, bytes: number): PooledBuffer {
    const capacityBytes = Math.min(sizeClassBytes(bytes), Math.floor(this.#device.limits.maxBufferSize / 16) * 16);
    if (bytes > capacityBytes) {
      throw new OutOfMemoryError(
        `allocate: ${bytes} bytes were asked for, but the device's largest buffer has ${capacityBytes}. Split the batch.`,
      );
    }
    const index = this.#idle.findLastIndex((idle) => idle.kind === kind && idle.capacityBytes === capacityBytes);
    let pooled: PooledBuffer;
    if (index >= 0) {
      [pooled] = this.#idle.splice(index, 1) as [PooledBuffer];
      this.#idleBytes -= capacityBytes;
    } else {
      const buffer = this.#device.createBuffer({
        label: `webgpu-conv ${kind}`,
        size: capacityBytes,
        usage: USAGE[kind],
      });
      pooled = { buffer, kind, capacityBytes, lastUse: 0, discarded: false };
    }
    this.#used.add(pooled);
    this.#usedBytes += capacityBytes;
    this.#peakBytes = Math.max(this.#peakBytes, this.#usedBytes + this.#idleBytes);
    return pooled;
  }

  /** Gives a buffer back, used last by submission `lastUse`. */
  release(pooled: PooledBuffer, lastUse: number): void {
    if (!this.#used.delete(pooled)) return;
    pooled.lastUse = lastUse;
    this.#usedBytes -= pooled.capacityBytes;
    this.#idleBytes += pooled.capacityBytes;
    this.#idle.push(pooled);
  }

  /**
   * Destroys a buffer, so that nobody is given it again: the device could not back it with memory, or commands that the
   * engine does not know of may still refer to it, and must fail rather than use what it would hold next.
   */
  discard(pooled: PooledBuffer): void {
    pooled.discarded = true;
    this.release(pooled, pooled.lastUse);
    const index = this.#idle.indexOf(pooled);
    if (index < 0) return;
    this.#idle.splice(index, 1);
    this.#idleBytes -= pooled.capacityBytes;
    pooled.buffer.destroy();
  }

  /**
   * Destroys idle buffers, the longest idle first, until they hold at most `limitBytes`; only such as submission
   * `submitted` is the last to use.
   */
  trim(submitted: number, limitBytes = this.#limitBytes): void {
    for (let index = 0; index < this.#idle.length && this.#idleBytes > limitBytes; ) {
      const pooled = this.#idle[index]!;
      if (pooled.lastUse > submitted) {
        index++;
        continue;
      }
      this.#idle.splice(index, 1);
      this.#idleBytes -= pooled.capacityBytes;
      pooled.buffer.destroy();
    }
  }

  /** Destroys everything. */
  destroy(): void {
    for (const { buffer } of [...this.#idle, ...this.#used]) buffer.destroy();
    this.#idle.length = 0;
    this.#used.clear();
    this.#usedBytes = 0;
    this.#idleBytes = 0;
  }

  report(): MemoryReport {
    return {
      usedBytes: this.#usedBytes,
      idleBytes: this.#idleBytes,
      peakBytes: this.#peakBytes,
      buffers: this.#used.size + this.#idle.length,
      poolLimitBytes: this.#limitBytes,
    };
  }
}
