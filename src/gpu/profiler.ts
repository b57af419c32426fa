// GPU time of each dispatch, by timestamp queries at the borders of compute passes.

/** GPU time of one dispatch. */
export interface PassTime {
  /** Name of the kernel. */
  readonly kernel: string;
  readonly ms: number;
}

/** Passes of one query set: two timestamps each, and 4096 queries is what every device offers. */
const PASSES_PER_SET = 2048;

/** Collects timestamps of the passes of one measurement. */
export class Profiler {
  readonly #device: GPUDevice;
  readonly #sets: GPUQuerySet[] = [];
  readonly #kernels: string[] = [];

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** Descriptor of the next pass. */
  nextPass(kernel: string): GPUComputePassDescriptor {
    const index = this.#kernels.length % PASSES_PER_SET;
    if (index === 0) {
      this.#sets.push(
        this.#device.createQuerySet({ label: 'webgpu-conv', type: 'timestamp', count: 2 * PASSES_PER_SET }),
      );
    }
    this.#kernels.push(kernel);
    return {
      label: kernel,
      timestampWrites: {
        querySet: this.#sets.at(-1)!,
        beginningOfPassWriteIndex: 2 * index,
        endOfPassWriteIndex: 2 * index + 1,
      },
    };
  }

  /** Reads the times, after all passes were submitted. */
  async finish(): Promise<PassTime[]> {
    const times: PassTime[] = [];
    for (const [index, set] of this.#sets.entries()) {
      const kernels = this.#kernels.slice(index * PASSES_PER_SET, (index + 1) * PASSES_PER_SET);
      const stamps = await this.#read(set, 2 * kernels.length);
      for (const [pass, kernel] of kernels.entries()) {
        const nanoseconds = BigInt.asIntN(64, stamps[2 * pass + 1]! - stamps[2 * pass]!);
        times.push({ kernel, ms: Math.max(0, Number(nanoseconds) / 1e6) }); // a quantised clock may run backwards
      }
    }
    return times;
  }

  async #read(set: GPUQuerySet, count: number): Promise<BigUint64Array> {
    const sizeBytes = 8 * count;
    const resolved = this.#device.createBuffer({ size: sizeBytes, usage: 0x200 | 0x04 }); // QUERY_RESOLVE | COPY_SRC
    const staging = this.#device.createBuffer({ size: sizeBytes, usage: 0x01 | 0x08 }); // MAP_READ | COPY_DST
    try {
      const encoder = this.#device.createCommandEncoder();
      encoder.resolveQuerySet(set, 0, count, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, staging, 0, sizeBytes);
      this.#device.queue.submit([encoder.finish()]);
      await staging.mapAsync(0x01);
      return new BigUint64Array(staging.getMappedRange().slice(0));
    } finally {
      resolved.destroy();
      staging.destroy();
    }
  }

  destroy(): void {
    for (const set of this.#sets) set.destroy();
  }
}
