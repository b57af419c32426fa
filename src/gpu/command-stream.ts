// The one order of commands of an engine. Dispatches and copies are recorded into one encoder and submitted together: when
// somebody reads, when enough is recorded, or at the latest in the next task of the event loop.
import { foldWorkgroups } from './dispatch.js';
import type { FaultLog } from './faults.js';
import type { CompiledKernel } from './pipeline-cache.js';
import type { Profiler } from './profiler.js';

/** A stretch of a buffer, bound as a whole. */
export interface BufferSlice {
  readonly buffer: GPUBuffer;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** One dispatch: a compiled kernel, what is bound to 0…n, and how many workgroups in one dimension. */
export interface Dispatch {
  readonly compiled: CompiledKernel;
  readonly slices: readonly BufferSlice[];
  readonly workgroups: number;
}

/** Where a plan records its dispatches: the engine's stream, or an encoder of the user's. */
export interface Recorder {
  dispatch(dispatch: Dispatch): void;
}

/** So many dispatches are submitted without waiting for more: the GPU starts while the CPU still records. */
const DISPATCHES_PER_SUBMIT = 64;

function recordDispatch(device: GPUDevice, pass: GPUComputePassEncoder, dispatch: Dispatch): void {
  const { compiled, slices, workgroups } = dispatch;
  const { pipeline, layout, kernel } = compiled;
  pass.setPipeline(pipeline);
  pass.setBindGroup(
    0,
    device.createBindGroup({
      label: kernel.name,
      layout,
      entries: slices.map(({ buffer, offsetBytes, sizeBytes }, binding) => ({
        binding,
        resource: { buffer, offset: offsetBytes, size: sizeBytes },
      })),
    }),
  );
  pass.dispatchWorkgroups(...foldWorkgroups(workgroups, device.limits.maxComputeWorkgroupsPerDimension));
}

/** Records into a command encoder of the user's, as one compute pass. Call `end` when done. */
export class EncoderRecorder implements Recorder {
  readonly #device: GPUDevice;
  readonly #pass: GPUComputePassEncoder;

  constructor(device: GPUDevice, encoder: GPUCommandEncoder) {
    this.#device = device;
    this.#pass = encoder.beginComputePass({ label: 'webgpu-conv' });
  }

  dispatch(dispatch: Dispatch): void {
    recordDispatch(this.#device, this.#pass, dispatch);
  }

  end(): void {
    this.#pass.end();
  }
}

/** The engine's own stream. */
export class CommandStream implements Recorder {
  readonly #device: GPUDevice;
  readonly #faults: FaultLog;
  #encoder: GPUCommandEncoder | undefined;
  #pass: GPUComputePassEncoder | undefined;
  #recorded = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #submitted = 0;
  #dispatches = 0;
  /** While set, every dispatch runs in a timed pass of its own. */
  profiler: Profiler | undefined;
  /** Called after every submission. */
  onSubmitted: () => void = () => {};

  constructor(device: GPUDevice, faults: FaultLog) {
    this.#device = device;
    this.#faults = faults;
  }

  /** Number of the submission that commands recorded now will be part of. */
  get current(): number {
    return this.#submitted + 1;
  }

  /** True if commands are recorded that were not submitted. */
  get pending(): boolean {
    return this.#encoder !== undefined;
  }

  /** Number of submissions so far. */
  get submitted(): number {
    return this.#submitted;
  }

  /** Number of dispatches recorded so far. */
  get dispatches(): number {
    return this.#dispatches;
  }

  dispatch(dispatch: Dispatch): void {
    const encoder = this.#open();
    if (this.profiler) {
      this.#endPass();
      const pass = encoder.beginComputePass(this.profiler.nextPass(dispatch.compiled.kernel.name));
      recordDispatch(this.#device, pass, dispatch);
      pass.end();
    } else {
      this.#pass ??= encoder.beginComputePass({ label: 'webgpu-conv' });
      recordDispatch(this.#device, this.#pass, dispatch);
    }
    this.#dispatches++;
    if (++this.#recorded >= DISPATCHES_PER_SUBMIT) this.flush();
  }

  /** Records a copy of a stretch of a buffer to a stretch of another of the same size. */
  copy(source: BufferSlice, target: BufferSlice): void {
    const encoder = this.#open();
    this.#endPass();
    encoder.copyBufferToBuffer(source.buffer, source.offsetBytes, target.buffer, target.offsetBytes, source.sizeBytes);
  }

  /** Submits what is recorded, if anything. Errors of recording come to light here, in the fault log. */
  flush(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    const encoder = this.#encoder;
    if (!encoder) return;
    this.#endPass();
    this.#encoder = undefined;
    this.#recorded = 0;
    this.#submitted++;
    this.#faults.guardSubmission(this.#submitted, () => this.#device.queue.submit([encoder.finish()]));
    this.onSubmitted();
  }

  /** Forgets what is recorded. */
  abandon(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#encoder = undefined;
    this.#pass = undefined;
  }

  #open(): GPUCommandEncoder {
    if (!this.#encoder) {
      this.#encoder = this.#device.createCommandEncoder({ label: 'webgpu-conv' });
      this.#timer = setTimeout(() => this.flush());
    }
    return this.#encoder;
  }

  #endPass(): void {
    this.#pass?.end();
    this.#pass = undefined;
  }
}
