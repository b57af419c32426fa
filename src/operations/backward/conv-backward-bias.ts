// The gradient of a bias, called once or prepared: for each channel the sum of its gradients.
import type { BiasGradientPlan } from '../../algorithms/bias-gradient.js';
import { InvalidArgumentError } from '../../errors.js';
import type { Loan } from '../../planner/plan-cache.js';
import {
  assertOptionsObject,
  FLOAT_DTYPES,
  type FloatDType,
  type InputLayout,
  oneOf,
  rejectUnknownOptions,
  type Shape,
} from '../../problem/index.js';
import { type Tensor, type TensorStorage, useTensor } from '../../tensor.js';
import { assertFloat } from '../conv-options.js';
import type { EngineCore } from '../core.js';
import { HeldOperands } from '../held-operands.js';
import { type BiasGradientCall, biasCall, borrowBiasPlan, recordBiasGradient } from './bias-gradient.js';
import { DERIVATIVE_OPTIONS, type DerivativeOptions, type PreparedDerivativeOptions } from './derivative.js';
import { accumulatedStorage, accumulates, rejectEpilogue } from './options.js';
import { derivativeTerms } from './record-derivative.js';
import { type GradientRunOperands, runOperands } from './run-operands.js';

/** Options of `engine.convBackwardBias`. */
export interface ConvBackwardBiasOptions extends DerivativeOptions {
  /** Layout of the gradient; default channels first, or what it is labelled with. */
  readonly inputLayout?: InputLayout;
  /** (K): an existing gradient that the result is added to; tensors never change, so the sum is a new one. */
  readonly accumulate?: Tensor;
}

/** Options of `engine.prepareConvBackwardBias`. */
export interface PrepareConvBackwardBiasOptions extends PreparedDerivativeOptions {
  /** Shape of the gradient, that of the forward output: (N, K, P, Q), or as the input layout says. */
  readonly gradientShape: Shape;
  /** Layout of the gradient; default channels first. */
  readonly inputLayout?: InputLayout;
  /** Stored type of gradient and result; default 'float32'. */
  readonly dtype?: FloatDType;
  /** True: every run adds its result to an existing gradient, which it is given; default false. */
  readonly accumulate?: boolean;
}

/** Computes the gradient of a bias once. Resolves when the work is recorded. */
export async function runConvBackwardBias(
  core: EngineCore,
  gradient: Tensor,
  options: ConvBackwardBiasOptions = {},
): Promise<Tensor> {
  const { gpu } = core;
  const action = 'convBackwardBias';
  gpu.assertAlive(action);
  assertOptionsObject(action, options);
  rejectEpilogue(action, options);
  rejectUnknownOptions(action, options, [...DERIVATIVE_OPTIONS.called, 'inputLayout', 'accumulate']);
  const dy = useTensor(gpu, action, 'gradient', gradient);
  const dtype = assertFloat(action, 'gradient', gradient);
  const call = biasCall(
    core,
    action,
    options,
    { shape: gradient.shape, dtype, gradient },
    options.accumulate !== undefined,
  );
  const { derivative } = call;
  const existing = accumulatedStorage(gpu, action, options.accumulate, { shape: [call.problem.channels], dtype });
  const held = new HeldOperands(gpu, derivativeTerms(derivative), [dy, derivative?.operand, existing]);
  let loan: Loan<BiasGradientPlan> | undefined;
  try {
    loan = await borrowBiasPlan(core, call);
    await held.prepare();
    gpu.assertAlive(action);
    const terms = held.recordTerms();
    return recordBiasGradient(core, loan.plan, { gradient: dy, operand: derivative?.operand, terms, existing });
  } finally {
    loan?.release();
    held.release();
  }
}

