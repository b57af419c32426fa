// The dispatches of an input's gradient: the multiplication with the activation's derivative, the adjoint operator by a plan of the algorithm
// table, and the fold of padding that holds values of the input.
import type { Plan } from '../../algorithms/algorithm.js';
import {
  type FoldBuffers,
  type FoldProblem,
  planFold,
  planWiden,
  type WidenBuffers,
} from '../../algorithms/fold-padding.js';
import type { RecordedSteps } from '../../algorithms/recorded-plan.js';
import type { Loan } from '../../planner/plan-cache.js';
import { borrowConvPlan, type PlanRequest } from '../../planner/plan-conv.js';
import {
  type ConvProblem,
  convInputShape,
  convOutputShape,
  elementCount,
  type InputGradient,
  inputGradient,
  storedBytes,
} from '../../problem/index.js';
import { type Tensor, TensorStorage, useTensor } from '../../tensor.js';
import { assertBindable, type EngineCore } from '../core.js';
import { recordOutput, recordPack, recordRun } from '../record.js';
import type { DerivativeCall } from './derivative.js';
import { borrowDerivativePlan, type DerivativePlan, recordDerivative } from './record-derivative.js';

/** What an input's gradient is computed for. */
export interface InputGradientCall {
  readonly forward: ConvProblem;
  readonly derivative: DerivativeCall | undefined;
  readonly accumulate: boolean;
}

/** Storages of a run. */
export interface InputGradientStorages {
  readonly gradient: TensorStorage;
  readonly filter: TensorStorage;
  /** y or z, where there is an activation. */
  readonly operand: TensorStorage | undefined;
  /** The folded slope of 'prelu'. */
  readonly terms: TensorStorage | undefined;
  /** An existing gradient, where it is added to. */
  readonly existing: TensorStorage | undefined;
}

/** Throws UnsupportedProblemError if the device cannot bind one of the tensors. */
export function assertInputGradientFits({ gpu }: EngineCore, action: string, call: InputGradientCall): void {
  const { forward, accumulate } = call;
  const { problem, fold } = inputGradient(forward, accumulate);
  assertBindable(gpu, action, 'the gradient', convInputShape(problem), problem.dtype);
  assertBindable(gpu, action, "the input's gradient", convInputShape(forward), forward.dtype);
  if (fold) assertBindable(gpu, action, "the padded input's gradient", convOutputShape(problem), problem.dtype);
}

/** The plans of an input's gradient, on loan. */
export class InputGradientPlans {
  readonly conv: Plan;
  readonly #core: EngineCore;
  readonly #call: InputGradientCall;
  readonly #way: InputGradient;
  readonly #derivative: DerivativePlan | undefined;
  readonly #widen: RecordedSteps<WidenBuffers> | undefined;
  readonly #fold: RecordedSteps<FoldBuffers> | undefined;
  readonly #loans: readonly Loan<unknown>[];

  private constructor(
    core: EngineCore,
    call: InputGradientCall,
    way: InputGradient,
    plans: readonly [
      Loan<Plan>,
      Loan<DerivativePlan> | undefined,
      Loan<RecordedSteps<WidenBuffers>> | undefined,
      Loan<RecordedSteps<FoldBuffers>> | undefined,
    ],
  ) {
    const [conv, derivative, widen, fold] = plans;
    this.#core = core;
    this.#call = call;
    this.#way = way;
    this.conv = conv.plan;
    this.#derivative = derivative?.plan;
    this.#widen = widen?.plan;
    this.#fold = fold?.plan;
    this.#loans = plans.filter((loan) => loan !== undefined);
  }

  /** Plans and compiles, all at the same time. Throws as `borrowConvPlan` does. */
  static async borrow(
    core: EngineCore,
    action: string,
    call: InputGradientCall,
    request: PlanRequest,
  ): Promise<InputGradientPlans> {
    const { gpu, plans } = core;
    const { forward, derivative, accumulate } = call;
    const way = inputGradient(forward, accumulate);
    const { problem, fold } = way;
    const folding: FoldProblem | undefined = fold && { operator: 'fold', forward, padded: problem, fold, accumulate };
    const values = elementCount(convInputShape(problem));
    const isWidened = problem.dtype !== forward.dtype;
    const loans = [
      borrowConvPlan(core, problem, request, action),
      borrowDerivativePlan(core, derivative),
      isWidened ? plans.borrow(`widen ${values}`, () => planWiden(gpu, values)) : undefined,
      folding ? plans.borrow(JSON.stringify(folding), () => planFold(gpu, folding)) : undefined,
    ] as const;
    try {
      return new InputGradientPlans(core, call, way, await Promise.all(loans));
    } catch (error) {
      for (const loan of await Promise.allSettled(loans)) if (loan.status === 'fulfilled') loan.value?.release();
      throw error;
    }
  }

  /** Records a run. Returns the gradient of the input. */
  record(storages: InputGradientStorages): Tensor {
    const { gpu } = this.#core;
    const taken: TensorStorage[] = [];
    const take = (storage: TensorStorage) => {
      taken.push(storage);
      return storage;
    };
    try {
      let { gradient } = storages;
      const { derivative } = this.#call;
      if (derivative) {
        const { operand, terms } = storages;
        gradient = take(
          recordDerivative(this.#core, this.#derivative!, derivative, { gradient, operand: operand!, terms }),
        );
      }
      if (this.#widen) gradient = take(this.#recordWiden(gradient));
      const packedFilter = take(recordPack(gpu, this.conv, storages.filter));
      const residual = this.#fold ? undefined : storages.existing;
      const result = recordRun(gpu, this.conv, { input: gradient, packedFilter, terms: undefined, residual });
      return this.#fold ? this.#recordFold(result, storages.existing) : result;
    } finally {
      for (const storage of taken) storage.release();
    }
  }

  #recordWiden(halves: TensorStorage): TensorStorage {
    const { gpu } = this.#core;
    const bytes = storedBytes(convInputShape(this.#way.problem), 'float32');
    const wide = new TensorStorage(gpu, gpu.acquire(bytes), bytes, [halves]);
    try {
      const buffers = { input: halves.slice, output: wide.slice };
      gpu.faults.guard('widen the gradient', () => this.#widen!.record(gpu.stream, buffers));
      return wide;
    } catch (error) {
      wide.release();
      throw error;
    }
  }

  #recordFold(paddedTensor: Tensor, existing: TensorStorage | undefined): Tensor {
    const { gpu } = this.#core;
    const { forward } = this.#call;
    try {
      const padded = useTensor(gpu, 'fold', 'padded', paddedTensor);
      const sources = existing ? [padded, existing] : [padded];
      const shape = convInputShape(forward);
      return recordOutput(gpu, 'fold the padding', shape, forward.inputLayout, forward.dtype, sources, (output) =>
        this.#fold!.record(gpu.stream, { padded: padded.slice, existing: (existing ?? padded).slice, output }),
      );
    } finally {
      paddedTensor.dispose();
    }
  }

  release(): void {
    for (const loan of this.#loans) loan.release();
  }
}
