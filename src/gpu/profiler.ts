// GPU time of each dispatch, by timestamp queries at the borders of compute passes. Without the feature, one wall-clock
// time from submission to completion stands for all.
import { InvalidArgumentError } from '../errors.js';

/** GPU time of one dispatch. */
export interface PassTime {
  /** Name of the kernel. */
  readonly kernel: string;
  readonly ms: number;
}

/** Two timestamps a pass; 4096 queries is what every device offers. */
const MAX_PASSES = 2048;

/** Collects timestamps of the passes of one measurement. */
export class Profiler {
  readonly #device: GPUDevice;
  readonly #queries: GPUQuerySet;
  readonly #kernels: string[] = [];

  constructor(device: GPUDevice) {
    this.#device = device;
    this.#queries = device.createQuerySet({ label: 'webgpu-conv', type: 'timestamp', count: 2 * MAX_PASSES });
  }

  /**
   * Descriptor of the next pass.
   * @throws InvalidArgumentError beyond 2048 passes.
   */
  nextPass(kernel: string): GPUComputePassDescriptor {
    const index = this.#kernels.length;
    if (index >= MAX_PASSES) {
      throw new InvalidArgumentError(
        `measure: the work has more than ${MAX_PASSES} dispatches. Measure fewer runs at a time.`,
      );
    }
    this.#kernels.push(kernel);
    return {
      label: kernel,
      timestampWrites: {
        querySet: this.#queries,
        beginningOfPassWriteIndex: 2 * index,
        endOfPassWriteIndex: 2 * index + 1,
      },
    };
  }

  /** Reads the times, after all passes were submitted. */
  async finish(): Promise<PassTime[]> {
    const count = this.#kernels.length;
    if (count === 0) return [];
    const sizeBytes = 16 * count;
    const resolved = this.#device.createBuffer({ size: sizeBytes, usage: 0x200 | 0x04 }); // QUERY_RESOLVE | COPY_SRC
    const staging = this.#device.createBuffer({ size: sizeBytes, usage: 0x01 | 0x08 }); // MAP_READ | COPY_DST
    const encoder = this.#device.createCommandEncoder();
    encoder.resolveQuerySet(this.#queries, 0, 2 * count, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, sizeBytes);
    this.#device.queue.submit([encoder.finish()]);
    try {
      await staging.mapAsync(0x01);
      const stamps = new BigUint64Array(staging.getMappedRange().slice(0));
      return this.#kernels.map((kernel, index) => ({
        kernel,
        // nanoseconds; a clock that was quantised or reset may run backwards
        ms: Math.max(0, Number(BigInt.asIntN(64, stamps[2 * index + 1]! - stamps[2 * index]!)) / 1e6),
      }));
    } finally {
      resolved.destroy();
      staging.destroy();
    }
  }

  destroy(): void {
    this.#queries.destroy();
  }
}
