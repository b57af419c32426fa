// The GPU against PyTorch and SciPy: every case by every algorithm that supports it, in one of its variants by turns, and as the planner chooses,
// within the bound that the reference derives for f32, and stored as the case says.
import { describe, expect, it } from 'vitest';
import type { Engine, Tensor, TensorLayout } from 'webgpu-conv';
import { FILTER_GRADIENT_ALGORITHMS } from '../../src/algorithms/filter-gradient/table.js';
import { ALGORITHMS } from '../../src/algorithms/table.js';
import { roundToHalf } from '../../src/problem/index.js';
import { isAvailable } from '../gpu/support/available.js';
import { boundedBy } from '../gpu/support/bounds.js';
import { useEngine } from '../gpu/support/engine.js';
import { gradientVariants, inputGradientBoundedBy } from '../gpu/support/gradient-bounds.js';
import { callEngine, type Way } from './engine-calls.js';
import { coordinatesOf, FAMILIES, type Fixture, named, type Operand, readFamily } from './fixtures.js';
import { convGradientOf, forwardProblemOf } from './gradient-calls.js';
import { convProblemOf, isConvolution, poolKindOf } from './problems.js';
import { boundsOf, float64Tolerances, inSinglePrecision } from './reference-calls.js';

const engine = useEngine();

const PLANNED: Way = { label: 'as planned', force: {} };

/**
 * True in Node, where the software driver compiles for seconds what SwiftShader compiles in tenths. The kernels of f32 are those that
 * the browser has run in every variant; what Node adds is native half precision.
 */
const COMPILES_SLOWLY = typeof window === 'undefined';

/** How often each algorithm took its turn: the next case is computed by its next variant, so that all take part alike. */
const turns = new Map<string, number>();

function nextOf(name: string, variants: readonly string[]): string {
  const turn = turns.get(name) ?? 0;
  turns.set(name, turn + 1);
  return variants[turn % variants.length]!;
}

/** Algorithms of many variants that support few of the cases, and take two turns at each, where variants are forced. */
const TWO_TURNS = ['pointwise', 'winograd'];

/** `most` algorithms of those that support a case, in their next variants: those whose variants had the fewest turns. */
function waysInTurn(
  prefix: string,
  supporting: readonly { algorithm: string; variant: string }[],
  most: number,
): Way[] {
  const variantsOf = (name: string) =>
    supporting.filter(({ algorithm }) => algorithm === name).map(({ variant }) => variant);
  const turnsEach = (name: string) => (turns.get(prefix + name) ?? 0) / variantsOf(name).length;
  const names = [...new Set(supporting.map(({ algorithm }) => algorithm))];
  const chosen = names.sort((a, b) => turnsEach(a) - turnsEach(b)).slice(0, most);
  const turn = (algorithm: string): Way => {
    const label = prefix + algorithm;
    const variant = nextOf(label, variantsOf(algorithm)); // also where it is not forced: turns are counted there
    return COMPILES_SLOWLY
      ? { label, force: { algorithm } }
      : { label: `${label} ${variant}`, force: { algorithm, variant } };
  };
  const takesTwo = (name: string) => !COMPILES_SLOWLY && TWO_TURNS.includes(name) && variantsOf(name).length > 1;
  return chosen.flatMap((name) => (takesTwo(name) ? [turn(name), turn(name)] : [turn(name)]));
}

/** Ways of computing the gradient of a convolution, by algorithms of its table. */
function gradientWaysOf(fixture: Fixture, of: 'input' | 'filter'): Way[] {
  const forward = forwardProblemOf(fixture);
  if (COMPILES_SLOWLY && forward.dtype === 'float32') return [PLANNED];
  // the bounds of algorithms of their own are those of a gradient that is given, not of one behind an activation
  const isGiven = fixture.options.activation === undefined;
  const supporting = gradientVariants(of, forward, fixture.operands.accumulate !== undefined).filter(
    ({ algorithm }) => of === 'filter' || isGiven || !ALGORITHMS.find(({ name }) => name === algorithm)!.errorGrowth,
  );
  return [...waysInTurn(`${of} `, supporting, 2), PLANNED];
}

/** Ways of computing a case, by algorithms of the table. A convolution that no algorithm supports has only the planner's, which will say why. */
function waysOf(fixture: Fixture): Way[] {
  const of = convGradientOf(fixture);
  if (of) return gradientWaysOf(fixture, of);
  if (!isConvolution(fixture)) return [PLANNED];
  const problem = convProblemOf(fixture);
  if (COMPILES_SLOWLY && problem.dtype === 'float32') return [PLANNED];
  const supporting = ALGORITHMS.flatMap((algorithm) =>
    algorithm.variants
      .filter((variant) => algorithm.unsupported(problem, variant) === undefined && isAvailable(algorithm, variant))
      .map((variant) => ({ algorithm: algorithm.name, variant })),
  );
  return [...waysInTurn('', supporting, 3), PLANNED];
}

