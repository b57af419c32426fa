// The gradient of a convolution's input, called once or prepared.
import { InvalidArgumentError } from '../../errors.js';
import {
  convFilterShape,
  convInputShape,
  convOutputShape,
  type FloatDType,
  type Rank,
  type Shape,
} from '../../problem/index.js';
import { type Tensor, type TensorStorage, useTensor } from '../../tensor.js';
import { planRequest } from '../conv-options.js';
import type { EngineCore } from '../core.js';
import { HeldOperands } from '../held-operands.js';
import { assertInputGradientFits, type InputGradientCall, InputGradientPlans } from './input-gradient.js';
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

/** Options of `engine.convBackwardInput`. */
export type ConvBackwardInputOptions<R extends Rank = Rank> = ForwardOptions<R> &
  GradientOptions & {
    /** Shape of the forward input, and of the result: (N, C, H, W), or as the input layout says. */
    readonly inputShape: Shape;
  };

/** Options of `engine.prepareConvBackwardInput`. */
export type PrepareConvBackwardInputOptions<R extends Rank = Rank> = ForwardOptions<R> &
  GradientPreparationOptions & {
    /** Stored type of the filter; default: `dtype`. */
    readonly filterDtype?: FloatDType;
  };

/** Computes the gradient of an input once. Resolves when the work is recorded. */
export async function runConvBackwardInput(
  core: EngineCore,
  gradient: Tensor,
  filter: Tensor,
  options: ConvBackwardInputOptions,
): Promise<Tensor> {
  const { gpu } = core;
  const action = 'convBackwardInput';
  gpu.assertAlive(action);
  const call = backwardCall(core, action, options, { gradient, filter }, ['inputShape']);
  const { forward, derivative } = call;
  const result = { shape: convInputShape(forward), layout: forward.inputLayout, dtype: forward.dtype };
  const existing = accumulatedStorage(gpu, action, options.accumulate, result);
  const wanted: InputGradientCall = { forward, derivative, accumulate: existing !== undefined };
  assertInputGradientFits(core, action, wanted);
  const operand = derivative?.operand;
  const held = new HeldOperands(gpu, derivativeTerms(derivative), [call.gradient, call.filter, operand, existing]);
  let plans: InputGradientPlans | undefined;
  try {
    plans = await InputGradientPlans.borrow(core, action, wanted, planRequest(core, options));
    await held.prepare();
    gpu.assertAlive(action);
    const terms = held.recordTerms();
    return plans.record({ gradient: call.gradient!, filter: call.filter!, operand, terms, existing });
  } finally {
    plans?.release();
    held.release();
  }
}

/** Checks, plans and compiles a gradient of an input. */
export async function prepareConvBackwardInput(
  core: EngineCore,
  options: PrepareConvBackwardInputOptions,
): Promise<PreparedConvBackwardInput> {
  const { gpu } = core;
  const action = 'prepareConvBackwardInput';
  gpu.assertAlive(action);
  const { forward, derivative } = backwardCall(core, action, options, {}, ['filterDtype']);
  const wanted: InputGradientCall = { forward, derivative, accumulate: accumulates(action, options.accumulate) };
  assertInputGradientFits(core, action, wanted);
  const held = new HeldOperands(gpu, derivativeTerms(derivative), []);
  let plans: InputGradientPlans | undefined;
  try {
    plans = await InputGradientPlans.borrow(core, action, wanted, planRequest(core, options));
    await held.prepare();
    gpu.assertAlive(action);
    return PreparedConvBackwardInput.create(core, wanted, plans, held.recordTerms()?.retain());
  } catch (error) {
    plans?.release();
    throw error;
  } finally {
    held.release();
  }
}

/** A prepared gradient of an input; made by `engine.prepareConvBackwardInput`. */
export class PreparedConvBackwardInput {
  /** Shape of the gradient that a run is given: that of the forward output. */
  readonly gradientShape: Shape;
  /** Shape of the filter that a run is given. */
  readonly filterShape: Shape;
  /** Shape of the result: that of the forward input. */
  readonly inputShape: Shape;
  /** Name of the algorithm that computes it. */
  readonly algorithm: string;
  /** Variant of the algorithm. */
  readonly variant: string;
  /** By how much rounding errors may exceed those of f32 sums computed directly; see `accuracy`. */
  readonly errorGrowth: number;
  /** Bytes of workspace that a run borrows. */
  readonly workspaceBytes: number;
  readonly #core: EngineCore;
  readonly #call: InputGradientCall;
  readonly #plans: InputGradientPlans;
  readonly #terms: TensorStorage | undefined;
  #disposed = false;

  private constructor(
    core: EngineCore,
    call: InputGradientCall,
    plans: InputGradientPlans,
    terms: TensorStorage | undefined,
  ) {
    this.#core = core;
    this.#call = call;
    this.#plans = plans;
    this.#terms = terms;
    this.gradientShape = Object.freeze(convOutputShape(call.forward));
    this.filterShape = Object.freeze(convFilterShape(call.forward));
    this.inputShape = Object.freeze(convInputShape(call.forward));
    this.algorithm = plans.conv.algorithm;
    this.variant = plans.conv.variant;
    this.errorGrowth = plans.conv.errorGrowth;
    this.workspaceBytes = plans.conv.workspaceBytes;
  }

  /** @internal */
  static create(
    core: EngineCore,
    call: InputGradientCall,
    plans: InputGradientPlans,
    terms: TensorStorage | undefined,
  ): PreparedConvBackwardInput {
    return new PreparedConvBackwardInput(core, call, plans, terms);
  }

  /**
   * Records the gradient of the input and returns it at once, without waiting for the GPU. The filter may be another one each time.
   * @throws InvalidTensorError if a tensor was disposed, belongs to another engine, or has another shape, layout or dtype.
   * @throws InvalidArgumentError for an operand that was not prepared for, or that is missing.
   */
  run(gradient: Tensor, filter: Tensor, operands: GradientRunOperands = {}): Tensor {
    const action = 'run';
    const { gpu } = this.#core;
    gpu.assertAlive(action);
    if (this.#disposed) {
      throw new InvalidArgumentError(`${action}: the prepared gradient was disposed. Prepare it again.`);
    }
    const { forward, derivative, accumulate } = this.#call;
    const { inputLayout: layout, filterLayout, dtype, filterDtype } = forward;
    const dy = useTensor(gpu, action, 'gradient', gradient, { shape: this.gradientShape, layout, dtype });
    const expectedFilter = { shape: this.filterShape, layout: filterLayout, dtype: filterDtype };
    const w = useTensor(gpu, action, 'filter', filter, expectedFilter);
    const result = { shape: this.inputShape, layout, dtype };
    const { operand, existing } = runOperands(this.#core, action, operands, { derivative, accumulate, result });
    return this.#plans.record({ gradient: dy, filter: w, operand, terms: this.#terms, existing });
  }

  /** Gives the plans back. Results of earlier runs stay valid. Twice is once. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#terms?.release();
    this.#plans.release();
  }

  /** As {@link PreparedConvBackwardInput.dispose}. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
