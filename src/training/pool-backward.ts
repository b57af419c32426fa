// The gradient of a pooling layer.
import { borrowPoolGradientPlan, recordPoolGradient } from '../operations/backward/pool-backward.js';
import type { EngineCore } from '../operations/core.js';
import { useTensor } from '../tensor.js';
import type { BackwardStep } from './backward.js';
import type { PoolLayer } from './layers.js';

/** Compiles the gradient of a pooling; of a first layer there is nothing to compute. */
export async function poolBackwardStep(
  core: EngineCore,
  { call: { problem } }: PoolLayer,
  needsInput: boolean,
): Promise<BackwardStep> {
  if (!needsInput) return { run: () => ({ input: undefined, parameters: [] }), dispose: () => {} };
  const loan = await borrowPoolGradientPlan(core, problem);
  const storageOf = (tensor: unknown) => useTensor(core.gpu, 'backward', 'tensor', tensor);
  return {
    run: (gradient, { input, indices }) => {
      const dy = { gradient: storageOf(gradient) };
      if (indices)
        return { input: recordPoolGradient(core, loan.plan, { ...dy, indices: storageOf(indices) }), parameters: [] };
      const needed = problem.kind === 'l2' ? { ...dy, input: storageOf(input) } : dy;
      return { input: recordPoolGradient(core, loan.plan, needed), parameters: [] };
    },
    dispose: () => loan.release(),
  };
}