/** Checks, plans and compiles a gradient of a bias. */
export async function prepareConvBackwardBias(
  core: EngineCore,
  options: PrepareConvBackwardBiasOptions,
): Promise<PreparedConvBackwardBias> {
  const { gpu } = core;
  const action = 'prepareConvBackwardBias';
  gpu.assertAlive(action);
  assertOptionsObject(action, options);
  rejectEpilogue(action, options);
  const known = [...DERIVATIVE_OPTIONS.prepared, 'gradientShape', 'inputLayout', 'dtype', 'accumulate'];
  rejectUnknownOptions(action, options, known);
  const dtype = oneOf(action, 'dtype', options.dtype ?? 'float32', FLOAT_DTYPES);
  const accumulate = accumulates(action, options.accumulate);
  const call = biasCall(core, action, options, { shape: options.gradientShape, dtype }, accumulate);
  const held = new HeldOperands(gpu, derivativeTerms(call.derivative), []);
  let loan: Loan<BiasGradientPlan> | undefined;
  try {
    loan = await borrowBiasPlan(core, call);
    await held.prepare();
    gpu.assertAlive(action);
    return PreparedConvBackwardBias.create(core, call, loan, held.recordTerms()?.retain());
  } catch (error) {
    loan?.release();
    throw error;
  } finally {
    held.release();
  }
}

/** A prepared gradient of a bias; made by `engine.prepareConvBackwardBias`. */
export class PreparedConvBackwardBias {
  /** Shape of the gradient that a run is given: that of the forward output. */
  readonly gradientShape: Shape;
  /** Shape of the result: (K). */
  readonly biasShape: Shape;
  /** Bytes of workspace that a run borrows. */
  readonly workspaceBytes: number;
  readonly #core: EngineCore;
  readonly #call: BiasGradientCall;
  readonly #loan: Loan<BiasGradientPlan>;
  readonly #terms: TensorStorage | undefined;
  #disposed = false;

  private constructor(
    core: EngineCore,
    call: BiasGradientCall,
    loan: Loan<BiasGradientPlan>,
    terms: TensorStorage | undefined,
  ) {
    this.#core = core;
    this.#call = call;
    this.#loan = loan;
    this.#terms = terms;
    this.gradientShape = call.shape;
    this.biasShape = Object.freeze([call.problem.channels]);
    this.workspaceBytes = loan.plan.workspaceBytes.reduce((sum, bytes) => sum + bytes, 0);
  }

  /** @internal */
  static create(
    core: EngineCore,
    call: BiasGradientCall,
    loan: Loan<BiasGradientPlan>,
    terms: TensorStorage | undefined,
  ): PreparedConvBackwardBias {
    return new PreparedConvBackwardBias(core, call, loan, terms);
  }

  /**
   * Records the gradient of the bias and returns it at once, without waiting for the GPU.
   * @throws InvalidTensorError if a tensor was disposed, belongs to another engine, or has another shape, layout or dtype.
   * @throws InvalidArgumentError for an operand that was not prepared for, or that is missing.
   */
  run(gradient: Tensor, operands: GradientRunOperands = {}): Tensor {
    const action = 'run';
    const { gpu } = this.#core;
    gpu.assertAlive(action);
    if (this.#disposed) {
      throw new InvalidArgumentError(`${action}: the prepared gradient was disposed. Prepare it again.`);
    }
    const { problem, layout, derivative } = this.#call;
    const { accumulate, dtype } = problem;
    const dy = useTensor(gpu, action, 'gradient', gradient, { shape: this.gradientShape, layout, dtype });
    const prepared = { derivative, accumulate, result: { shape: this.biasShape, dtype } };
    const { operand, existing } = runOperands(this.#core, action, operands, prepared);
    return recordBiasGradient(this.#core, this.#loan.plan, { gradient: dy, operand, terms: this.#terms, existing });
  }

  /** Gives the plan back. Results of earlier runs stay valid. Twice is once. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#terms?.release();
    this.#loan.release();
  }

  /** As {@link PreparedConvBackwardBias.dispose}. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
