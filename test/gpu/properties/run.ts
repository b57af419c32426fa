// Cases on the GPU and in the reference.
import type { Engine, Tensor } from 'webgpu-conv';
import {
  type Comparison,
  compare,
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  type ExpectedResult,
  expectedConv1d,
  expectedConv2d,
  expectedConv3d,
  expectedConvTranspose1d,
  expectedConvTranspose2d,
  expectedConvTranspose3d,
} from 'webgpu-conv/reference';
import { ALGORITHMS } from '../../../src/algorithms/table.js';
import { type ConvProblem, convName, convOutputShape, describeConv, type Shape } from '../../../src/problem/index.js';
import { isAffordable } from '../../support/arbitrary-epilogue.js';
import { type ConvOperands, workspaceLimitOf } from '../../support/arbitrary-operands.js';
import { boundedBy } from '../support/bounds.js';
import { supporting } from '../support/differential.js';

/** An algorithm of the table, and a variant of it. */
export type Variant = ReturnType<typeof supporting>[number];

/** `direct row-1x16` */
export const nameOf = ({ algorithm, variant }: Variant): string => `${algorithm} ${variant}`;

/** The variants that support a problem, without those that a default run has no time to compile. */
export function variantsOf(problem: ConvProblem): Variant[] {
  const variants = supporting(problem).filter((each) => isAffordable(problem, each));
  if (variants.length > 0) return variants;
  throw new Error(`no variant is tried: where are the register tiles of im2col? ${describeConv(problem)}`);
}

/** Those of them that sum the products of an output one after the other: what they compute for it does not depend on its neighbours. */
export function summingVariantsOf(problem: ConvProblem): Variant[] {
  return variantsOf(problem).filter(({ algorithm }) => !ALGORITHMS.find(({ name }) => name === algorithm)!.errorGrowth);
}

/** Three of the variants that support a problem, from a case's seed. */
export function someVariantsOf(problem: ConvProblem, seed: number): Variant[] {
  const variants = variantsOf(problem);
  return Array.from(
    { length: Math.min(3, variants.length) },
    (_, index) => variants[(seed + index) % variants.length]!,
  );
}

/** One of the variants that `choose` finds for all these problems, from a case's seed. */
export function variantOf(seed: number, choose: typeof variantsOf, ...problems: readonly ConvProblem[]): Variant {
  const choices = problems
    .map(choose)
    .reduce((common, others) => common.filter((each) => others.some((other) => nameOf(other) === nameOf(each))));
  return choices[seed % choices.length]!;
}

/** The options of a call as they are written, without operands. */
export function writtenOptions({ case: given }: ConvOperands): Record<string, unknown> {
  const { options, groups, activation, inputLayout, filterLayout } = given;
  return { ...options, groups, activation, inputLayout, filterLayout };
}

type Method = (...operands: unknown[]) => Promise<Tensor>;
type Oracle = (...operands: unknown[]) => ExpectedResult;
type Computed = (...operands: unknown[]) => { data: Float64Array; shape: Shape };

/** The functions of the reference by operator and rank. */
const EXPECTED = {
  conv: [expectedConv1d, expectedConv2d, expectedConv3d],
  convTranspose: [expectedConvTranspose1d, expectedConvTranspose2d, expectedConvTranspose3d],
} as const;
const EXACT = {
  conv: [conv1d, conv2d, conv3d],
  convTranspose: [convTranspose1d, convTranspose2d, convTranspose3d],
} as const;

