// Convolutions to try, transposed or not, of every rank and with every option: drawn without regard for validity, and kept if the library
// finds them valid and they are small. A case is plain data, so that one that fails can be printed and pasted. Its values
// come from its seed, channels first whatever its layouts: cases that differ in layouts alone have the same values (arbitrary-operands.ts).
import fc from 'fast-check';
import {
  axisLetters,
  type ConvDescription,
  type ConvOperator,
  type ConvProblem,
  type ConvTransposeDescription,
  convFilterShape,
  convInputShape,
  convOutputShape,
  convProblem,
  elementCount,
  FILTER_LAYOUTS,
  type FilterLayout,
  FLOAT_DTYPES,
  type FloatDType,
  gatherCount,
  INPUT_LAYOUTS,
  type InputLayout,
  PADDING_MODES,
  PADDING_RULES,
  type Rank,
  ROUNDINGS,
  shapeInLayout,
} from '../../src/problem/index.js';
import {
  affordableKind,
  EPILOGUE_DETAILS,
  EPILOGUE_KINDS,
  type EpilogueCase,
  type EpilogueKind,
  epilogueOf,
} from './arbitrary-epilogue.js';

/** The geometry options as a user writes them, of either operator. */
export type GeometryCase = Readonly<Record<string, unknown>> & { readonly paddingMode?: string | number };

/** A convolution to try. */
export interface ConvCase extends EpilogueCase {
  readonly operator: ConvOperator;
  readonly rank: Rank;
  readonly batch: number;
  readonly groups: number;
  /** Input channels of a group. */
  readonly channels: number;
  /** Filters of a group. */
  readonly filters: number;
  /** Sizes of the input along the spatial axes, and of the filter. */
  readonly size: readonly number[];
  readonly window: readonly number[];
  readonly options: GeometryCase;
  readonly inputLayout: InputLayout;
  readonly filterLayout: FilterLayout;
  readonly dtype: FloatDType;
  readonly filterDtype: FloatDType;
  /** Workspace for so many tiles of 64 columns; 0: as much as the engine likes. */
  readonly tiles: number;
  /** Values are uniform in ±2^gain. */
  readonly gain: number;
  readonly seed: number;
}

/** Problems that properties were tried on, and convolutions and poolings drawn and kept. */
export const drawn = { problems: 0, conv: 0, convKept: 0, pool: 0, poolKept: 0 };

/** Most elements of a tensor, and most matrix products that a transposed convolution comes down to. */
const MOST_ELEMENTS = 2000;
const MOST_PRODUCTS = 48;

/** Largest input and filter along an axis, by rank. */
const SIZES = { 1: [40, 7], 2: [13, 5], 3: [6, 3] } as const;

/** Most channels and filters of a group, by rank: some tiles of 4, 8 and 16 are full and some are not. */
const CHANNELS = { 1: [9, 18], 2: [5, 10], 3: [3, 5] } as const;

/** One value for each axis. */
export function each<T>(rank: Rank, value: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(value, { minLength: rank, maxLength: rank });
}

/** An option that is left out, one value, or one for each axis. */
export function perAxis<T>(rank: Rank, value: fc.Arbitrary<T>): fc.Arbitrary<T | T[] | undefined> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, value, each(rank, value));
}

/** Padding in all its forms. */
export function paddings(rank: Rank): fc.Arbitrary<unknown> {
  const amount = fc.integer({ min: -2, max: 4 });
  const rule = fc.constantFrom(...PADDING_RULES);
  const side = fc.oneof(amount, rule, fc.tuple(amount, amount));
  return fc.oneof(fc.constant(undefined), amount, rule, each(rank, side));
}

export const PADDING_CONTENTS: fc.Arbitrary<string | number | undefined> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  { weight: 3, arbitrary: fc.constantFrom(...PADDING_MODES) },
  { weight: 1, arbitrary: fc.integer({ min: -8, max: 8 }).map((value) => value / 4) },
);

/** An object without the entries that are undefined. */
export function given(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function rawCases(operator: ConvOperator, rank: Rank) {
  const [mostSize, mostWindow] = SIZES[rank];
  const [mostChannels, mostFilters] = CHANNELS[rank];
  const common = {
    strides: perAxis(rank, fc.integer({ min: 1, max: rank === 3 && operator === 'convTranspose' ? 2 : 4 })),
    dilations: perAxis(rank, fc.integer({ min: 1, max: 3 })),
    padding: paddings(rank),
    flipFilter: fc.option(fc.boolean(), { nil: undefined }),
  };
  const extra = fc.integer({ min: 0, max: 2 });
  const options: fc.Arbitrary<Readonly<Record<string, unknown>>> =
    operator === 'conv'
      ? fc.record({
          ...common,
          paddingMode: PADDING_CONTENTS,
          rounding: fc.option(fc.constantFrom(...ROUNDINGS), { nil: undefined }),
        })
      : fc.oneof(
          fc.record(common),
          fc.record({ ...common, outputPadding: fc.oneof(extra, each(rank, extra)) }),
          // as numbers beyond the smallest output; made absolute when that is known
          fc.record({ ...common, beyond: each(rank, extra) }),
        );
  return fc.record({
    batch: fc.integer({ min: 1, max: 3 }),
    groups: fc.integer({ min: 1, max: 4 }),
    channels: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: mostChannels })),
    filters: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: mostFilters })),
    size: each(rank, fc.integer({ min: 1, max: mostSize })),
    // 3×3 by itself often enough for algorithms that are made for it
    window: fc.oneof(
      { weight: 3, arbitrary: each(rank, fc.integer({ min: 1, max: mostWindow })) },
      { weight: 1, arbitrary: each(rank, fc.constant(3)) },
    ),
    options: options.map(given),
    inputLayout: fc.constantFrom<InputLayout>(...INPUT_LAYOUTS[rank]),
    filterLayout: fc.constantFrom<FilterLayout>(...FILTER_LAYOUTS[rank]),
    dtype: fc.constantFrom('float32', 'float32', ...FLOAT_DTYPES),
    filterDtype: fc.constantFrom('float32', 'float32', ...FLOAT_DTYPES),
    kind: fc.constantFrom<EpilogueKind>(...EPILOGUE_KINDS),
    epilogue: EPILOGUE_DETAILS,
    tiles: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 3 })),
    gain: fc.constantFrom(0, 0, 4, -4),
    seed: fc.nat({ max: 999_999 }),
  });
}

