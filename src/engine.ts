// The engine: what a user makes tensors and convolutions with. One engine has one device.
import { type Conv2dOptions, conv2dCall, type PrepareConv2dOptions } from './conv2d-options.js';
import { InvalidArgumentError, UnsupportedProblemError } from './errors.js';
import type { MemoryReport } from './gpu/buffer-pool.js';
import { adapterName, type Capabilities, capabilitiesOf } from './gpu/capabilities.js';
import { GpuContext, type GpuTiming, type LostInfo } from './gpu/context.js';
import { requestDevice } from './gpu/device.js';
import type { DeviceHandle, GpuHandle } from './gpu/handles.js';
import { HeldOperands } from './held-operands.js';
import { PlanCache, type PlanLoan } from './planner/plan-cache.js';
import { PreparedConv2d } from './prepared-conv2d.js';
import {
  assertOptionsObject,
  type Conv2dProblem,
  conv2dInputShape,
  conv2dOutputShape,
  describe,
  elementCount,
  FILTER_LAYOUTS,
  formatShape,
  INPUT_LAYOUTS,
  integerAtLeast,
  isFloat32Array,
  isNumberArray,
  oneOf,
  parseShape,
  rejectUnknownOptions,
  type Shape,
  type TensorLayout,
} from './problem/index.js';
import { recordPack, recordRun } from './record-run.js';
import { Tensor, TensorStorage, useTensor } from './tensor.js';

/** Options of {@link createEngine}. */
export interface EngineOptions {
  /** A device to use. It stays the caller's: `engine.dispose()` does not destroy it. Default: the engine requests one. */
  readonly device?: DeviceHandle;
  /** Where to request a device; default `navigator.gpu`. */
  readonly gpu?: GpuHandle;
  /** Which GPU, where there are two; default 'high-performance'. */
  readonly powerPreference?: 'low-power' | 'high-performance';
  /**
   * Most bytes of workspace that a convolution may use; default 128 MiB. Larger problems run in bands. The buffer behind it is
   * of a size class of the pool, at most a quarter larger.
   */
  readonly workspaceLimitBytes?: number;
  /** Most bytes that released buffers may hold for reuse; default 256 MiB. */
  readonly poolLimitBytes?: number;
}

/** Description of an engine's adapter and device. */
export interface EngineInfo extends Capabilities {
  /** The adapter in a few words. */
  readonly name: string;
}

/** What an engine has done so far. */
export interface EngineStats {
  /** Pipelines compiled. */
  readonly pipelines: number;
  /** Dispatches recorded on the engine's own stream. */
  readonly dispatches: number;
  /** Submissions of that stream. */
  readonly submissions: number;
}

/** Result of {@link Engine.measure}. */
export interface Measurement<T> extends GpuTiming {
  /** What the work returned. */
  readonly result: T;
}

const MIB = 2 ** 20;
const OPTION_NAMES = ['device', 'gpu', 'powerPreference', 'workspaceLimitBytes', 'poolLimitBytes'] as const;
const POWER_PREFERENCES = ['low-power', 'high-performance'] as const;

let warnedOfSoftware = false;

function warnOfSoftware(info: EngineInfo): void {
  if (!info.isSoftware || warnedOfSoftware) return;
  warnedOfSoftware = true;
  console.warn(
    `webgpu-conv: ${info.name} runs on the CPU. Results are right, but WebAssembly would be faster on this machine. For speed use a GPU with hardware acceleration switched on.`,
  );
}

