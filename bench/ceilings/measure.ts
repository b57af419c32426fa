// Measures the ceilings of the adapter with three small kernels on a device of its own. Each is given more and more to do until
// it takes long against the time to wait for a GPU; then the best of a few runs counts, since nothing can be faster than it is.
import type { Ceilings } from '../runner/result.js';
import copyCode from './copy.wgsl?raw';
import scalarCode from './fma_scalar.wgsl?raw';
import vectorCode from './fma_vec4.wgsl?raw';

const LONG_MS = { full: 50, quick: 30 };
const RUNS = { full: 3, quick: 2 };
const WORKGROUP = 64;
const FEW_WORKGROUPS = 64; // enough for the processors of a software adapter
const MANY_WORKGROUPS = 8192; // more than enough for the largest GPUs
const LEAST_ROUNDS = 64; // of a chain: fewer, and what an invocation does before and after them would count
/** Operations of a round, in which every chain is eight links longer: the loop itself costs as much as a link on software adapters. */
const CHAINS = [
  { code: scalarCode, flops: 8 * 2 * 16 },
  { code: vectorCode, flops: 8 * 2 * 4 * 8 },
];
const COPY_BYTES = 2 ** 26;

// numbers, not GPUBufferUsage.*: that global need not exist where the device comes from a package in Node
const STORAGE = 0x80;
const UNIFORM = 0x40;
const COPY_DST = 0x08;

type Mode = keyof typeof RUNS;

class Bench {
  readonly #device: GPUDevice;
  readonly #mode: Mode;

  constructor(device: GPUDevice, mode: Mode) {
    this.#device = device;
    this.#mode = mode;
  }

  buffer(size: number, usage: number): GPUBuffer {
    return this.#device.createBuffer({ size, usage });
  }

  async pipeline(code: string, buffers: readonly GPUBuffer[]) {
    const module = this.#device.createShaderModule({ code });
    const compute = { module, entryPoint: 'main' };
    const pipeline = await this.#device.createComputePipelineAsync({ layout: 'auto', compute });
    const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
    const group = this.#device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
    return (pass: GPUComputePassEncoder, ...workgroups: [number, number?]) => {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(...workgroups);
    };
  }

  write(buffer: GPUBuffer, values: Uint32Array<ArrayBuffer>): void {
    this.#device.queue.writeBuffer(buffer, 0, values);
  }

  async #time(work: (pass: GPUComputePassEncoder) => void): Promise<number> {
    const start = performance.now();
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    work(pass);
    pass.end();
    this.#device.queue.submit([encoder.finish()]);
    await this.#device.queue.onSubmittedWorkDone();
    return performance.now() - start;
  }

  /** Best rate, in units of work a millisecond, of something that can be given any amount of work. */
  async rate(work: (pass: GPUComputePassEncoder, amount: number) => void): Promise<number> {
    let amount = 1;
    await this.#time((pass) => work(pass, amount)); // the first dispatch may compile
    while (amount < 2 ** 20 && (await this.#time((pass) => work(pass, amount))) < LONG_MS[this.#mode]) amount *= 2;
    let best = 0;
    for (let run = 0; run < RUNS[this.#mode]; run++) {
      best = Math.max(best, amount / (await this.#time((pass) => work(pass, amount))));
    }
    return best;
  }
}

/** Workgroups and rounds for an amount of work, a power of two: first more workgroups, then longer chains. */
function chainsFor(amount: number) {
  const workgroups = Math.min(MANY_WORKGROUPS, FEW_WORKGROUPS * amount);
  return { workgroups, rounds: (LEAST_ROUNDS * FEW_WORKGROUPS * amount) / workgroups };
}

async function fmaGflops(bench: Bench, { code, flops }: (typeof CHAINS)[number]): Promise<number> {
  const sums = bench.buffer(4 * WORKGROUP * MANY_WORKGROUPS, STORAGE);
  const rounds = bench.buffer(16, UNIFORM | COPY_DST);
  const dispatch = await bench.pipeline(code, [sums, rounds]);
  const rate = await bench.rate((pass, amount) => {
    const chains = chainsFor(amount);
    bench.write(rounds, Uint32Array.of(chains.rounds, 0, 0, 0));
    dispatch(pass, chains.workgroups);
  });
  for (const buffer of [sums, rounds]) buffer.destroy();
  return (rate * flops * WORKGROUP * FEW_WORKGROUPS * LEAST_ROUNDS) / 1e6;
}

async function copyGBs(bench: Bench): Promise<number> {
  const buffers = [0, 1].map(() => bench.buffer(COPY_BYTES, STORAGE));
  const dispatch = await bench.pipeline(copyCode, buffers);
  const workgroups = COPY_BYTES / 16 / WORKGROUP;
  const columns = 2 ** 15; // of a grid, since a dimension of a dispatch ends at 65,535
  const rate = await bench.rate((pass, amount) => {
    for (let copy = 0; copy < amount; copy++) dispatch(pass, columns, Math.ceil(workgroups / columns));
  });
  for (const buffer of buffers) buffer.destroy();
  return (rate * 2 * COPY_BYTES) / 1e6;
}

/** The ceilings of the adapter behind `navigator.gpu`. */
export async function measureCeilings(quick: boolean): Promise<Ceilings> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('there is no WebGPU adapter.');
  const device = await adapter.requestDevice();
  try {
    const bench = new Bench(device, quick ? 'quick' : 'full');
    const rates: number[] = [];
    for (const chain of CHAINS) rates.push(await fmaGflops(bench, chain));
    return { fmaGflops: Math.max(...rates), copyGBs: await copyGBs(bench) };
  } finally {
    device.destroy();
  }
}
