// Gradients of convolutions to try: those of the problems of arbitrary-problem.ts, behind every activation, added to another or not.
import fc from 'fast-check';
import { activate } from 'webgpu-conv/reference';
import {
  type ConvProblem,
  convFilterShape,
  convInputShape,
  convOutputShape,
  elementCount,
  outputTellsDerivative,
  roundToHalf,
  type Shape,
} from '../../src/problem/index.js';
import { ACTIVATIONS } from './arbitrary-epilogue.js';
import { operandsOf, storedRandom, type Values } from './arbitrary-operands.js';
import { type ConvCase, convCases, problemOf, withoutEpilogue } from './arbitrary-problem.js';
import { IS_EXPLORING } from './arbitrary-settings.js';

/** A gradient to try. */
export interface GradientCase extends ConvCase {
  readonly of: 'input' | 'filter';
  /** What the activation's derivative is computed from, where it follows from both. */
  readonly fromOutput: boolean;
  readonly accumulates: boolean;
}

/** A case with all its values, in its layouts. */
export interface GradientOperands {
  readonly case: GradientCase;
  /** The forward problem. */
  readonly problem: ConvProblem;
  readonly input: Values;
  readonly filter: Values;
  readonly gradient: Values;
  /** By the name of its option; empty without activation. */
  readonly derivative: { readonly output?: Values; readonly preActivation?: Values };
  readonly slope: Float32Array<ArrayBuffer> | undefined;
  readonly accumulate: Values | undefined;
}

/** Half precision comes with few activations by default, each of which is a pipeline of its own. */
const HALF = ['none', 'relu', 'sigmoid'];

/** Cases of all operators and ranks, of the gradient of either operand. */
export function gradientCases(...of: Parameters<typeof convCases>): fc.Arbitrary<GradientCase> {
  const details = fc.record({
    of: fc.constantFrom('input' as const, 'filter' as const),
    activation: fc.oneof({ weight: 2, arbitrary: fc.constant('none' as const) }, ACTIVATIONS),
    fromOutput: fc.boolean(),
    accumulates: fc.boolean(),
    oneSlope: fc.boolean(),
  });
  return fc.tuple(convCases(...of), details).map(([given, { activation, ...drawn }]) => {
    const isAffordable = IS_EXPLORING || given.dtype !== 'float16' || HALF.includes(activation as string);
    const chosen = isAffordable ? activation : 'none';
    const terms = chosen === 'prelu' ? (['slope'] as const) : [];
    return { ...withoutEpilogue(given), ...drawn, activation: chosen, terms };
  });
}

/** Such a case without activation, and not added to another: what it computes is linear in the gradient. */
export function plainGradient(given: GradientCase): GradientCase {
  return { ...given, activation: 'none', terms: [], accumulates: false };
}

/** Shape of the result of a case. */
export function resultShapeOf({ of }: GradientCase, problem: ConvProblem): Shape {
  return of === 'input' ? convInputShape(problem) : convFilterShape(problem);
}

/** Makes the values of a case. */
export function gradientOperandsOf(given: GradientCase): GradientOperands {
  const { seed, dtype, activation, fromOutput, oneSlope, gain, inputLayout } = given;
  const problem = problemOf(given);
  const { input, filter } = operandsOf(given);
  const shape = convOutputShape(problem);
  const values = (offset: number, of: Shape, power = 0): Values => ({
    data: storedRandom(elementCount(of), seed + offset, dtype, power),
    shape: of,
  });
  const spec = problem.epilogue.activation;
  const slope =
    spec.name === 'prelu' ? storedRandom(oneSlope ? 1 : problem.outputChannels, seed + 13, 'float32') : undefined;
  let derivative: GradientOperands['derivative'] = {};
  if (spec.name !== 'none') {
    const preActivation = values(11, shape, 3); // in ±8, where every activation bends
    const gave = () =>
      activate(activation, preActivation, { inputLayout, dtype }).data.map(
        dtype === 'float16' ? roundToHalf : Math.fround,
      );
    derivative =
      fromOutput && outputTellsDerivative(spec)
        ? { output: { data: Float32Array.from(gave()), shape } }
        : { preActivation };
  }
  return {
    case: given,
    problem,
    input,
    filter,
    gradient: values(10, shape, gain),
    derivative,
    slope,
    accumulate: given.accumulates ? values(12, resultShapeOf(given, problem)) : undefined,
  };
}

/** The options of a call as they are written, without tensors. */
export function writtenGradientOptions({ case: given, problem, slope }: GradientOperands): Record<string, unknown> {
  const { operator, options, groups, activation, inputLayout, filterLayout, of } = given;
  return {
    operator,
    ...options,
    groups,
    activation,
    inputLayout,
    filterLayout,
    [`${of}Shape`]: resultShapeOf(given, problem),
    ...(slope ? { slope } : {}),
  };
}

/** Calls of the reference: `convBackwardInput` and its like, or those with bounds. */
export function callGradientReference<T>(
  operands: GradientOperands,
  functions: Readonly<Record<GradientCase['of'], (...operandsAndOptions: never[]) => T>>,
): T {
  const { case: given, input, filter, gradient, derivative, accumulate } = operands;
  const { dtype, filterDtype, of } = given;
  const options = {
    ...writtenGradientOptions(operands),
    ...derivative,
    ...(accumulate ? { accumulate } : {}),
    dtype,
    filterDtype,
  };
  const call = functions[of] as (...operandsAndOptions: unknown[]) => T;
  return of === 'input' ? call(gradient, filter, options) : call(input, gradient, options);
}