/**
 * Creates an engine, on the given device or on one it requests with the adapter's largest limits.
 * @throws WebGPUUnavailableError that says why there is no device, and what to do.
 * @throws InvalidArgumentError for an option that does not exist or has a wrong value.
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const action = 'createEngine';
  rejectUnknownOptions(action, options, OPTION_NAMES);
  const { powerPreference = 'high-performance', workspaceLimitBytes = 128 * MIB, poolLimitBytes = 256 * MIB } = options;
  oneOf(action, 'powerPreference', powerPreference, POWER_PREFERENCES);
  integerAtLeast(action, 'workspaceLimitBytes', workspaceLimitBytes, 1);
  integerAtLeast(action, 'poolLimitBytes', poolLimitBytes, 0);
  const given = options.device as GPUDevice | undefined;
  if (given !== undefined && typeof given?.createComputePipelineAsync !== 'function') {
    throw new InvalidArgumentError(`${action}: device must be a GPUDevice, got ${describe(given)}.`);
  }
  const gpuOption = options.gpu as GPU | undefined;
  if (gpuOption !== undefined && typeof gpuOption?.requestAdapter !== 'function') {
    throw new InvalidArgumentError(`${action}: gpu must be like navigator.gpu, got ${describe(gpuOption)}.`);
  }
  const { device, info } = given
    ? { device: given, info: given.adapterInfo as GPUAdapterInfo | undefined }
    : await requestDevice(gpuOption, powerPreference);
  const capabilities = capabilitiesOf(device, info);
  const gpu = new GpuContext(device, capabilities, poolLimitBytes);
  return Engine.create(gpu, workspaceLimitBytes, given === undefined);
}

/** Convolutions on one device. Made by {@link createEngine}. */
export class Engine {
  /** The adapter and the device: names, features, limits, whether it is software. */
  readonly info: EngineInfo;
  /** Resolves when the device is lost or the engine disposed. All tensors are gone then. */
  readonly lost: Promise<LostInfo>;
  readonly #gpu: GpuContext;
  readonly #plans: PlanCache;
  readonly #workspaceLimitBytes: number;
  readonly #ownsDevice: boolean;

  private constructor(gpu: GpuContext, workspaceLimitBytes: number, ownsDevice: boolean) {
    this.#gpu = gpu;
    this.#plans = new PlanCache(gpu);
    this.#workspaceLimitBytes = workspaceLimitBytes;
    this.#ownsDevice = ownsDevice;
    this.info = Object.freeze({ ...gpu.capabilities, name: adapterName(gpu.capabilities) });
    this.lost = gpu.lost;
    warnOfSoftware(this.info);
  }

  /** @internal */
  static create(gpu: GpuContext, workspaceLimitBytes: number, ownsDevice: boolean): Engine {
    return new Engine(gpu, workspaceLimitBytes, ownsDevice);
  }

