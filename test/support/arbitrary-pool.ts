// Poolings to try, of every kind and rank and with every option.
import fc from 'fast-check';
import {
  elementCount,
  FLOAT_DTYPES,
  type FloatDType,
  INPUT_LAYOUTS,
  type InputLayout,
  PADDING_MODES,
  type PoolDescription,
  type PoolKind,
  type PoolProblem,
  poolInputShape,
  poolOutputShape,
  poolProblem,
  type Rank,
  ROUNDINGS,
  shapeInLayout,
} from '../../src/problem/index.js';
import { storedRandom } from './arbitrary-operands.js';
import {
  drawn,
  each,
  type GeometryCase,
  given,
  isMirrored,
  PADDING_CONTENTS,
  paddings,
  perAxis,
} from './arbitrary-problem.js';
import { IS_EXPLORING } from './arbitrary-settings.js';

/** A pooling to try. */
export interface PoolCase {
  readonly kind: PoolKind;
  readonly rank: Rank;
  readonly batch: number;
  readonly channels: number;
  readonly size: readonly number[];
  readonly options: GeometryCase;
  readonly inputLayout: InputLayout;
  readonly dtype: FloatDType;
  /** Of a max pooling: also asks where the values are. */
  readonly withIndices: boolean;
  /** True: values are quarters, so that several of a window are largest. */
  readonly hasTies: boolean;
  readonly seed: number;
}

/** Largest size and window along an axis, by rank. */
const SIZES = { 1: [60, 6], 2: [16, 4], 3: [7, 3] } as const;
const MOST_ELEMENTS = 2000;
const KINDS: readonly PoolKind[] = ['max', 'average', 'l2'];

/** The problem that a case describes. @throws as the library's problem functions. */
export function poolProblemOf({
  kind,
  rank,
  batch,
  channels,
  size,
  options,
  inputLayout,
  dtype,
}: PoolCase): PoolProblem {
  const spatial = Object.fromEntries(['d', 'h', 'w'].slice(3 - rank).map((letter, axis) => [letter, size[axis]!]));
  const inputShape = shapeInLayout(inputLayout, { n: batch, c: channels, ...spatial });
  return poolProblem(kind, rank, { ...options, inputShape, inputLayout, dtype } as PoolDescription);
}

/** True if a case is valid and small. */
export function isSmallPool(candidate: PoolCase): boolean {
  try {
    const problem = poolProblemOf(candidate);
    return [poolInputShape(problem), poolOutputShape(problem)].every((shape) => elementCount(shape) <= MOST_ELEMENTS);
  } catch {
    return false;
  }
}

/**
 * Options without a padding mode that mirrors, where a default run has no time to compile it: a pipeline is compiled for each kind, mode, layout
 * and stored type, so each mode comes with every other kind, in f32.
 */
function affordable(kind: PoolKind, dtype: FloatDType, options: GeometryCase): GeometryCase {
  if (IS_EXPLORING || !isMirrored(options)) return options;
  const { paddingMode, ...others } = options;
  const parity = KINDS.indexOf(kind) + (PADDING_MODES as readonly unknown[]).indexOf(paddingMode);
  return dtype === 'float32' && parity % 2 === 0 ? options : others;
}

function casesOf(kind: PoolKind, rank: Rank): fc.Arbitrary<PoolCase> {
  const [mostSize, mostWindow] = SIZES[rank];
  const window = fc.integer({ min: 1, max: mostWindow });
  const options = fc.record({
    windowDimensions: fc.oneof(
      { weight: 1, arbitrary: fc.constant(undefined) },
      { weight: 2, arbitrary: window },
      each(rank, window),
    ),
    strides: perAxis(rank, fc.integer({ min: 1, max: 4 })),
    dilations: perAxis(rank, fc.integer({ min: 1, max: 3 })),
    padding: paddings(rank),
    paddingMode: PADDING_CONTENTS,
    rounding: fc.option(fc.constantFrom(...ROUNDINGS), { nil: undefined }),
    countPadding: kind === 'average' ? fc.option(fc.boolean(), { nil: undefined }) : fc.constant(undefined),
  });
  return fc
    .record({
      batch: fc.integer({ min: 1, max: 3 }),
      channels: fc.integer({ min: 1, max: 5 }),
      size: each(rank, fc.integer({ min: 1, max: mostSize })),
      options: options.map(given) as fc.Arbitrary<GeometryCase>,
      inputLayout: fc.constantFrom<InputLayout>(...INPUT_LAYOUTS[rank]),
      dtype: fc.constantFrom('float32', 'float32', ...FLOAT_DTYPES),
      withIndices: kind === 'max' ? fc.boolean() : fc.constant(false),
      hasTies: fc.boolean(),
      seed: fc.nat({ max: 999_999 }),
    })
    .map(({ withIndices, ...raw }): PoolCase => {
      drawn.pool++;
      const rest = { ...raw, options: affordable(kind, raw.dtype, raw.options) };
      const { paddingMode } = rest.options;
      // a constant in the padding has no place that an index could tell
      const isConstant = typeof paddingMode === 'number' || paddingMode === 'zeros';
      return { kind, rank, ...rest, withIndices: withIndices && !isConstant };
    })
    .filter((candidate) => {
      const isKept = isSmallPool(candidate);
      if (isKept) drawn.poolKept++;
      return isKept;
    });
}

/** Poolings of every kind. */
export function poolCases(): fc.Arbitrary<PoolCase> {
  return fc.oneof(...KINDS.flatMap((kind) => ([2, 1, 3] as const).map((rank) => casesOf(kind, rank))));
}

/** The input of a case. */
export function poolInputOf({ hasTies, seed, dtype }: PoolCase, problem: PoolProblem) {
  const shape = poolInputShape(problem);
  const values = storedRandom(elementCount(shape), seed, dtype);
  return { data: hasTies ? values.map((value) => Math.round(4 * value) / 4) : values, shape };
}