/** Values read from the GPU, and what they were computed by. */
interface Computed {
  readonly way: Way;
  readonly shape: readonly number[];
  readonly values: Float32Array;
  readonly indices: Uint32Array | undefined;
}

/** Computes a case in every way; all reads share submissions. */
async function computeAll(gpu: Engine, fixture: Fixture): Promise<Computed[]> {
  const tensors = new Map<Operand, Tensor>();
  const upload = (operand: Operand, layout?: TensorLayout) => {
    const { data, shape, dtype } = operand;
    const tensor = tensors.get(operand) ?? gpu.tensor(data, shape, { dtype, ...(layout ? { layout } : {}) });
    tensors.set(operand, tensor);
    return tensor;
  };
  try {
    const ways = waysOf(fixture);
    const outputs = await Promise.all(ways.map((way) => callEngine(gpu, fixture, way, upload)));
    return await Promise.all(
      outputs.map(async (result, number): Promise<Computed> => {
        const { output, indices } = 'output' in result ? result : { output: result, indices: undefined };
        const [values, places] = await Promise.all([output.read(), indices?.read()]);
        output.dispose();
        indices?.dispose();
        return { way: ways[number]!, shape: output.shape, values, indices: places };
      }),
    );
  } finally {
    for (const tensor of tensors.values()) tensor.dispose();
  }
}

/**
 * What is wrong with the values of one way, a line for the first of them. Storing rounds, and rounding is monotone: a result within
 * `bound` of the expected value is stored as a number from the rounded expected − bound to the rounded expected + bound.
 */
function faultsOf({ name, expected, indices, operands }: Fixture, computed: Computed, bounds: Float64Array): string[] {
  const what = `${name}, ${computed.way.label}`;
  if (computed.shape.join() !== expected.shape.join()) {
    return [`${what}: shape [${computed.shape.join(', ')}], expected [${expected.shape.join(', ')}]`];
  }
  const isHalf = (operands.gradient ?? operands.input ?? operands.a)!.dtype === 'float16';
  const stored = isHalf ? roundToHalf : (value: number) => value;
  const at = (index: number) => `${what} at [${coordinatesOf(index, expected.shape).join(', ')}]`;
  const faults: string[] = [];
  const wrong = expected.data.findIndex((value, index) => {
    const [actual, bound] = [computed.values[index]!, bounds[index]!];
    return !(Number.isFinite(bound) && actual >= stored(value - bound) && actual <= stored(value + bound));
  });
  if (wrong >= 0) {
    faults.push(
      `${at(wrong)}: got ${computed.values[wrong]}, expected ${expected.data[wrong]} within ${bounds[wrong]}${isHalf ? ', stored in half precision' : ''}`,
    );
  }
  if (indices) {
    const place = indices.findIndex((index, output) => computed.indices?.[output] !== index);
    if (place >= 0) faults.push(`${at(place)}: index ${computed.indices?.[place]}, expected ${indices[place]}`);
  }
  return faults;
}

/** What a result of an algorithm may be off: what f32 may, and what the expected values themselves are. */
function allBoundsOf(fixture: Fixture, { force }: Way): Float64Array {
  const tolerances = float64Tolerances(fixture);
  return ownBoundsOf(fixture, force).map((bound, index) => bound + tolerances[index]!);
}

/** What f32 may be off, by an algorithm; as planned: by direct sums, since the cases have too few channels for any other. */
function ownBoundsOf(fixture: Fixture, { algorithm, variant }: Way['force']): Float64Array {
  const bound = boundsOf(fixture);
  const of = convGradientOf(fixture);
  if (!algorithm || !variant || of === 'filter') return bound;
  const expected = { data: Float64Array.from(fixture.expected.data), bound, shape: fixture.expected.shape };
  if (of) {
    const { gradient, filter, accumulate } = fixture.operands;
    const forward = forwardProblemOf(inSinglePrecision(fixture));
    const stored = { dz: gradient!.data, filter: filter!.data, accumulate: accumulate?.data };
    return inputGradientBoundedBy({ algorithm, variant }, forward, expected, stored).bound;
  }
  const problem = convProblemOf(inSinglePrecision(fixture));
  const values = Object.entries(fixture.operands).map(([name, { data }]) => [name, data]);
  const operands = Object.fromEntries(values) as Record<'input' | 'filter', Float32Array>;
  return boundedBy(algorithm, variant, problem, expected, operands).bound;
}

/** Ways that took part, by label: that none stayed away unnoticed. */
const seen = new Map<string, number>();

