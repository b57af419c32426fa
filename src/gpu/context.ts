// One device and everything this library keeps for it: capabilities, pipelines, buffers, the command stream, faults; and
// what happens when the device is lost. Knows nothing about convolution.
import { ConvError, DeviceLostError, InvalidArgumentError, KernelError } from '../errors.js';
import { type BufferKind, BufferPool, type PooledBuffer } from './buffer-pool.js';
import type { Capabilities } from './capabilities.js';
import { type BufferSlice, CommandStream } from './command-stream.js';
import { FaultLog } from './faults.js';
import { type Kernel, type UniformValues, writeUniform } from './kernel.js';
import { PipelineCache } from './pipeline-cache.js';
import { type PassTime, Profiler } from './profiler.js';

/** Why a context stopped working. */
export interface LostInfo {
  /** 'destroyed': by engine.dispose() or device.destroy(); 'unknown': the driver, a crash, the system. */
  readonly reason: 'destroyed' | 'unknown';
  readonly message: string;
}

/** GPU times of the dispatches that some work recorded. */
export interface GpuTiming {
  /** Sum over all passes, or the wall-clock time where the device has no timestamps; milliseconds. */
  readonly gpuMs: number;
  /** One entry a dispatch, in order; empty where the device has no timestamps. */
  readonly passes: readonly PassTime[];
  readonly clock: 'timestamp-query' | 'wall-clock';
}

/** Uniform bindings start at multiples of this on every device. */
const UNIFORM_ALIGNMENT_BYTES = 256;

export class GpuContext {
  readonly device: GPUDevice;
  readonly capabilities: Capabilities;
  readonly pipelines: PipelineCache;
  readonly pool: BufferPool;
  readonly stream: CommandStream;
  readonly faults: FaultLog;
  /** Resolves when the device is lost or the context destroyed. */
  readonly lost: Promise<LostInfo>;
  #ended: ConvError | undefined;
  #measuring = false;
  #resolveLost!: (info: LostInfo) => void;

