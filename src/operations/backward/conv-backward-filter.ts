// The gradient of a convolution's filter, called once or prepared.
import { InvalidArgumentError } from '../../errors.js';
import { convFilterShape, convInputShape, convOutputShape, type Rank, type Shape } from '../../problem/index.js';
import { type Tensor, type TensorStorage, useTensor } from '../../tensor.js';
import { planRequest } from '../conv-options.js';
import type { EngineCore } from '../core.js';
import { HeldOperands } from '../held-operands.js';
import { assertFilterGradientFits, type FilterGradientCall, FilterGradientPlans } from './filter-gradient.js';
import {
  accumulatedStorage,
  accumulates,
  backwardCall,
  type ForwardOptions,
  type GradientOptions,
  type GradientPreparationOptions,
} from './options.js';
import { derivativeTerms } from './record-derivative.js';
import { type GradientRunOperands, runOperands } from './run-operands.js';

/** Options of `engine.convBackwardFilter`. `algorithm` and `variant` are those of filter gradients, and nothing is tuned. */
export type ConvBackwardFilterOptions<R extends Rank = Rank> = ForwardOptions<R> &
  GradientOptions & {
    /** Shape of the forward filter, and of the result: (K, C/G, R, S), transposed (C, K/G, R, S), or as the filter layout says. */
    readonly filterShape: Shape;
  };

/** Options of `engine.prepareConvBackwardFilter`. `algorithm` and `variant` are those of filter gradients, and nothing is tuned. */
export type PrepareConvBackwardFilterOptions<R extends Rank = Rank> = ForwardOptions<R> & GradientPreparationOptions;

/** Computes the gradient of a filter once. Resolves when the work is recorded. */
export async function runConvBackwardFilter(
  core: EngineCore,
  input: Tensor,
  gradient: Tensor,
  options: ConvBackwardFilterOptions,
): Promise<Tensor> {
  const { gpu } = core;
  const action = 'convBackwardFilter';
  gpu.assertAlive(action);
  const call = backwardCall(core, action, options, { gradient, input }, ['filterShape']);
  const { forward, derivative } = call;
  const result = { shape: convFilterShape(forward), layout: forward.filterLayout, dtype: forward.dtype };
  const existing = accumulatedStorage(gpu, action, options.accumulate, result);
  const wanted: FilterGradientCall = { forward, derivative, accumulate: existing !== undefined };
  assertFilterGradientFits(core, action, wanted);
  const operand = derivative?.operand;
  const held = new HeldOperands(gpu, derivativeTerms(derivative), [call.gradient, call.input, operand, existing]);
  let plans: FilterGradientPlans | undefined;
  try {
    plans = await FilterGradientPlans.borrow(core, action, wanted, planRequest(core, options));
    await held.prepare();
    gpu.assertAlive(action);
    const terms = held.recordTerms();
    return plans.record({ input: call.input!, gradient: call.gradient!, operand, terms, existing });
  } finally {
    plans?.release();
    held.release();
  }
}

/** Checks, plans and compiles a gradient of a filter. */
export async function prepareConvBackwardFilter(
  core: EngineCore,
  options: PrepareConvBackwardFilterOptions,
): Promise<PreparedConvBackwardFilter> {
  const { gpu } = core;
  const action = 'prepareConvBackwardFilter';
  gpu.assertAlive(action);
  const { forward, derivative } = backwardCall(core, action, options, {}, []);
  const wanted: FilterGradientCall = { forward, derivative, accumulate: accumulates(action, options.accumulate) };
  assertFilterGradientFits(core, action, wanted);
  const held = new HeldOperands(gpu, derivativeTerms(derivative), []);
  let plans: FilterGradientPlans | undefined;
  try {
    plans = await FilterGradientPlans.borrow(core, action, wanted, planRequest(core, options));
    await held.prepare();
    gpu.assertAlive(action);
    return PreparedConvBackwardFilter.create(core, wanted, plans, held.recordTerms()?.retain());
  } catch (error) {
    plans?.release();
    throw error;
  } finally {
    held.release();
  }
}

/** A prepared gradient of a filter; made by `engine.prepareConvBackwardFilter`. */
export class PreparedConvBackwardFilter {
  /** Shape of the forward input that a run is given. */
  readonly inputShape: Shape;
  /** Shape of the gradient that a run is given: that of the forward output. */
  readonly gradientShape: Shape;
  /** Shape of the result: that of the forward filter. */
  readonly filterShape: Shape;
  /** Name of the algorithm that computes it. */
  readonly algorithm: string;
  /** Variant of the algorithm. */
  readonly variant: string;
  /** Bytes of workspace that a run borrows. */
  readonly workspaceBytes: number;
  /** Bands that positions are laid out in: more than one where the workspace is small. */
  readonly bands: number;
  readonly #core: EngineCore;
  readonly #call: FilterGradientCall;
  readonly #plans: FilterGradientPlans;
  readonly #terms: TensorStorage | undefined;
  #disposed = false;

  private constructor(
    core: EngineCore,
    call: FilterGradientCall,
    plans: FilterGradientPlans,
    terms: TensorStorage | undefined,
  ) {
    this.#core = core;
    this.#call = call;
    this.#plans = plans;
    this.#terms = terms;
    this.inputShape = Object.freeze(convInputShape(call.forward));
    this.gradientShape = Object.freeze(convOutputShape(call.forward));
    this.filterShape = Object.freeze(convFilterShape(call.forward));
    this.algorithm = plans.sums.algorithm;
    this.variant = plans.sums.variant;
    this.workspaceBytes = plans.sums.matrixBytes + plans.sums.sumBytes;
    this.bands = plans.sums.bands;
  }

  /** @internal */
  static create(
    core: EngineCore,
    call: FilterGradientCall,
    plans: FilterGradientPlans,
    terms: TensorStorage | undefined,
  ): PreparedConvBackwardFilter {
    return new PreparedConvBackwardFilter(core, call, plans, terms);
  }

  /**
   * Records the gradient of the filter and returns it at once, without waiting for the GPU.
   * @throws InvalidTensorError if a tensor was disposed, belongs to another engine, or has another shape, layout or dtype.
   * @throws InvalidArgumentError for an operand that was not prepared for, or that is missing.
   */
  run(input: Tensor, gradient: Tensor, operands: GradientRunOperands = {}): Tensor {
    const action = 'run';
    const { gpu } = this.#core;
    gpu.assertAlive(action);
    if (this.#disposed) {
      throw new InvalidArgumentError(`${action}: the prepared gradient was disposed. Prepare it again.`);
    }
    const { forward, derivative, accumulate } = this.#call;
    const { inputLayout: layout, filterLayout, dtype } = forward;
    const x = useTensor(gpu, action, 'input', input, { shape: this.inputShape, layout, dtype });
    const dy = useTensor(gpu, action, 'gradient', gradient, { shape: this.gradientShape, layout, dtype });
    const result = { shape: this.filterShape, layout: filterLayout, dtype };
    const { operand, existing } = runOperands(this.#core, action, operands, { derivative, accumulate, result });
    return this.#plans.record({ input: x, gradient: dy, operand, terms: this.#terms, existing });
  }

  /** Gives the plans back. Results of earlier runs stay valid. Twice is once. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#terms?.release();
    this.#plans.release();
  }

  /** As {@link PreparedConvBackwardFilter.dispose}. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
