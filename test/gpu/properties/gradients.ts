// Gradients of convolutions: what the GPU computes is what the reference computes, by every algorithm; and they are the adjoints of the
// convolution that the GPU computes. Bounds as in algebra.ts.
import type { Engine, Tensor } from 'webgpu-conv';
import {
  compare,
  convBackwardFilter,
  convBackwardInput,
  type ExpectedResult,
  expectedConvBackwardFilter,
  expectedConvBackwardInput,
} from 'webgpu-conv/reference';
import { ALGORITHMS } from '../../../src/algorithms/table.js';
import { describeConv, inputGradient } from '../../../src/problem/index.js';
import { isAffordable } from '../../support/arbitrary-epilogue.js';
import {
  callGradientReference,
  type GradientCase,
  type GradientOperands,
  gradientCases,
  gradientOperandsOf,
  plainGradient,
  resultShapeOf,
  writtenGradientOptions,
} from '../../support/arbitrary-gradient.js';
import { type ConvOperands, operandsOf, type Values, workspaceLimitOf } from '../../support/arbitrary-operands.js';
import { withoutConstant } from '../../support/arbitrary-problem.js';
import { gradientVariants, inputGradientBoundedBy, isBoundKnown, type Variant } from '../support/gradient-bounds.js';
import type { Property } from './property.js';
import { convolved, exactOf, firstWrong, nameOf, outOfBounds, variantOf, variantsOf } from './run.js';

const FLOAT64 = 1 + 2 ** -20;
const EXPECTED = { input: expectedConvBackwardInput, filter: expectedConvBackwardFilter };
const EXACT = { input: convBackwardInput, filter: convBackwardFilter };

const hasGrowth = ({ algorithm }: Variant) =>
  ALGORITHMS.find(({ name }) => name === algorithm)?.errorGrowth !== undefined;

/** Variants that a case is tried with: those that a default run has time to compile, and whose bounds are known behind an activation. */
function gradientVariantsOf({ case: given, problem, accumulate }: GradientOperands): Variant[] {
  const variants = gradientVariants(given.of, problem, accumulate !== undefined);
  if (given.of === 'filter') return variants;
  const adjoint = inputGradient(problem, accumulate !== undefined).problem;
  return variants.filter(
    (each) =>
      each.algorithm !== 'separable' &&
      (given.activation === 'none' || !hasGrowth(each)) &&
      isBoundKnown(each, problem) &&
      isAffordable(adjoint, each),
  );
}

/** Two of these, from the case's seed. */
function someOf(operands: GradientOperands): Variant[] {
  const variants = gradientVariantsOf(operands);
  if (variants.length === 0) throw new Error(`no variant is tried: ${describeConv(operands.problem)}`);
  const first = operands.case.seed % variants.length;
  return [...new Set([first, (first + 1) % variants.length])].map((index) => variants[index]!);
}

/** Computes a gradient by each of the variants. */
async function gradientsBy(
  engine: Engine,
  operands: GradientOperands,
  variants: readonly Variant[],
): Promise<Float32Array[]> {
  const { case: given, problem, input, filter, gradient, derivative, accumulate } = operands;
  const { dtype, filterDtype, of } = given;
  const tensors: Tensor[] = [];
  const tensor = ({ data, shape }: Values, as = dtype) => {
    const made = engine.tensor(data, shape, { dtype: as });
    tensors.push(made);
    return made;
  };
  try {
    const dy = tensor(gradient);
    const other = of === 'input' ? tensor(filter, filterDtype) : tensor(input);
    const limit = of === 'input' ? workspaceLimitOf(given, inputGradient(problem, false).problem) : undefined;
    const options = {
      ...writtenGradientOptions(operands),
      ...Object.fromEntries(Object.entries(derivative).map(([name, values]) => [name, tensor(values)])),
      ...(accumulate ? { accumulate: tensor(accumulate) } : {}),
      ...(limit === undefined ? {} : { workspaceLimitBytes: limit }),
    };
    const method = of === 'input' ? engine.convBackwardInput : engine.convBackwardFilter;
    const call = method.bind(engine) as (...operandsAndOptions: unknown[]) => Promise<Tensor>;
    const [first, second] = of === 'input' ? [dy, other] : [other, dy];
    const outputs = await Promise.all(variants.map((variant) => call(first, second, { ...options, ...variant })));
    tensors.push(...outputs);
    const shape = resultShapeOf(given, problem).join();
    const misshapen = outputs.find((output) => output.shape.join() !== shape || output.dtype !== dtype);
    if (misshapen) throw new Error(`the gradient is ${misshapen.dtype} [${misshapen.shape}], not ${dtype} [${shape}]`);
    return await Promise.all(outputs.map((output) => output.read()));
  } finally {
    for (const each of tensors) each.dispose();
  }
}

