// The engine: what a user makes tensors and convolutions with. One engine has one device; what an operation does is in
// src/operations/.
import { InvalidArgumentError } from './errors.js';
import type { MemoryReport } from './gpu/buffer-pool.js';
import { adapterName, type Capabilities, capabilitiesOf } from './gpu/capabilities.js';
import { GpuContext, type GpuTiming, type LostInfo } from './gpu/context.js';
import { requestDevice } from './gpu/device.js';
import type { DeviceHandle, GpuHandle } from './gpu/handles.js';
import { GradientMethods } from './gradient-methods.js';
import { type ActivateOptions, runActivation } from './operations/activate.js';
import { checkPreparation, runConv } from './operations/conv.js';
import {
  type ConvOptions,
  type ConvTransposeOptions,
  checkDeterministic,
  type PrepareConvOptions,
  type PrepareConvTransposeOptions,
} from './operations/conv-options.js';
import { type EngineCore, keepCore } from './operations/core.js';
import { type ExplainOptions, runExplain } from './operations/explain.js';
import { type MaxPoolOptions, type MaxPoolResult, runPool } from './operations/pool.js';
import type { PreparedConv } from './operations/prepared-conv.js';
import { makeSequence, type Sequence, type SequenceOptions } from './operations/sequence.js';
import type { SequenceStep } from './operations/sequence-steps.js';
import { runSignal } from './operations/signal.js';
import { type Support, supportOf } from './operations/supports.js';
import { type TensorOptions, uploadTensor } from './operations/upload.js';
import { type Accuracy, parseAccuracy } from './planner/choose.js';
import { machineOf } from './planner/cost-model.js';
import type { Explanation } from './planner/explain.js';
import { FirstCalls } from './planner/first-calls.js';
import { PlanCache } from './planner/plan-cache.js';
import {
  type Activation,
  type AveragePoolOptions,
  booleanOption,
  type ConvProblem,
  describe,
  integerAtLeast,
  oneOf,
  type PoolOptions,
  type PoolProblem,
  rejectUnknownOptions,
  type Shape,
  type SignalOptions,
} from './problem/index.js';
import type { Tensor } from './tensor.js';
import { Autotuner } from './tuning/autotuner.js';
import { defaultStore, parseTuning, type TuningStore } from './tuning/tuning-store.js';

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
  /**
   * How large rounding errors may become for speed: 'strict', 'standard' (default) or 'fast'; a call may say otherwise. In units of the
   * bound of f32 sums that are computed directly (`expectedConv2d` of `webgpu-conv/reference`): no larger, up to 8 times, or whatever the
   * algorithm's. See `accuracy` of {@link ConvOptions}.
   */
  readonly accuracy?: Accuracy;
  /** Whether convolutions are tuned (see `autotune` of {@link ConvOptions}); default false. A call may say otherwise. */
  readonly autotune?: boolean;
  /** Whether results must not depend on measurements (see `deterministic` of {@link ConvOptions}); default false. */
  readonly deterministic?: boolean;
  /** Where results of tuning are kept; default IndexedDB in a browser, a file in the user's cache folder in Node. */
  readonly tuningStore?: TuningStore;
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

/** Options of calls that an engine has defaults for. */
type EngineDefaults = Pick<EngineCore, 'workspaceLimitBytes' | 'accuracy' | 'autotune'>;

const MIB = 2 ** 20;
const OPTION_NAMES = [
  'device',
  'gpu',
  'powerPreference',
  'workspaceLimitBytes',
  'poolLimitBytes',
  'accuracy',
  'autotune',
  'deterministic',
  'tuningStore',
] as const;
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
  const accuracy = parseAccuracy(action, options.accuracy ?? 'standard');
  const autotune = booleanOption(action, 'autotune', options.autotune ?? false);
  checkDeterministic(action, options);
  const store = options.tuningStore ?? defaultStore();
  if (typeof store?.get !== 'function' || typeof store.set !== 'function') {
    throw new InvalidArgumentError(
      `${action}: tuningStore must have the functions get(key) and set(key, record), got ${describe(options.tuningStore)}.`,
    );
  }
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
  return Engine.create(gpu, store, { workspaceLimitBytes, accuracy, autotune }, given === undefined);
}