/**
 * The cases to compute: all of them in a browser; in Node every third in half precision, and every fifteenth of the others. Of gradients, where
 * each case may be compiled for several steps, every ninth and every thirtieth.
 */
function casesOf(family: (typeof FAMILIES)[number]): readonly Fixture[] {
  const cases = readFamily(family);
  if (!COMPILES_SLOWLY) return cases;
  const [eachHalf, each] = family === 'gradients' ? [9, 30] : [3, 15];
  return cases.filter(({ operands }, index) => {
    return index % (Object.values(operands)[0]?.dtype === 'float16' ? eachHalf : each) === 0;
  });
}

describe.each(FAMILIES)('the GPU on %s', (family) => {
  it.each(named(casesOf(family)))('%s', async (_, fixture) => {
    if (isConvolution(fixture)) {
      const problem = convProblemOf(fixture);
      const reasons = ALGORITHMS.map((algorithm) => algorithm.unsupported(problem));
      expect(reasons, reasons.join('; ')).toContain(undefined);
    }
    expect(poolKindOf(fixture) === 'max' && fixture.options.paddingMode === undefined).toBe(
      fixture.indices !== undefined,
    );
    const results = await computeAll(engine(), fixture);
    for (const { way } of results) seen.set(way.label, (seen.get(way.label) ?? 0) + 1);
    expect(results.flatMap((computed) => faultsOf(fixture, computed, allBoundsOf(fixture, computed.way)))).toEqual([]);
  });
});

describe('the check itself', () => {
  it('tells case, algorithm, place and both values', async () => {
    const fixture = readFamily('conv').find(({ name }) => name === 'conv2d flipped')!;
    const filter = { ...fixture.operands.filter!, data: fixture.operands.filter!.data.slice() };
    filter.data[3]! += 0.01;
    const results = await computeAll(engine(), { ...fixture, operands: { ...fixture.operands, filter } });
    for (const computed of results) {
      expect(faultsOf(fixture, computed, allBoundsOf(fixture, computed.way))).toEqual([
        expect.stringMatching(/^conv2d flipped, [\w -]+ at \[\d+, \d+, \d+, \d+\]: got \S+, expected \S+ within \S+$/),
      ]);
    }
  });
});

/** Every variant has more than so many cases; fewer have a single tap, 3×3 at stride 1, 32 taps or more, few taps of one channel. */
const LEAST_CASES = 20;
const FEW_CASES: Readonly<Record<string, number>> = {
  pointwise: 6,
  winograd: 6,
  fft: 1,
  depthwise: 8,
  'implicit-gemm single-1x2': 3,
};

/** Those of gradients, whose few cases of 3×3, of one tap and of many channels are fewer still. */
const FEW_GRADIENTS: Readonly<Record<string, number>> = {
  'input pointwise': 0,
  'input winograd': 0,
  'input fft': 0,
  'input depthwise': 8,
  'input implicit-gemm single-1x2': 2,
  'filter implicit-gemm': 10,
};

describe('the algorithms', () => {
  it('all took part, in a browser in every variant that its device has', () => {
    const isGradientsOf = (label: string) => /^(input|filter) /.test(label);
    const took = [...seen.keys()].filter((label) => !isGradientsOf(label)).map((label) => label.split(' ')[0]);
    const rows = ALGORITHMS.filter(({ name }) => name !== 'separable'); // whose filters are not random ones
    if (COMPILES_SLOWLY) {
      expect(new Set(took).size).toBeGreaterThanOrEqual(5);
      return;
    }
    expect([...new Set(took)].filter((name) => name !== 'separable').sort()).toEqual(
      ['as', ...rows.map(({ name }) => name)].sort(),
    );
    for (const row of rows) {
      const { name, variants } = row;
      for (const variant of variants.filter((each) => isAvailable(row, each))) {
        const least = FEW_CASES[`${name} ${variant}`] ?? FEW_CASES[name] ?? LEAST_CASES;
        expect(seen.get(`${name} ${variant}`), `${name} ${variant}`).toBeGreaterThan(least);
      }
    }
  });

  it('all took part in gradients, in a browser in every variant that its device has', () => {
    const tables = { input: ALGORITHMS.filter(({ name }) => name !== 'separable'), filter: FILTER_GRADIENT_ALGORITHMS };
    for (const [of, rows] of Object.entries(tables)) {
      for (const row of COMPILES_SLOWLY ? [] : rows) {
        const { name, variants } = row;
        for (const variant of variants.filter((each) => isAvailable(row, each))) {
          const way = `${of} ${name} ${variant}`;
          const least = FEW_GRADIENTS[way] ?? FEW_GRADIENTS[`${of} ${name}`] ?? LEAST_CASES;
          expect(seen.get(way) ?? 0, way).toBeGreaterThan(least);
        }
      }
    }
  });
});