/** What the reference expects of a case by a variant: the same values, and the bounds of the algorithm. */
function expectedBy(operands: GradientOperands, variant: Variant, expected: ExpectedResult): ExpectedResult {
  const { case: given, problem, gradient, filter, accumulate } = operands;
  if (given.of === 'filter') return expected;
  const stored = { dz: gradient.data, filter: filter.data, accumulate: accumulate?.data };
  return inputGradientBoundedBy(variant, problem, expected, stored);
}

function describeGradient({ case: given, problem, accumulate }: GradientOperands): string {
  const { of, activation, fromOutput, inputLayout, filterLayout } = given;
  const behind = activation === 'none' ? '' : ` behind ${JSON.stringify(activation)}${fromOutput ? ' (output)' : ''}`;
  return `gradient of the ${of} of ${describeConv(problem)}${behind}${accumulate ? ', added' : ''} ${inputLayout} ${filterLayout}`;
}

export const gradientsEqualReference: Property<GradientCase> = {
  name: 'gradients of input and filter equal the reference, by every algorithm',
  cases: gradientCases(),
  runs: 175,
  async wrong(engine, given) {
    const operands = gradientOperandsOf(given);
    const variants = someOf(operands);
    const expected = callGradientReference<ExpectedResult>(operands, EXPECTED);
    const values = await gradientsBy(engine, operands, variants);
    return firstWrong(
      ...values.map((actual, index) => {
        const wrong = outOfBounds(compare(actual, expectedBy(operands, variants[index]!, expected)));
        return [`${nameOf(variants[index]!)}: ${describeGradient(operands)}`, wrong] as const;
      }),
    );
  },
};

/** Σ aᵢ·bᵢ, and how far it may be off where a is off by its slack and the sum is in float64. */
function innerProduct(a: ArrayLike<number>, slack: ArrayLike<number>, b: ArrayLike<number>) {
  let [sum, off, size] = [0, 0, 0];
  for (let index = 0; index < a.length; index++) {
    sum += a[index]! * b[index]!;
    off += slack[index]! * Math.abs(b[index]!);
    size += Math.abs(a[index]! * b[index]!);
  }
  return { sum, off: off + a.length * 2 ** -53 * size };
}

/** ⟨gradient, operand⟩ of one of the gradients as the GPU computes it. */
async function gradientProduct(engine: Engine, operands: GradientOperands) {
  const [variant] = someOf(operands) as [Variant];
  const [computed] = (await gradientsBy(engine, operands, [variant])) as [Float32Array];
  const expected = expectedBy(operands, variant, callGradientReference<ExpectedResult>(operands, EXPECTED));
  const exact = callGradientReference<{ data: Float64Array }>(operands, EXACT);
  const slack = expected.bound.map(
    (bound, index) => bound + Math.abs(expected.data[index]! - exact.data[index]!), // what storing it rounds
  );
  const operand = operands.case.of === 'input' ? operands.input : operands.filter;
  return { variant, ...innerProduct(computed, slack, operand.data) };
}

export const gradientsAreAdjoint: Property<GradientCase> = {
  name: 'the gradients are adjoints: ⟨conv x, y⟩ = ⟨x, backwardInput y⟩ = ⟨w, backwardFilter(x, y)⟩',
  cases: gradientCases().map((given) => {
    const plain = plainGradient(withoutConstant(given) as GradientCase);
    return { ...plain, filterDtype: plain.dtype };
  }),
  runs: 70,
  async wrong(engine, given) {
    const forward: ConvOperands = operandsOf(given);
    const [ofInput, ofFilter] = (['input', 'filter'] as const).map((of) => gradientOperandsOf({ ...given, of })) as [
      GradientOperands,
      GradientOperands,
    ];
    const variant = variantOf(given.seed, variantsOf, forward.problem);
    const [[y], dx, dw] = (await Promise.all([
      convolved(engine, forward, [variant]),
      gradientProduct(engine, ofInput),
      gradientProduct(engine, ofFilter),
    ])) as [[Float32Array], Awaited<ReturnType<typeof gradientProduct>>, Awaited<ReturnType<typeof gradientProduct>>];
    const product = innerProduct(y, exactOf(forward, variant).slack, ofInput.gradient.data);
    const verdict = (name: string, other: typeof dx) => {
      const allowed = FLOAT64 * (product.off + other.off);
      const off = Math.abs(product.sum - other.sum);
      const wrong = `⟨conv x, y⟩ is ${product.sum}, ${name} is ${other.sum}: ${off / allowed} bounds off`;
      return [
        `${nameOf(variant)}, ${nameOf(other.variant)}: ${describeGradient(ofInput)}`,
        off <= allowed ? undefined : wrong,
      ] as const;
    };
    return firstWrong(verdict('⟨x, backwardInput y⟩', dx), verdict('⟨w, backwardFilter(x, y)⟩', dw));
  },
};