/** Convolutions on one device. Made by {@link createEngine}. */
export class Engine extends GradientMethods {
  /** The adapter and the device: names, features, limits, whether it is software. */
  readonly info: EngineInfo;
  /** Resolves when the device is lost or the engine disposed. All tensors are gone then. */
  readonly lost: Promise<LostInfo>;
  readonly #core: EngineCore;
  readonly #ownsDevice: boolean;

  private constructor(gpu: GpuContext, store: TuningStore, defaults: EngineDefaults, ownsDevice: boolean) {
    super();
    const firstCalls = new FirstCalls(gpu.pipelines, machineOf(gpu.capabilities));
    this.#core = { gpu, plans: new PlanCache(), tuner: new Autotuner(gpu, store), firstCalls, ...defaults };
    keepCore(this, this.#core);
    this.#ownsDevice = ownsDevice;
    this.info = Object.freeze({ ...gpu.capabilities, name: adapterName(gpu.capabilities) });
    this.lost = gpu.lost;
    warnOfSoftware(this.info);
  }

  /** @internal */
  static create(gpu: GpuContext, store: TuningStore, defaults: EngineDefaults, ownsDevice: boolean): Engine {
    return new Engine(gpu, store, defaults, ownsDevice);
  }

  /**
   * Uploads values, row-major in `shape`. They are copied; the array may be changed at once.
   * @param options.layout what the axes mean; a convolution then needs no layout option, and refuses a tensor of another layout.
   * @param options.dtype how they are stored: 'float32' (default) or 'float16', to which they are rounded.
   * @throws InvalidArgumentError if the values are no Float32Array or numbers, or not as many as the shape says.
   * @throws UnsupportedProblemError if the tensor exceeds the device's largest binding.
   */
  tensor(values: Float32Array | readonly number[], shape: Shape, options: TensorOptions = {}): Tensor {
    return uploadTensor(this.#core.gpu, values, shape, options);
  }

  /**
   * Convolves `input` (N, C, H, W) with `filter` (K, C/G, R, S), or in the layouts given, to (N, K, P, Q). Resolves when
   * the work is recorded, which the first time waits for pipelines to compile; nothing waits for the GPU.
   * "Convolution" is cross-correlation, as in every deep-learning system, unless `flipFilter` is set.
   * @throws InvalidArgumentError, InvalidTensorError, UnsupportedProblemError, WorkspaceLimitError, DeviceLostError
   */
  conv2d(input: Tensor, filter: Tensor, options?: ConvOptions<2>): Promise<Tensor> {
    return runConv(this.#core, 'conv', 2, input, filter, options);
  }

  /** As {@link Engine.conv2d} along one axis: (N, C, W) with (K, C/G, S) to (N, K, Q). */
  conv1d(input: Tensor, filter: Tensor, options?: ConvOptions<1>): Promise<Tensor> {
    return runConv(this.#core, 'conv', 1, input, filter, options);
  }

  /** As {@link Engine.conv2d} along three axes: (N, C, D, H, W) with (K, C/G, T, R, S) to (N, K, O, P, Q). */
  conv3d(input: Tensor, filter: Tensor, options?: ConvOptions<3>): Promise<Tensor> {
    return runConv(this.#core, 'conv', 3, input, filter, options);
  }

  /**
   * The adjoint of a convolution, also called deconvolution: `input` (N, C, H, W) with `filter` (C, K/G, R, S), or in the
   * layouts given, to (N, K, P, Q) with P = (H − 1) · stride + dilated R − padding + output padding.
   * The zeros that textbooks put between the strides are never multiplied.
   * @throws as {@link Engine.conv2d}
   */
  convTranspose2d(input: Tensor, filter: Tensor, options?: ConvTransposeOptions<2>): Promise<Tensor> {
    return runConv(this.#core, 'convTranspose', 2, input, filter, options);
  }

  /** As {@link Engine.convTranspose2d} along one axis: (N, C, W) with (C, K/G, S) to (N, K, Q). */
  convTranspose1d(input: Tensor, filter: Tensor, options?: ConvTransposeOptions<1>): Promise<Tensor> {
    return runConv(this.#core, 'convTranspose', 1, input, filter, options);
  }

  /** As {@link Engine.convTranspose2d} along three axes: (N, C, D, H, W) with (C, K/G, T, R, S) to (N, K, O, P, Q). */
  convTranspose3d(input: Tensor, filter: Tensor, options?: ConvTransposeOptions<3>): Promise<Tensor> {
    return runConv(this.#core, 'convTranspose', 3, input, filter, options);
  }

  /**
   * Plans, compiles and packs a convolution once, to run it many times.
   * @throws as {@link Engine.conv2d}
   */
  async prepareConv2d(options: PrepareConvOptions<2>): Promise<PreparedConv> {
    return checkPreparation(this.#core, 'conv', 2, options).prepare();
  }

  /** As {@link Engine.prepareConv2d}, for {@link Engine.conv1d}. */
  async prepareConv1d(options: PrepareConvOptions<1>): Promise<PreparedConv> {
    return checkPreparation(this.#core, 'conv', 1, options).prepare();
  }

  /** As {@link Engine.prepareConv2d}, for {@link Engine.conv3d}. */
  async prepareConv3d(options: PrepareConvOptions<3>): Promise<PreparedConv> {
    return checkPreparation(this.#core, 'conv', 3, options).prepare();
  }

  /** As {@link Engine.prepareConv2d}, for {@link Engine.convTranspose1d}. */
  async prepareConvTranspose1d(options: PrepareConvTransposeOptions<1>): Promise<PreparedConv> {
    return checkPreparation(this.#core, 'convTranspose', 1, options).prepare();
  }

  /** As {@link Engine.prepareConv2d}, for {@link Engine.convTranspose2d}. */
  async prepareConvTranspose2d(options: PrepareConvTransposeOptions<2>): Promise<PreparedConv> {
    return checkPreparation(this.#core, 'convTranspose', 2, options).prepare();
  }

  /** As {@link Engine.prepareConv2d}, for {@link Engine.convTranspose3d}. */
  async prepareConvTranspose3d(options: PrepareConvTransposeOptions<3>): Promise<PreparedConv> {
    return checkPreparation(this.#core, 'convTranspose', 3, options).prepare();
  }

  /**
   * The largest value of each window of a channel: (N, C, W) to (N, C, Q); with `returnIndices` also where it was found.
   * @throws InvalidArgumentError, InvalidTensorError, UnsupportedProblemError, DeviceLostError
   */
  maxPool1d(input: Tensor, options: MaxPoolOptions<1> & { readonly returnIndices: true }): Promise<MaxPoolResult>;
  maxPool1d(input: Tensor, options?: MaxPoolOptions<1> & { readonly returnIndices?: false }): Promise<Tensor>;
  maxPool1d(input: Tensor, options?: MaxPoolOptions<1>): Promise<Tensor | MaxPoolResult> {
    return runPool(this.#core, 'max', 1, input, options);
  }

  /** The mean of each window of a channel: (N, C, W) to (N, C, Q). Throws as {@link Engine.maxPool1d}. */
  async averagePool1d(input: Tensor, options?: AveragePoolOptions<1>): Promise<Tensor> {
    return (await runPool(this.#core, 'average', 1, input, options)) as Tensor;
  }

  /** √Σx² of each window of a channel: (N, C, W) to (N, C, Q). Throws as {@link Engine.maxPool1d}. */
  async l2Pool1d(input: Tensor, options?: PoolOptions<1>): Promise<Tensor> {
    return (await runPool(this.#core, 'l2', 1, input, options)) as Tensor;
  }

  /**
   * The largest value of each window of a channel: (N, C, H, W) to (N, C, P, Q); with `returnIndices` also where it was found.
   * @throws InvalidArgumentError, InvalidTensorError, UnsupportedProblemError, DeviceLostError
   */
  maxPool2d(input: Tensor, options: MaxPoolOptions<2> & { readonly returnIndices: true }): Promise<MaxPoolResult>;
  maxPool2d(input: Tensor, options?: MaxPoolOptions<2> & { readonly returnIndices?: false }): Promise<Tensor>;
  maxPool2d(input: Tensor, options?: MaxPoolOptions<2>): Promise<Tensor | MaxPoolResult> {
    return runPool(this.#core, 'max', 2, input, options);
  }

  /** The mean of each window of a channel: (N, C, H, W) to (N, C, P, Q). Throws as {@link Engine.maxPool2d}. */
  async averagePool2d(input: Tensor, options?: AveragePoolOptions<2>): Promise<Tensor> {
    return (await runPool(this.#core, 'average', 2, input, options)) as Tensor;
  }

  /** √Σx² of each window of a channel: (N, C, H, W) to (N, C, P, Q). Throws as {@link Engine.maxPool2d}. */
  async l2Pool2d(input: Tensor, options?: PoolOptions<2>): Promise<Tensor> {
    return (await runPool(this.#core, 'l2', 2, input, options)) as Tensor;
  }

  /**
   * The largest value of each window of a channel: (N, C, D, H, W) to (N, C, O, P, Q); with `returnIndices` also where it was found.
   * @throws InvalidArgumentError, InvalidTensorError, UnsupportedProblemError, DeviceLostError
   */
  maxPool3d(input: Tensor, options: MaxPoolOptions<3> & { readonly returnIndices: true }): Promise<MaxPoolResult>;
  maxPool3d(input: Tensor, options?: MaxPoolOptions<3> & { readonly returnIndices?: false }): Promise<Tensor>;
  maxPool3d(input: Tensor, options?: MaxPoolOptions<3>): Promise<Tensor | MaxPoolResult> {
    return runPool(this.#core, 'max', 3, input, options);
  }

  /** The mean of each window of a channel: (N, C, D, H, W) to (N, C, O, P, Q). Throws as {@link Engine.maxPool3d}. */
  async averagePool3d(input: Tensor, options?: AveragePoolOptions<3>): Promise<Tensor> {
    return (await runPool(this.#core, 'average', 3, input, options)) as Tensor;
  }

  /** √Σx² of each window of a channel: (N, C, D, H, W) to (N, C, O, P, Q). Throws as {@link Engine.maxPool3d}. */
  async l2Pool3d(input: Tensor, options?: PoolOptions<3>): Promise<Tensor> {
    return (await runPool(this.#core, 'l2', 3, input, options)) as Tensor;
  }

  /**
   * Applies an activation to every value of a tensor. A convolution does it by the way: use its `activation` where you can.
   * @throws InvalidArgumentError for an activation that does not exist, or a slope that does not fit.
   */
  activate(input: Tensor, activation: Activation, options?: ActivateOptions): Promise<Tensor> {
    return runActivation(this.#core, input, activation, options);
  }

  /**
   * Convolution of two signals (n) or pictures (h, w), as `scipy.signal.convolve` and `convolve2d`: `b` is flipped.
   * @throws InvalidArgumentError for shapes or options that do not fit; InvalidTensorError.
   */
  convolve(a: Tensor, b: Tensor, options?: SignalOptions): Promise<Tensor> {
    return runSignal(this.#core, 'convolve', a, b, options);
  }

  /** Correlation of two signals (n) or pictures (h, w), as `scipy.signal.correlate` and `correlate2d`. Throws as {@link Engine.convolve}. */
  correlate(a: Tensor, b: Tensor, options?: SignalOptions): Promise<Tensor> {
    return runSignal(this.#core, 'correlate', a, b, options);
  }

  /**
   * Compiles convolutions, poolings and activations in a row, all at the same time, to run them many times without a
   * read-back; intermediate tensors share buffers.
   *
   *     await engine.sequence([
   *       { operator: 'conv2d', filter, bias, padding: 'same', activation: 'relu' },
   *       { operator: 'maxPool2d', windowDimensions: 2 },
   *     ], { inputShape: [1, 3, 224, 224] });
   *
   * @throws as {@link Engine.conv2d}, with the number of the step; all steps are checked before anything is allocated.
   */
  sequence(steps: readonly SequenceStep[], options: SequenceOptions): Promise<Sequence> {
    return makeSequence(this.#core, steps, options);
  }

  /**
   * Tells whether a problem, made by `conv2dProblem` and its like, can be computed on this engine's device, and by which
   * algorithms; and why not by the others. Allocates nothing.
   */
  supports(problem: ConvProblem | PoolProblem): Support {
    return supportOf(this.#core.gpu, problem);
  }

  /**
   * Tells why a convolution's problem, made by `conv2dProblem` and its like, is computed as it is: a row for each algorithm of the table
   * with the variant that suits best, whether it can compute the problem and why not, bytes of workspace, how much larger its errors may be,
   * milliseconds of a run as predicted by the planner and as measured when it was tuned, and whether it is chosen. Prints the rows,
   * and returns them. With `autotune` all candidates are measured, if they were not before; else nothing runs.
   * @throws InvalidArgumentError for anything but such a problem, or an option that does not exist.
   */
  explain(problem: ConvProblem, options?: ExplainOptions): Promise<Explanation> {
    return runExplain(this.#core, problem, options);
  }

  /**
   * Measures the GPU time of what is recorded while `work` runs: with timestamp queries where the device has them (each
   * dispatch then runs in a pass of its own), else by the clock, from start to completion. By the clock the work's own waiting
   * counts too: prepare first, or `conv2d` will include the compilation of its pipelines.
   * @throws InvalidArgumentError if `work` is no function, or another measurement is under way.
   */
  async measure<T>(work: () => T | Promise<T>): Promise<Measurement<T>> {
    const { result, timing } = await this.#core.gpu.measure(work);
    return { result, ...timing };
  }

  /** What was tuned or recalled since the engine was created, as text for {@link Engine.importTuning} elsewhere. */
  exportTuning(): string {
    return JSON.stringify(this.#core.tuner.export());
  }

  /**
   * Takes over results of tuning from another engine: those of the same adapter and version of this library are used, others do no harm.
   * @throws InvalidArgumentError if the text is not what {@link Engine.exportTuning} gives; nothing is taken over then.
   */
  importTuning(text: string): Promise<void> {
    return this.#core.tuner.import(parseTuning('importTuning', text));
  }

  /** Submits what was recorded. Nobody needs this but who reads the results with a queue or device of their own. */
  flush(): void {
    this.#core.gpu.assertAlive('flush');
    this.#core.gpu.stream.flush();
  }

  /** Waits until all recorded work is done. Throws the first fault since `finish` or `measure` was last called. */
  finish(): Promise<void> {
    return this.#core.gpu.finish('finish');
  }

  /** Memory held on the device. */
  memory(): MemoryReport {
    return this.#core.gpu.pool.report();
  }

  /** Counts of pipelines, dispatches and submissions. */
  stats(): EngineStats {
    const { pipelines, stream } = this.#core.gpu;
    return { pipelines: pipelines.compiled, dispatches: stream.dispatches, submissions: stream.submitted };
  }

  /** Destroys all buffers, and the device if the engine requested it. Everything made by the engine is unusable then. */
  dispose(): void {
    this.#core.gpu.destroy(this.#ownsDevice);
  }

  /** As {@link Engine.dispose}. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
