// Whether an algorithm computes a small problem of the same structure as the reference does: the check that a candidate has to pass
// before it may win. It is there for kernels that are wrong on some device, not for the last bit.
import type { Algorithm, Plan, PlanLimits } from '../algorithms/algorithm.js';
import { planVariant } from '../algorithms/design.js';
import type { GpuContext } from '../gpu/context.js';
import { type ConvProblem, convInputShape, convOutputShape, elementCount, fromHalfBits } from '../problem/index.js';
import { Scratch, scratchFilter, scratchValues } from './scratch.js';
import { smallProblem } from './small-problem.js';

/** Operands of the small problem, as the reference takes them. */
function operandsOf(problem: ConvProblem) {
  const { epilogue, outputChannels } = problem;
  const [outputs, bias] = [elementCount(convOutputShape(problem)), scratchValues(outputChannels, 2)];
  return {
    input: scratchValues(elementCount(convInputShape(problem)), 3),
    filter: scratchFilter(problem, 4),
    ...(epilogue.hasBias || epilogue.hasScale || epilogue.hasShift ? { bias } : {}),
    ...(epilogue.hasSlope ? { slope: [0.25] } : {}),
    ...(epilogue.hasResidual ? { residual: scratchValues(outputs, 5) } : {}),
  };
}

/** Runs an algorithm on the small problem. */
async function compute(
  gpu: GpuContext,
  plan: Plan,
  problem: ConvProblem,
  operands: ReturnType<typeof operandsOf>,
): Promise<Float32Array> {
  const scratch = new Scratch(gpu);
  try {
    const oldest = gpu.stream.current;
    const packedFilter = scratch.bytes(plan.packedFilterBytes);
    const output = scratch.space(convOutputShape(problem), problem.dtype);
    plan.pack(gpu.stream, scratch.upload(operands.filter, problem.filterDtype), packedFilter);
    plan.run(gpu.stream, {
      input: scratch.upload(operands.input, problem.dtype),
      packedFilter,
      terms: scratch.terms(problem),
      residual: operands.residual && scratch.upload(operands.residual, problem.dtype),
      output,
      workspace: plan.workspaceBytes > 0 ? scratch.bytes(plan.workspaceBytes) : undefined,
    });
    const bytes = await gpu.download(output.buffer, output.sizeBytes, oldest, 'autotune');
    const count = elementCount(convOutputShape(problem));
    return problem.dtype === 'float16' ? fromHalfBits(new Uint16Array(bytes, 0, count)) : new Float32Array(bytes);
  } finally {
    scratch.release();
  }
}

/** Undefined if the algorithm is right, else what is wrong. Throws what planning and running throw. */
export async function checkPlan(
  gpu: GpuContext,
  algorithm: Algorithm,
  variant: string,
  problem: ConvProblem,
  limits: PlanLimits,
): Promise<string | undefined> {
  // the reference is loaded only by those who tune
  const [{ expectedOfProblem }, { compare }] = await Promise.all([
    import('../reference/error-bound.js'),
    import('../reference/compare.js'),
  ]);
  const small = smallProblem(problem);
  const operands = operandsOf(small);
  // what the folded terms of a scratch stand for: a bias, whatever terms the problem has
  const { hasBias, hasScale, hasShift } = small.epilogue;
  const terms = { hasBias: hasBias || hasScale || hasShift, hasScale: false, hasShift: false };
  const described = { ...small, epilogue: { ...small.epilogue, ...terms } };
  const plan = await planVariant(gpu, algorithm, small, variant, limits);
  try {
    const actual = await compute(gpu, plan, small, operands);
    const expected = expectedOfProblem(described, operands);
    const growth = algorithm.errorGrowth?.(small, variant) ?? 1;
    if (growth > 1) expected.bound.fill(2 * growth * expected.bound.reduce((most, bound) => Math.max(most, bound), 0));
    const { ok, worst } = compare(actual, expected);
    if (ok) return undefined;
    return `computes ${worst.actual} where the reference has ${worst.expected}, at [${worst.coordinates.join(', ')}] of a small problem`;
  } finally {
    plan.dispose();
  }
}
