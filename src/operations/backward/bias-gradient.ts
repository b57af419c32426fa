// The gradient of a bias: from checked options to recorded dispatches.
import { type BiasGradientPlan, type BiasGradientProblem, planBiasGradient } from '../../algorithms/bias-gradient.js';
import type { PooledBuffer } from '../../gpu/buffer-pool.js';
import type { Loan } from '../../planner/plan-cache.js';
import {
  axisSize,
  elementCount,
  type FloatDType,
  INPUT_LAYOUTS,
  type InputLayout,
  parseShape,
  type Shape,
} from '../../problem/index.js';
import { type Tensor, type TensorStorage, useTensor } from '../../tensor.js';
import { effectiveLayout } from '../conv-options.js';
import { assertBindable, type EngineCore } from '../core.js';
import { recordOutput, wholeSlice } from '../record.js';
import {
  type DerivativeCall,
  type DerivativeOptions,
  derivativeCall,
  type PreparedDerivativeOptions,
} from './derivative.js';
import { rankOf } from './options.js';

/** A gradient of a bias that is known to be valid. */
export interface BiasGradientCall {
  readonly problem: BiasGradientProblem;
  readonly shape: Shape;
  readonly layout: InputLayout;
  readonly derivative: DerivativeCall | undefined;
}

/** Checks options and the gradient's shape. Allocates nothing. */
export function biasCall(
  core: EngineCore,
  action: string,
  options: (DerivativeOptions | PreparedDerivativeOptions) & { readonly inputLayout?: InputLayout },
  given: { readonly shape: Shape; readonly dtype: FloatDType; readonly gradient?: Tensor },
  accumulate: boolean,
): BiasGradientCall {
  const { dtype, gradient } = given;
  const name = gradient ? 'gradient' : 'gradientShape';
  const rank = rankOf(action, name, given.shape);
  const layout = effectiveLayout(action, 'inputLayout', options.inputLayout, gradient, INPUT_LAYOUTS[rank]);
  const shape = parseShape(action, name, given.shape);
  if (gradient) useTensor(core.gpu, action, 'gradient', gradient, { layout });
  assertBindable(core.gpu, action, 'the gradient', shape, dtype);
  const derivative = derivativeCall(core, action, options, { shape, layout, dtype }, gradient === undefined);
  const channels = axisSize(shape, layout, 'c');
  const images = axisSize(shape, layout, 'n');
  const problem: BiasGradientProblem = {
    operator: 'biasGradient',
    dtype,
    channels,
    images,
    positions: elementCount(shape) / (channels * images),
    channelsLast: layout.endsWith('c'),
    derivative: derivative && {
      activation: derivative.activation.problem.activation,
      from: derivative.from,
      slopes: derivative.activation.slopes,
    },
    accumulate,
  };
  return { problem, shape, layout, derivative };
}

/** The plan of a gradient of a bias, compiled if need be. */
export function borrowBiasPlan(
  { gpu, plans }: EngineCore,
  { problem }: BiasGradientCall,
): Promise<Loan<BiasGradientPlan>> {
  return plans.borrow(JSON.stringify(problem), () => planBiasGradient(gpu, problem));
}

/** Storages of a run. */
export interface BiasGradientStorages {
  readonly gradient: TensorStorage;
  /** y or z, where there is an activation. */
  readonly operand: TensorStorage | undefined;
  /** The folded slope of 'prelu'. */
  readonly terms: TensorStorage | undefined;
  /** An existing gradient, where it is added to. */
  readonly existing: TensorStorage | undefined;
}

/** Records a run; the workspace is borrowed for it. */
export function recordBiasGradient(
  { gpu }: EngineCore,
  plan: BiasGradientPlan,
  storages: BiasGradientStorages,
): Tensor {
  const { problem, workspaceBytes } = plan;
  const { gradient, operand, terms, existing } = storages;
  const taken: PooledBuffer[] = [];
  try {
    for (const bytes of workspaceBytes) taken.push(gpu.acquire(bytes));
    const sources = [gradient, operand, terms, existing].filter((storage) => storage !== undefined);
    const step = 'sum the gradient of the bias';
    return recordOutput(gpu, step, [problem.channels], undefined, problem.dtype, sources, (output) =>
      plan.record(gpu.stream, {
        gradient: gradient.slice,
        operand: operand?.slice,
        terms: terms?.slice,
        accumulate: existing?.slice,
        workspaces: taken.map((workspace, index) => wholeSlice(workspace, workspaceBytes[index]!)),
        output,
      }),
    );
  } finally {
    for (const workspace of taken) gpu.release(workspace);
  }
}