  constructor(device: GPUDevice, capabilities: Capabilities, poolLimitBytes: number) {
    this.device = device;
    this.capabilities = capabilities;
    this.pipelines = new PipelineCache(device);
    this.pool = new BufferPool(device, poolLimitBytes);
    this.faults = new FaultLog(device);
    this.stream = new CommandStream(device, this.faults);
    this.stream.onSubmitted = () => this.pool.trim(this.stream.submitted);
    this.lost = new Promise((resolve) => {
      this.#resolveLost = resolve;
    });
    device.lost.then(({ reason, message }) => {
      this.#end(
        new DeviceLostError(
          `the device was lost (${message || reason}). All tensors are gone: create a new engine and upload again.`,
        ),
        { reason: reason === 'destroyed' ? 'destroyed' : 'unknown', message },
      );
    });
  }

  #end(error: ConvError, info: LostInfo): void {
    if (this.#ended) return;
    this.#ended = error;
    this.stream.abandon();
    this.#resolveLost(info);
  }

  /** Throws if the device is lost or the context destroyed. */
  assertAlive(action: string): void {
    if (!this.#ended) return;
    throw new DeviceLostError(`${action}: ${this.#ended.message}`, this.#ended.code as 'device-lost');
  }

  /** True if the device is lost or the context destroyed. */
  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /** True while {@link GpuContext.measure} is under way. */
  get measuring(): boolean {
    return this.#measuring;
  }

  /** Takes a storage buffer. */
  acquire(bytes: number): PooledBuffer {
    return this.#allocate('storage', bytes);
  }

  #allocate(kind: BufferKind, bytes: number): PooledBuffer {
    this.assertAlive('allocate');
    let pooled: PooledBuffer | undefined;
    const undo = () => {
      if (pooled) this.pool.discard(pooled);
      this.pool.trim(this.stream.submitted, 0); // what lies idle may be just what is missing
    };
    pooled = this.faults.guard('allocate', () => this.pool.acquire(kind, bytes), undo);
    return pooled;
  }

  /** Gives a buffer back that commands recorded so far may use. */
  release(pooled: PooledBuffer): void {
    if (this.#ended) return;
    this.pool.release(pooled, this.stream.pending ? this.stream.current : this.stream.submitted);
    this.pool.trim(this.stream.submitted);
  }

  /** Destroys a buffer instead of keeping it, after submitting what was recorded with it here. */
  discard(pooled: PooledBuffer): void {
    if (this.#ended) return;
    this.stream.flush();
    this.pool.discard(pooled);
  }

  /** Puts data into a buffer of its own. */
  upload(kind: 'storage' | 'uniform', data: ArrayBuffer | ArrayBufferView<ArrayBufferLike>): PooledBuffer {
    const pooled = this.#allocate(kind, data.byteLength);
    // the write takes effect before whatever is submitted after it: commands that still need the old content go first
    if (pooled.lastUse > this.stream.submitted) this.stream.flush();
    this.faults.guard('upload', () => this.device.queue.writeBuffer(pooled.buffer, 0, data as ArrayBuffer));
    return pooled;
  }

  /** Puts parameter blocks into one buffer, each at an aligned offset. Returns the buffer and a slice for each. */
  uploadUniforms(blocks: readonly { readonly kernel: Kernel; readonly values: UniformValues }[]): {
    pooled: PooledBuffer;
    slices: BufferSlice[];
  } {
    const offsets: number[] = [];
    let end = 0;
    for (const { kernel } of blocks) {
      offsets.push(end);
      end += Math.ceil(kernel.uniform.sizeBytes / UNIFORM_ALIGNMENT_BYTES) * UNIFORM_ALIGNMENT_BYTES;
    }
    const data = new ArrayBuffer(end);
    for (const [index, { kernel, values }] of blocks.entries()) writeUniform(kernel, values, data, offsets[index]!);
    const pooled = this.upload('uniform', data);
    const slices = blocks.map(({ kernel }, index) => ({
      buffer: pooled.buffer,
      offsetBytes: offsets[index]!,
      sizeBytes: kernel.uniform.sizeBytes,
    }));
    return { pooled, slices };
  }

  /**
   * Copies the first `bytes` of a buffer to the CPU. Reads asked for in one go share a submission.
   * @param oldest number of the oldest submission that what is read depends on.
   * @throws what made the device refuse one of the submissions since, each time it is asked.
   */
  async download(source: GPUBuffer, bytes: number, oldest: number, action: string): Promise<ArrayBuffer> {
    this.assertAlive(action);
    const staging = this.#allocate('readback', bytes);
    let copied = false;
    try {
      const submission = this.stream.current;
      const whole = { offsetBytes: 0, sizeBytes: bytes };
      this.stream.copy({ buffer: source, ...whole }, { buffer: staging.buffer, ...whole });
      await Promise.resolve(); // reads that the caller starts in the same breath are recorded before the flush
      this.stream.flush();
      await staging.buffer.mapAsync(0x01, 0, bytes);
      await this.faults.wait();
      const refused = this.faults.refusedBetween(oldest, submission);
      if (refused) throw refused;
      const copy = staging.buffer.getMappedRange(0, bytes).slice(0);
      staging.buffer.unmap();
      copied = true;
      return copy;
    } catch (error) {
      throw await this.#explain(action, error);
    } finally {
      if (copied) this.release(staging);
      else if (!this.#ended) this.pool.discard(staging); // it may still be mapped
    }
  }

  /** Waits until everything recorded so far has run, and leaves its faults to whoever asks for them. */
  async idle(): Promise<void> {
    const action = 'wait';
    this.assertAlive(action);
    this.stream.flush();
    try {
      await this.device.queue.onSubmittedWorkDone();
    } catch (error) {
      throw await this.#explain(action, error);
    }
    this.assertAlive(action);
  }

  /** Waits until everything recorded so far has run. Throws the first fault since it was last called. */
  async finish(action: string): Promise<void> {
    this.assertAlive(action);
    this.stream.flush();
    try {
      await this.device.queue.onSubmittedWorkDone();
      await this.faults.settle();
    } catch (error) {
      throw await this.#explain(action, error);
    }
    this.assertAlive(action);
  }

  /**
   * Runs `work` and measures the GPU time of all that is recorded meanwhile; nothing recorded earlier is counted.
   * @throws InvalidArgumentError if another measurement is under way.
   */
  async measure<T>(work: () => T | Promise<T>): Promise<{ result: T; timing: GpuTiming }> {
    if (typeof work !== 'function') throw new InvalidArgumentError('measure: the work to measure must be a function.');
    if (this.#measuring) {
      throw new InvalidArgumentError('measure: another measurement is under way. Wait for it first.');
    }
    this.#measuring = true;
    try {
      await this.finish('measure');
      return await (this.capabilities.hasTimestamps ? this.#measurePasses(work) : this.#measureClock(work));
    } finally {
      this.#measuring = false;
    }
  }

  async #measurePasses<T>(work: () => T | Promise<T>): Promise<{ result: T; timing: GpuTiming }> {
    const profiler = new Profiler(this.device);
    this.stream.profiler = profiler;
    try {
      const result = await work();
      this.stream.profiler = undefined;
      await this.finish('measure');
      const passes = await profiler.finish().catch(async (error) => {
        throw await this.#explain('measure', error);
      });
      const gpuMs = passes.reduce((sum, { ms }) => sum + ms, 0);
      return { result, timing: { gpuMs, passes, clock: 'timestamp-query' } };
    } finally {
      this.stream.profiler = undefined;
      this.stream.flush(); // if the work threw, its passes still refer to the queries
      profiler.destroy();
    }
  }

  async #measureClock<T>(work: () => T | Promise<T>): Promise<{ result: T; timing: GpuTiming }> {
    const start = performance.now();
    const result = await work();
    await this.finish('measure');
    return { result, timing: { gpuMs: performance.now() - start, passes: [], clock: 'wall-clock' } };
  }

  /** Ends the context: all buffers are destroyed; the device too if `destroyDevice`. */
  destroy(destroyDevice: boolean): void {
    const message = 'the engine was disposed';
    this.#end(new DeviceLostError(`${message}.`, 'engine-disposed'), { reason: 'destroyed', message });
    this.pool.destroy();
    if (destroyDevice) this.device.destroy();
  }

  /** A rejection of WebGPU's as a typed error: of the loss of the device, if that is behind it. */
  async #explain(action: string, error: unknown): Promise<unknown> {
    // a lost device rejects what waits for it before it says that it is lost
    if (!this.#ended) await Promise.race([this.lost, new Promise((resolve) => setTimeout(resolve, 50))]);
    if (this.#ended) return new DeviceLostError(`${action}: ${this.#ended.message}`, this.#ended.code as 'device-lost');
    if (error instanceof ConvError) return error;
    return new KernelError(`${action}: ${(error as Error).message}`, { cause: error });
  }
}
