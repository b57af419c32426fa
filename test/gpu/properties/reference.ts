// What the GPU computes is what the reference computes, within the derived bound: convolutions by every algorithm and variant that supports
// them, poolings, activations.
import fc from 'fast-check';
import type { ActivateOptions, Engine, Tensor } from 'webgpu-conv';
import {
  type Activation,
  compare,
  type ExpectedResult,
  expectedActivate,
  expectedAveragePool1d,
  expectedAveragePool2d,
  expectedAveragePool3d,
  expectedL2Pool1d,
  expectedL2Pool2d,
  expectedL2Pool3d,
  expectedMaxPool1d,
  expectedMaxPool2d,
  expectedMaxPool3d,
  maxPool1d,
  maxPool2d,
  maxPool3d,
} from 'webgpu-conv/reference';
import { describePool, type FloatDType, poolName } from '../../../src/problem/index.js';
import { ACTIVATIONS } from '../../support/arbitrary-epilogue.js';
import { operandsOf, storedRandom } from '../../support/arbitrary-operands.js';
import { type PoolCase, poolCases, poolInputOf, poolProblemOf } from '../../support/arbitrary-pool.js';
import { type ConvCase, convCases } from '../../support/arbitrary-problem.js';
import type { Property } from './property.js';
import { convolved, describeCase, different, expectedBy, firstWrong, nameOf, outOfBounds, variantsOf } from './run.js';

export const convolutionsEqualReference: Property<ConvCase> = {
  name: 'a convolution equals the reference, by every algorithm and variant',
  cases: convCases(),
  runs: 210,
  async wrong(engine, given) {
    const operands = operandsOf(given);
    const variants = variantsOf(operands.problem);
    const expected = expectedBy(operands, variants);
    const values = await convolved(engine, operands, variants);
    return firstWrong(
      ...values.map((actual, index) => {
        const wrong = outOfBounds(compare(actual, expected[index]!));
        return [`${nameOf(variants[index]!)}: ${describeCase(operands)}`, wrong] as const;
      }),
    );
  },
};

type Pooling = (...operands: unknown[]) => Promise<Tensor | { output: Tensor; indices: Tensor<'uint32'> }>;
type Oracle = (...operands: unknown[]) => ExpectedResult;
type IndexOracle = (...operands: unknown[]) => { indices: Uint32Array };

/** The functions of the reference by kind and rank. */
const EXPECTED_POOLS = {
  max: [expectedMaxPool1d, expectedMaxPool2d, expectedMaxPool3d],
  average: [expectedAveragePool1d, expectedAveragePool2d, expectedAveragePool3d],
  l2: [expectedL2Pool1d, expectedL2Pool2d, expectedL2Pool3d],
} as const;
const MAX_POOLS = [maxPool1d, maxPool2d, maxPool3d] as const;

async function pooled(engine: Engine, given: PoolCase, input: { data: Float32Array; shape: readonly number[] }) {
  const { kind, rank, dtype, withIndices, options, inputLayout } = given;
  using x = engine.tensor(input.data, input.shape, { dtype });
  const method = engine[poolName(kind, rank) as 'maxPool2d'] as Pooling;
  const all = { ...options, inputLayout, ...(withIndices ? { returnIndices: true } : {}) };
  const result = await method.call(engine, x, all);
  const { output, indices } = 'output' in result ? result : { output: result, indices: undefined };
  const values = await Promise.all([output.read(), indices?.read()]);
  output.dispose();
  indices?.dispose();
  return { values: values[0], indices: values[1] };
}

export const poolingsEqualReference: Property<PoolCase> = {
  name: 'a pooling equals the reference, with its indices',
  cases: poolCases(),
  runs: 168,
  async wrong(engine, given) {
    const problem = poolProblemOf(given);
    const input = poolInputOf(given, problem);
    const { kind, rank, dtype, withIndices, options, inputLayout } = given;
    const all = { ...options, inputLayout, dtype };
    const expected = (EXPECTED_POOLS[kind][rank - 1] as Oracle)(input, all);
    const { values, indices } = await pooled(engine, given, input);
    const places = withIndices
      ? (MAX_POOLS[rank - 1] as IndexOracle)(input, { ...all, returnIndices: true }).indices
      : undefined;
    const about = `${describePool(problem)} ${inputLayout}`;
    return firstWrong(
      [about, outOfBounds(compare(values, expected))],
      [`indices of ${about}`, places && different(indices!, places)],
    );
  },
};

/** An activation of a tensor to try. */
interface ActivationCase {
  readonly activation: Activation;
  readonly shape: readonly [batch: number, channels: number, width: number];
  readonly inputLayout: 'ncw' | 'nwc';
  readonly dtype: FloatDType;
  readonly oneSlope: boolean;
  readonly gain: number;
  readonly seed: number;
}

export const activationsEqualReference: Property<ActivationCase> = {
  name: 'an activation by itself equals the reference',
  cases: fc.record({
    activation: ACTIVATIONS,
    shape: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 30 })),
    inputLayout: fc.constantFrom('ncw', 'nwc'),
    dtype: fc.constantFrom('float32', 'float16'),
    oneSlope: fc.boolean(),
    gain: fc.constantFrom(0, 4, 7, -6),
    seed: fc.nat({ max: 999_999 }),
  }),
  runs: 42,
  async wrong(engine, { activation, shape, inputLayout, dtype, oneSlope, gain, seed }) {
    const channels = shape[inputLayout.indexOf('c')]!;
    const slope = storedRandom(oneSlope ? 1 : channels, seed + 1, 'float32');
    const options: ActivateOptions = activation === 'prelu' ? { slope } : {};
    const data = storedRandom(shape[0] * shape[1] * shape[2], seed, dtype, gain);
    using x = engine.tensor(data, shape, { layout: inputLayout, dtype });
    using y = await engine.activate(x, activation, options);
    const expected = expectedActivate(
      activation,
      { data, shape },
      { ...(activation === 'prelu' ? { slope } : {}), inputLayout, dtype },
    );
    return outOfBounds(compare(await y.read(), expected));
  },
};