/** True if a padding mode mirrors the input, so that kernels are compiled for it. */
export function isMirrored(options: GeometryCase): boolean {
  return typeof options.paddingMode === 'string' && options.paddingMode !== 'zeros';
}

/** `beyond` as an outputShape: so much larger than without output padding. */
function withOutputShape(drawnCase: ConvCase): ConvCase {
  const { beyond, ...options } = drawnCase.options;
  if (beyond === undefined) return drawnCase;
  const { axes } = problemOf({ ...drawnCase, options });
  const outputShape = axes.map(({ outputSize }, axis) => outputSize + (beyond as readonly number[])[axis]!);
  return { ...drawnCase, options: { ...options, outputShape } };
}

/** True if a case is valid and small. */
export function isSmall(candidate: ConvCase): boolean {
  try {
    const problem = problemOf(candidate);
    const shapes = [convInputShape(problem), convFilterShape(problem), convOutputShape(problem)];
    return (
      shapes.every((shape) => elementCount(shape) <= MOST_ELEMENTS) &&
      gatherCount(problem) * problem.groups <= MOST_PRODUCTS
    );
  } catch {
    return false;
  }
}

function casesOf(operator: ConvOperator, rank: Rank): fc.Arbitrary<ConvCase> {
  return rawCases(operator, rank)
    .map(({ kind, epilogue, ...raw }): ConvCase | undefined => {
      const affordable = affordableKind(kind, raw.dtype === 'float16', isMirrored(raw.options));
      drawn.conv++;
      try {
        return withOutputShape({ operator, rank, ...raw, ...epilogueOf(affordable, epilogue) });
      } catch {
        return undefined; // not even a smallest output
      }
    })
    .filter((candidate) => {
      const isKept = candidate !== undefined && isSmall(candidate);
      if (isKept) drawn.convKept++;
      return isKept;
    }) as fc.Arbitrary<ConvCase>;
}

/** Cases of some operators and ranks. */
export function convCases(
  operators: readonly ConvOperator[] = ['conv', 'convTranspose'],
  ranks: readonly Rank[] = [2, 1, 3],
): fc.Arbitrary<ConvCase> {
  return fc.oneof(...ranks.flatMap((rank) => operators.map((operator) => casesOf(operator, rank))));
}

/** Such a case without epilogue. */
export function withoutEpilogue(given: ConvCase): ConvCase {
  return { ...given, activation: 'none', terms: [], oneSlope: true, residual: false };
}

/** Such a case with padding of zeros where it was a constant: what it computes is linear. */
export function withoutConstant(given: ConvCase): ConvCase {
  const { paddingMode, ...options } = given.options;
  return typeof paddingMode === 'number' ? { ...given, options } : given;
}

/** The sizes of a case by axis letter. */
function sizesOf(
  { batch, groups, channels, filters, rank, operator }: ConvCase,
  spatial: readonly number[],
): Record<string, number> {
  const isTransposed = operator === 'convTranspose';
  return {
    n: batch,
    c: groups * channels,
    o: isTransposed ? filters : groups * filters,
    i: isTransposed ? groups * channels : channels,
    ...Object.fromEntries(axisLetters(rank).map((letter, axis) => [letter, spatial[axis]!])),
  };
}

/** The problem that a case describes. @throws as the library's problem functions. */
export function problemOf(given: ConvCase): ConvProblem {
  const { operator, rank, groups, filters, activation, terms, oneSlope, residual, size, window, options } = given;
  const { inputLayout, filterLayout, dtype, filterDtype } = given;
  const description = {
    ...options,
    groups,
    activation,
    inputLayout,
    filterLayout,
    dtype,
    filterDtype,
    inputShape: shapeInLayout(inputLayout, sizesOf(given, size)),
    filterShape: shapeInLayout(filterLayout, sizesOf(given, window)),
    ...Object.fromEntries(terms.map((term) => [`${term}Shape`, [term === 'slope' && oneSlope ? 1 : groups * filters]])),
  } as ConvDescription | ConvTransposeDescription;
  const problem = convProblem(operator, rank, description);
  return residual
    ? convProblem(operator, rank, { ...description, residualShape: convOutputShape(problem) } as ConvDescription)
    : problem;
}