  /**
   * Uploads values, row-major in `shape`. They are copied; the array may be changed at once.
   * @param options.layout what the axes mean; conv2d then needs no layout option, and refuses a tensor of another layout.
   * @throws InvalidArgumentError if the values are no Float32Array or numbers, or not as many as the shape says.
   * @throws UnsupportedProblemError if the tensor exceeds the device's largest binding.
   */
  tensor(
    values: Float32Array | readonly number[],
    shape: Shape,
    options: { readonly layout?: TensorLayout } = {},
  ): Tensor {
    const action = 'tensor';
    this.#gpu.assertAlive(action);
    rejectUnknownOptions(action, options, ['layout']);
    const layout =
      options.layout === undefined
        ? undefined
        : oneOf(action, 'layout', options.layout, [...INPUT_LAYOUTS, ...FILTER_LAYOUTS]);
    const parsed = parseShape(action, 'shape', shape, layout === undefined ? undefined : 4);
    const isFloats = isFloat32Array(values);
    if (!isFloats && !isNumberArray(values)) {
      throw new InvalidArgumentError(
        `${action}: values must be a Float32Array or a flat array of numbers, got ${describe(values)}.`,
      );
    }
    const count = elementCount(parsed);
    if (values.length !== count) {
      const empty = isFloats && values.length === 0 ? ' It is empty: was its buffer transferred elsewhere?' : '';
      throw new InvalidArgumentError(
        `${action}: got ${values.length} values, but shape ${formatShape(parsed)} needs ${count}.${empty}`,
      );
    }
    this.#assertBindable(action, 'the tensor', 4 * count);
    const data = isFloats ? values : Float32Array.from(values);
    return Tensor.create(parsed, layout, new TensorStorage(this.#gpu, this.#gpu.upload('storage', data), 4 * count));
  }

  /**
   * Convolves `input` (N, C, H, W) with `filter` (K, C/G, R, S), or in the layouts given, to (N, K, P, Q). Resolves when
   * the work is recorded, which the first time waits for pipelines to compile; nothing waits for the GPU.
   * "Convolution" is cross-correlation, as in every deep-learning system, unless `flipFilter` is set.
   * @throws InvalidArgumentError, InvalidTensorError, UnsupportedProblemError, WorkspaceLimitError, DeviceLostError
   */
  async conv2d(input: Tensor, filter: Tensor, options: Conv2dOptions = {}): Promise<Tensor> {
    const action = 'conv2d';
    const gpu = this.#gpu;
    gpu.assertAlive(action);
    useTensor(gpu, action, 'input', input); // a tensor at all; what it must be is checked next
    const call = conv2dCall(gpu, action, options, { inputShape: input.shape, input, filter });
    this.#assertOperandsFit(action, call.problem);
    const held = new HeldOperands(call);
    let loan: PlanLoan | undefined;
    let packedFilter: TensorStorage | undefined;
    try {
      loan = await this.#borrow(action, call.problem, options);
      gpu.assertAlive(action);
      const bias = held.uploadBias(gpu);
      packedFilter = recordPack(gpu, loan.plan, call.filter);
      return recordRun(gpu, loan.plan, { input: call.input!, packedFilter, bias });
    } finally {
      packedFilter?.release();
      loan?.release();
      held.release();
    }
  }

  /**
   * Plans, compiles and packs a convolution once, to run it many times.
   * @throws as {@link Engine.conv2d}
   */
  async prepareConv2d(options: PrepareConv2dOptions): Promise<PreparedConv2d> {
    const action = 'prepareConv2d';
    const gpu = this.#gpu;
    gpu.assertAlive(action);
    assertOptionsObject(action, options);
    const { inputShape, filter } = options;
    const call = conv2dCall(gpu, action, options, { inputShape, filter }, ['inputShape', 'filter']);
    this.#assertOperandsFit(action, call.problem);
    const held = new HeldOperands(call);
    let loan: PlanLoan | undefined;
    try {
      loan = await this.#borrow(action, call.problem, options);
      gpu.assertAlive(action);
      const bias = held.uploadBias(gpu);
      const packedFilter = recordPack(gpu, loan.plan, call.filter);
      gpu.stream.flush(); // an encoder of the caller's may be submitted any time from now on
      return PreparedConv2d.create(gpu, { loan, packedFilter, bias: bias?.retain() });
    } catch (error) {
      loan?.release();
      throw error;
    } finally {
      held.release();
    }
  }

  /**
   * Measures the GPU time of what is recorded while `work` runs: with timestamp queries where the device has them (each
   * dispatch then runs in a pass of its own), else by the clock, from start to completion. By the clock the work's own waiting
   * counts too: prepare first, or `conv2d` will include the compilation of its pipelines.
   * @throws InvalidArgumentError if `work` is no function, or another measurement is under way.
   */
  async measure<T>(work: () => T | Promise<T>): Promise<Measurement<T>> {
    const { result, timing } = await this.#gpu.measure(work);
    return { result, ...timing };
  }

  /** Submits what was recorded. Nobody needs this but who reads the results with a queue or device of their own. */
  flush(): void {
    this.#gpu.assertAlive('flush');
    this.#gpu.stream.flush();
  }

  /** Waits until all recorded work is done. Throws the first fault since `finish` or `measure` was last called. */
  finish(): Promise<void> {
    return this.#gpu.finish('finish');
  }

  /** Memory held on the device. */
  memory(): MemoryReport {
    return this.#gpu.pool.report();
  }

  /** Counts of pipelines, dispatches and submissions. */
  stats(): EngineStats {
    const { pipelines, stream } = this.#gpu;
    return { pipelines: pipelines.compiled, dispatches: stream.dispatches, submissions: stream.submitted };
  }

  /** Destroys all buffers, and the device if the engine requested it. Everything made by the engine is unusable then. */
  dispose(): void {
    this.#gpu.destroy(this.#ownsDevice);
  }

  /** As {@link Engine.dispose}. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #assertBindable(action: string, what: string, bytes: number): void {
    const { maxBindingBytes } = this.info.limits;
    if (bytes <= maxBindingBytes) return;
    throw new UnsupportedProblemError(
      `${action}: ${what} takes ${bytes} bytes, but this device binds at most ${maxBindingBytes}. Split the batch, or request a device with a larger maxStorageBufferBindingSize.`,
    );
  }

  #borrow(action: string, problem: Conv2dProblem, options: Conv2dOptions): Promise<PlanLoan> {
    const { algorithm, variant, workspaceLimitBytes = this.#workspaceLimitBytes } = options;
    return this.#plans.borrow(problem, { algorithm, variant, workspaceLimitBytes }, action);
  }

  #assertOperandsFit(action: string, problem: Conv2dProblem): void {
    this.#assertBindable(action, 'the input', 4 * elementCount(conv2dInputShape(problem)));
    this.#assertBindable(action, 'the output', 4 * elementCount(conv2dOutputShape(problem)));
  }
}
