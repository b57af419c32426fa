// Pipelines, compiled asynchronously and once for each kernel and set of overrides. The key is derived from what defines a
// pipeline, never typed by hand.
import { KernelError } from '../errors.js';
import { checkOverrides, type Kernel } from './kernel.js';
import { specialize } from './specialize.js';

/** A compiled kernel with its explicit bind group layout (group 0). */
export interface CompiledKernel {
  readonly kernel: Kernel;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

const COMPUTE_STAGE = 0x4;

/** A pipeline, or its compilation. */
interface Entry {
  readonly pipeline: Promise<CompiledKernel>;
  isReady: boolean;
}

function keyOf(overrides: Readonly<Record<string, number>>): string {
  return JSON.stringify(Object.entries(overrides).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The cache of one device. */
export class PipelineCache {
  readonly #device: GPUDevice;
  /** By kernel text, then by overrides. */
  readonly #entries = new Map<string, Map<string, Entry>>();
  #compiled = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** Number of pipelines compiled so far. */
  get compiled(): number {
    return this.#compiled;
  }

  /**
   * The pipeline of `kernel` with `overrides` (all of those it declares).
   * @throws KernelError with the compiler's messages.
   */
  get(kernel: Kernel, overrides: Readonly<Record<string, number>> = {}): Promise<CompiledKernel> {
    checkOverrides(kernel, overrides);
    const key = keyOf(overrides);
    const entries = this.#entries.get(kernel.code) ?? new Map<string, Entry>();
    this.#entries.set(kernel.code, entries);
    const known = entries.get(key);
    if (known) return known.pipeline;
    const entry: Entry = { pipeline: this.#compile(kernel, overrides), isReady: false };
    entries.set(key, entry);
    entry.pipeline.then(
      () => {
        entry.isReady = true;
      },
      () => entries.delete(key),
    );
    return entry.pipeline;
  }

  /** Whether a pipeline is there, so that nobody would wait for it. */
  has(kernel: Kernel, overrides: Readonly<Record<string, number>> = {}): boolean {
    return this.#entries.get(kernel.code)?.get(keyOf(overrides))?.isReady ?? false;
  }

  async #compile(kernel: Kernel, overrides: Readonly<Record<string, number>>): Promise<CompiledKernel> {
    const layout = this.#device.createBindGroupLayout({
      label: kernel.name,
      entries: kernel.bindings.map(({ type }, binding) => ({ binding, visibility: COMPUTE_STAGE, buffer: { type } })),
    });
    this.#device.pushErrorScope('validation'); // a module that does not compile says so there, and at the pipeline
    const module = this.#device.createShaderModule({ label: kernel.name, code: specialize(kernel, overrides) });
    const moduleError = this.#device.popErrorScope().catch(() => null);
    try {
      const pipeline = await this.#device.createComputePipelineAsync({
        label: kernel.name,
        layout: this.#device.createPipelineLayout({ label: kernel.name, bindGroupLayouts: [layout] }),
        compute: { module, entryPoint: 'main', constants: { ...overrides } },
      });
      this.#compiled++;
      return { kernel, pipeline, layout };
    } catch (cause) {
      const { messages } = await module.getCompilationInfo().catch(() => ({ messages: [] }));
      const lines = messages.map(({ type, lineNum, linePos, message }) => `${type} ${lineNum}:${linePos} ${message}`);
      const text = [...lines, (await moduleError)?.message, (cause as Error).message].filter(Boolean).join('\n');
      throw new KernelError(`compile ${kernel.name}: ${text}`, { cause });
    }
  }
}