/** Convolves with each of the variants. */
export async function convolved(
  engine: Engine,
  operands: ConvOperands,
  variants: readonly Variant[],
): Promise<Float32Array[]> {
  const { problem, case: given, terms, input, filter, residual } = operands;
  using x = engine.tensor(input.data, input.shape, { dtype: given.dtype });
  using w = engine.tensor(filter.data, filter.shape, { dtype: given.filterDtype });
  using added = residual && engine.tensor(residual.data, residual.shape, { dtype: given.dtype });
  const name = convName(problem.operator, problem.rank) as 'conv2d';
  const workspaceLimitBytes = workspaceLimitOf(given, problem);
  const options = {
    ...writtenOptions(operands),
    ...terms,
    ...(added ? { residual: added } : {}),
    ...(workspaceLimitBytes === undefined ? {} : { workspaceLimitBytes }),
  };
  const outputs = await Promise.all(
    variants.map((variant) => (engine[name] as Method).call(engine, x, w, { ...options, ...variant })),
  );
  const shape = convOutputShape(problem).join();
  const misshapen = outputs.find((output) => output.shape.join() !== shape || output.dtype !== given.dtype);
  if (misshapen)
    throw new Error(`the output is ${misshapen.dtype} [${misshapen.shape}], not ${given.dtype} [${shape}]`);
  const values = await Promise.all(outputs.map((output) => output.read()));
  for (const output of outputs) output.dispose();
  return values;
}

function referenceOptions(operands: ConvOperands): Record<string, unknown> {
  const { terms, residual, case: given } = operands;
  const { dtype, filterDtype } = given;
  return { ...writtenOptions(operands), ...terms, ...(residual ? { residual } : {}), dtype, filterDtype };
}

/** What the reference expects of a case. */
function expectedOf(operands: ConvOperands): ExpectedResult {
  const { problem, input, filter } = operands;
  const expected = EXPECTED[problem.operator][problem.rank - 1] as Oracle;
  return expected(input, filter, referenceOptions(operands));
}

/** What the reference expects of a case by each of the variants: the same values, and the bounds of the algorithm. */
export function expectedBy(operands: ConvOperands, variants: readonly Variant[]): ExpectedResult[] {
  const { problem, input, filter, terms, residual } = operands;
  const expected = expectedOf(operands);
  const values = { input: input.data, filter: filter.data, ...terms, residual: residual?.data };
  return variants.map(({ algorithm, variant }) => boundedBy(algorithm, variant, problem, expected, values));
}

/** What a case comes to mathematically, and how far from it a stored result may be: its bound, and the rounding of what is expected. */
export function exactOf(operands: ConvOperands, variant: Variant): { data: Float64Array; slack: Float64Array } {
  const { problem, input, filter } = operands;
  const computed = EXACT[problem.operator][problem.rank - 1] as Computed;
  const { data } = computed(input, filter, referenceOptions(operands));
  const stored = expectedBy(operands, [variant])[0]!;
  return { data, slack: stored.bound.map((bound, index) => bound + Math.abs(stored.data[index]! - data[index]!)) };
}

/** A case in words. */
export function describeCase({ problem }: ConvOperands): string {
  const { inputLayout, filterLayout } = problem;
  return `${describeConv(problem)} ${inputLayout} ${filterLayout}`;
}

/** What a comparison says of a result; undefined: it is right. */
export function outOfBounds({ ok, worst, errorBoundUnits }: Comparison): string | undefined {
  if (ok) return undefined;
  const { coordinates, actual, expected } = worst;
  return `worst at [${coordinates.join(', ')}]: got ${actual}, expected ${expected}, ${errorBoundUnits.toFixed(3)} bounds off`;
}

/** What is wrong with values that ought to be within their bounds. */
export function farFrom(
  actual: ArrayLike<number>,
  data: Float64Array,
  bound: Float64Array,
  shape: Shape,
): string | undefined {
  return outOfBounds(compare(actual, { data, bound, shape }));
}

/** What is wrong with values that ought to be the same numbers. */
export function different(actual: ArrayLike<number>, expected: ArrayLike<number>): string | undefined {
  if (actual.length !== expected.length) return `got ${actual.length} values, expected ${expected.length}`;
  for (let index = 0; index < actual.length; index++) {
    if (actual[index] === expected[index] || Object.is(actual[index], expected[index])) continue; // NaN, and zeros of either sign
    return `value ${index} of ${actual.length} is ${actual[index]}, not ${expected[index]}`;
  }
  return undefined;
}

/** The first thing that is wrong, with what it is wrong about. */
export function firstWrong(
  ...verdicts: readonly (readonly [about: string, wrong: string | undefined])[]
): string | undefined {
  for (const [about, wrong] of verdicts) if (wrong !== undefined) return `${about}: ${wrong}`;
  return undefined;
}
