// The dispatches of a filter's gradient: the multiplication with the activation's derivative, and the sums by a plan of the table of filter
// gradients.
import type { FilterGradientPlan } from '../../algorithms/filter-gradient/algorithm.js';
import type { PooledBuffer } from '../../gpu/buffer-pool.js';
import type { Loan } from '../../planner/plan-cache.js';
import type { PlanRequest } from '../../planner/plan-conv.js';
import { borrowFilterGradientPlan } from '../../planner/plan-filter-gradient.js';
import { filterGradientProblem } from '../../problem/filter-gradient.js';
import { type ConvProblem, convFilterShape, convInputShape, convOutputShape } from '../../problem/index.js';
import type { Tensor, TensorStorage } from '../../tensor.js';
import { assertBindable, type EngineCore } from '../core.js';
import { recordOutput, wholeSlice } from '../record.js';
import type { DerivativeCall } from './derivative.js';
import { borrowDerivativePlan, type DerivativePlan, recordDerivative } from './record-derivative.js';

/** What a filter's gradient is computed for. */
export interface FilterGradientCall {
  readonly forward: ConvProblem;
  readonly derivative: DerivativeCall | undefined;
  readonly accumulate: boolean;
}

/** Storages of a run. */
export interface FilterGradientStorages {
  readonly input: TensorStorage;
  readonly gradient: TensorStorage;
  /** y or z, where there is an activation. */
  readonly operand: TensorStorage | undefined;
  /** The folded slope of 'prelu'. */
  readonly terms: TensorStorage | undefined;
  /** An existing gradient, where it is added to. */
  readonly existing: TensorStorage | undefined;
}

/** Throws UnsupportedProblemError if the device cannot bind one of the tensors. */
export function assertFilterGradientFits({ gpu }: EngineCore, action: string, { forward }: FilterGradientCall): void {
  assertBindable(gpu, action, 'the input', convInputShape(forward), forward.dtype);
  assertBindable(gpu, action, 'the gradient', convOutputShape(forward), forward.dtype);
  assertBindable(gpu, action, "the filter's gradient", convFilterShape(forward), forward.dtype);
}

/** The plans of a filter's gradient, on loan. */
export class FilterGradientPlans {
  readonly sums: FilterGradientPlan;
  readonly #core: EngineCore;
  readonly #call: FilterGradientCall;
  readonly #derivative: DerivativePlan | undefined;
  readonly #loans: readonly Loan<unknown>[];

  private constructor(
    core: EngineCore,
    call: FilterGradientCall,
    sums: Loan<FilterGradientPlan>,
    derivative: Loan<DerivativePlan> | undefined,
  ) {
    this.#core = core;
    this.#call = call;
    this.sums = sums.plan;
    this.#derivative = derivative?.plan;
    this.#loans = derivative ? [sums, derivative] : [sums];
  }

  /** Plans and compiles, all at the same time. Throws as `borrowFilterGradientPlan` does. */
  static async borrow(
    core: EngineCore,
    action: string,
    call: FilterGradientCall,
    request: PlanRequest,
  ): Promise<FilterGradientPlans> {
    const problem = filterGradientProblem(call.forward, call.accumulate);
    const loans = [
      borrowFilterGradientPlan(core, problem, request, action),
      borrowDerivativePlan(core, call.derivative),
    ] as const;
    try {
      const [sums, derivative] = await Promise.all(loans);
      return new FilterGradientPlans(core, call, sums, derivative);
    } catch (error) {
      for (const loan of await Promise.allSettled(loans)) if (loan.status === 'fulfilled') loan.value?.release();
      throw error;
    }
  }

  /** Records a run. Returns the gradient of the filter. */
  record(storages: FilterGradientStorages): Tensor {
    const { input, operand, terms } = storages;
    const { derivative } = this.#call;
    if (!derivative) return this.#recordSums(input, storages.gradient, storages.existing);
    const operands = { gradient: storages.gradient, operand: operand!, terms };
    const gradient = recordDerivative(this.#core, this.#derivative!, derivative, operands);
    try {
      return this.#recordSums(input, gradient, storages.existing);
    } finally {
      gradient.release();
    }
  }

  #recordSums(x: TensorStorage, dy: TensorStorage, existing: TensorStorage | undefined): Tensor {
    const { gpu } = this.#core;
    const { forward } = this.#call;
    const { matrixBytes, sumBytes } = this.sums;
    const taken: PooledBuffer[] = [];
    const take = (bytes: number) => {
      if (bytes === 0) return undefined;
      const pooled = gpu.acquire(bytes);
      taken.push(pooled);
      return wholeSlice(pooled, bytes);
    };
    const [input, gradient] = forward.operator === 'conv' ? [x, dy] : [dy, x]; // as in FilterGradientProblem
    try {
      const [matrices, sums] = [take(matrixBytes), take(sumBytes)];
      const sources = existing ? [x, dy, existing] : [x, dy];
      const shape = convFilterShape(forward);
      const step = "record the filter's gradient";
      return recordOutput(gpu, step, shape, forward.filterLayout, forward.dtype, sources, (output) =>
        this.sums.record(gpu.stream, {
          input: input.slice,
          gradient: gradient.slice,
          earlier: existing?.slice,
          output,
          matrices,
          sums,
        }),
      );
    } finally {
      for (const pooled of taken) gpu.release(pooled);
    }
  }

  release(): void {
    for (const loan of this.#loans) loan.release();
  }
}
