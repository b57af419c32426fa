// GPU against reference: one problem, in a layout, by an algorithm and a variant, within the derived bound.
import {
  type ConvOptions,
  type ConvProblem,
  conv2dProblem,
  describeConv,
  type Engine,
  type FilterLayout,
  type InputLayout,
} from 'webgpu-conv';
import { type Comparison, compare, type ExpectedResult, expectedConv2d } from 'webgpu-conv/reference';
import { ALGORITHMS } from '../../../src/algorithms/table.js';
import type { ConvOperands } from '../../../src/reference/operands.js';
import { randomValues } from '../../support/random.js';
import { isAvailable } from './available.js';
import { boundedBy } from './bounds.js';
import type { UglyProblem } from './problems.js';

export const LAYOUTS = [
  ['nchw', 'oihw'],
  ['nhwc', 'hwio'],
] as const satisfies [InputLayout, FilterLayout][];

/** Every row of the algorithm table, in every variant that the device can compute; but separable, whose filters are not random ones (separable.test.ts). */
export const VARIANTS = ALGORITHMS.filter(({ name }) => name !== 'separable').flatMap((algorithm) =>
  algorithm.variants
    .filter((variant) => isAvailable(algorithm, variant))
    .map((variant) => ({ algorithm: algorithm.name, variant })),
);

/** Those that support a problem, as they say. */
export function supporting(problem: ConvProblem): { algorithm: string; variant: string }[] {
  return VARIANTS.filter(({ algorithm, variant }) => {
    const row = ALGORITHMS.find(({ name }) => name === algorithm)!;
    return row.unsupported(problem, variant) === undefined;
  });
}

/** Data of a problem in a layout, and what is expected of it. */
export interface Case {
  readonly input: { readonly data: Float32Array; readonly shape: readonly number[] };
  readonly filter: { readonly data: Float32Array; readonly shape: readonly number[] };
  readonly options: Omit<ConvOptions<2>, 'residual'> & { readonly bias?: Float32Array };
  /** What `expected` was computed from. */
  readonly operands: ConvOperands;
  readonly expected: ExpectedResult;
  readonly problem: ConvProblem;
  readonly text: string;
}

function shapeOf(layout: string, sizes: Record<string, number>): number[] {
  return [...layout].map((letter) => sizes[letter]!);
}

/** Makes data for a problem from a seed, and computes the reference. */
export function makeCase(
  problem: UglyProblem,
  [inputLayout, filterLayout]: (typeof LAYOUTS)[number],
  seed: number,
): Case {
  const [n, c, h, w] = problem.input;
  const [k, r, s] = problem.filter;
  const groups = problem.options?.groups ?? 1;
  const input = { data: randomValues(n * c * h * w, seed), shape: shapeOf(inputLayout, { n, c, h, w }) };
  const filter = {
    data: randomValues((k * c * r * s) / groups, seed + 1),
    shape: shapeOf(filterLayout, { o: k, i: c / groups, h: r, w: s }),
  };
  const { bias, workspaceLimitBytes, options = {} } = problem;
  const geometry = { ...options, inputLayout, filterLayout };
  const reference = { ...geometry, ...(bias ? { bias: randomValues(k, seed + 2) } : {}) };
  const described = conv2dProblem({ ...geometry, inputShape: input.shape, filterShape: filter.shape });
  return {
    input,
    filter,
    options: { ...reference, ...(workspaceLimitBytes === undefined ? {} : { workspaceLimitBytes }) },
    operands: { input: input.data, filter: filter.data, bias: reference.bias },
    expected: expectedConv2d(input, filter, reference),
    problem: described,
    text: `${describeConv(described)} ${inputLayout} ${filterLayout} seed ${seed}`,
  };
}

/** Outcome of one variant on one case, with a line that tells all of it. */
export interface Outcome extends Comparison {
  readonly line: string;
}

/** Computes a case with every variant given; all reads share one submission. */
export async function runCase(
  engine: Engine,
  { input, filter, options, operands, expected, problem, text }: Case,
  variants: readonly { algorithm: string; variant: string }[] = supporting(problem),
): Promise<Outcome[]> {
  using x = engine.tensor(input.data, input.shape);
  using w = engine.tensor(filter.data, filter.shape);
  const outputs = await Promise.all(variants.map((variant) => engine.conv2d(x, w, { ...options, ...variant })));
  const values = await Promise.all(outputs.map((output) => output.read()));
  for (const output of outputs) output.dispose();
  return values.map((actual, index) => {
    const { algorithm, variant } = variants[index]!;
    const comparison = compare(actual, boundedBy(algorithm, variant, problem, expected, operands));
    const { worst, errorBoundUnits } = comparison;
    const line = `${algorithm} ${variant}: ${text}: worst at [${worst.coordinates.join(', ')}]: got ${worst.actual}, expected ${worst.expected}, ${errorBoundUnits.toFixed(3)} bounds off`;
    return { ...comparison, line };
  });
}
