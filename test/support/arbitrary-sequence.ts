// Sequences to try: convolutions, poolings and activations in a row. Steps are drawn without regard for each other, fitted to
// what comes in, and left out where that makes no valid step.
import fc from 'fast-check';
import {
  type Activation,
  axisSize,
  convOutputShape,
  elementCount,
  FILTER_LAYOUTS,
  type FilterLayout,
  FLOAT_DTYPES,
  type FloatDType,
  INPUT_LAYOUTS,
  type InputLayout,
  type PoolKind,
  poolOutputShape,
  type Rank,
  type Shape,
  shapeInLayout,
} from '../../src/problem/index.js';
import {
  affordableKind,
  EPILOGUE_DETAILS,
  EPILOGUE_KINDS,
  type EpilogueKind,
  epilogueOf,
  STEP_ACTIVATIONS,
  STEP_KINDS,
} from './arbitrary-epilogue.js';
import { isSmallPool, type PoolCase, poolProblemOf } from './arbitrary-pool.js';
import {
  type ConvCase,
  each,
  type GeometryCase,
  given,
  isMirrored,
  isSmall,
  PADDING_CONTENTS,
  paddings,
  perAxis,
  problemOf,
} from './arbitrary-problem.js';
import { IS_EXPLORING } from './arbitrary-settings.js';

/** A step, with all that it takes to run it by itself. */
export type StepCase =
  /** `from`: number of the step whose output is added, −1 the input. */
  | { readonly conv: ConvCase; readonly from?: number }
  | { readonly pool: PoolCase }
  | { readonly activate: { readonly activation: Activation; readonly oneSlope: boolean; readonly seed: number } };

/** A sequence to try. */
export interface SequenceCase {
  readonly rank: Rank;
  readonly inputShape: Shape;
  readonly inputLayout: InputLayout;
  readonly dtype: FloatDType;
  readonly steps: readonly StepCase[];
  readonly seed: number;
}

const MOST_SIZE = { 1: 24, 2: 9, 3: 5 } as const;
const STEPS = ['conv', 'same', 'convTranspose', 'max', 'average', 'l2', 'activation'] as const;

/** What lies in the padding: by default only constants, which kernels are not compiled for. */
const STEP_CONTENTS = IS_EXPLORING ? PADDING_CONTENTS : fc.constantFrom(undefined, 'zeros', 0.5);

function rawSteps(rank: Rank) {
  const small = (max: number) => fc.integer({ min: 1, max });
  return fc.record({
    // 'same': a convolution that keeps the shape, as those with a residual do
    step: fc.constantFrom(...STEPS),
    groups: small(3),
    filters: small(4),
    window: each(rank, small(3)),
    strides: perAxis(rank, small(2)),
    dilations: perAxis(rank, small(2)),
    padding: paddings(rank),
    paddingMode: STEP_CONTENTS,
    filterLayout: fc.constantFrom<FilterLayout>(...FILTER_LAYOUTS[rank]),
    filterDtype: fc.constantFrom(...FLOAT_DTYPES),
    kind: fc.constantFrom<EpilogueKind>(...STEP_KINDS),
    epilogue: EPILOGUE_DETAILS,
    activation: STEP_ACTIVATIONS,
    from: fc.nat({ max: 9 }),
    seed: fc.nat({ max: 999_999 }),
  });
}

type RawStep = ReturnType<typeof rawSteps> extends fc.Arbitrary<infer T> ? T : never;

/** What the steps so far came to: the shapes of the input and of their outputs. */
type Sofar = Pick<SequenceCase, 'rank' | 'inputLayout' | 'dtype'> & { readonly shapes: readonly Shape[] };

function sizesOf({ rank, inputLayout, shapes }: Sofar) {
  const size = (letter: string) => axisSize(shapes.at(-1)!, inputLayout, letter);
  return { batch: size('n'), channels: size('c'), size: ['d', 'h', 'w'].slice(3 - rank).map(size) };
}

function convStep(raw: RawStep, sofar: Sofar): [StepCase, Shape] | undefined {
  const { rank, inputLayout, dtype, shapes } = sofar;
  const { batch, channels, size } = sizesOf(sofar);
  const groups = channels % raw.groups === 0 ? raw.groups : 1;
  const keepsShape = raw.step === 'same';
  const operator = raw.step === 'convTranspose' ? 'convTranspose' : 'conv';
  const { strides, dilations, padding, paddingMode, window, filterLayout, filterDtype, seed } = raw;
  const options: GeometryCase = given({
    dilations,
    strides: keepsShape ? undefined : strides,
    padding: keepsShape ? 'same' : padding,
    paddingMode: operator === 'conv' ? paddingMode : undefined,
  });
  const common = { operator, rank, batch, groups, channels: channels / groups, size, window, options } as const;
  const stored = { inputLayout, filterLayout, dtype, filterDtype, tiles: 0, gain: 0, seed };
  const filters = keepsShape ? channels / groups : raw.filters;
  const make = (kind: EpilogueKind): ConvCase => ({ ...common, ...stored, filters, ...epilogueOf(kind, raw.epilogue) });
  let step = make(affordableKind(raw.kind, dtype === 'float16', isMirrored(options)));
  if (!isSmall(step)) return undefined;
  const shape = convOutputShape(problemOf(step));
  const addable = [...shapes.keys()].filter((index) => shapes[index]!.join() === shape.join());
  if (step.residual && addable.length === 0) step = make(EPILOGUE_KINDS[0]!);
  return [step.residual ? { conv: step, from: addable[raw.from % addable.length]! - 1 } : { conv: step }, shape];
}

function poolStep(kind: PoolKind, raw: RawStep, sofar: Sofar): [StepCase, Shape] | undefined {
  const { rank, inputLayout, dtype } = sofar;
  const { window: windowDimensions, strides, dilations, padding, paddingMode, seed } = raw;
  const options: GeometryCase = given({ windowDimensions, strides, dilations, padding, paddingMode });
  const common = { kind, rank, inputLayout, dtype, withIndices: false, hasTies: false, seed };
  const pool: PoolCase = { ...common, ...sizesOf(sofar), options };
  return isSmallPool(pool) ? [{ pool }, poolOutputShape(poolProblemOf(pool))] : undefined;
}

/** The steps that are valid one after the other. */
function fitted(raw: readonly RawStep[], start: Omit<Sofar, 'shapes'>, inputShape: Shape): StepCase[] {
  const steps: StepCase[] = [];
  const shapes = [inputShape];
  for (const each of raw) {
    const sofar = { ...start, shapes };
    const { step, activation, epilogue, seed } = each;
    const made: [StepCase, Shape] | undefined =
      step === 'activation'
        ? [{ activate: { activation, oneSlope: epilogue.oneSlope, seed } }, shapes.at(-1)!]
        : step === 'max' || step === 'average' || step === 'l2'
          ? poolStep(step, each, sofar)
          : convStep(each, sofar);
    if (!made) continue;
    steps.push(made[0]);
    shapes.push(made[1]);
  }
  return steps;
}

function casesOf(rank: Rank): fc.Arbitrary<SequenceCase> {
  return fc
    .record({
      batch: fc.integer({ min: 1, max: 2 }),
      channels: fc.integer({ min: 1, max: 6 }),
      size: each(rank, fc.integer({ min: 1, max: MOST_SIZE[rank] })),
      inputLayout: fc.constantFrom<InputLayout>(...INPUT_LAYOUTS[rank]),
      dtype: fc.constantFrom('float32', 'float32', ...FLOAT_DTYPES),
      raw: fc.array(rawSteps(rank), { minLength: 1, maxLength: 6 }),
      seed: fc.nat({ max: 999_999 }),
    })
    .map(({ batch, channels, size, inputLayout, dtype, raw, seed }): SequenceCase => {
      const spatial = Object.fromEntries(['d', 'h', 'w'].slice(3 - rank).map((letter, axis) => [letter, size[axis]!]));
      const inputShape = shapeInLayout(inputLayout, { n: batch, c: channels, ...spatial });
      const start = { rank, inputLayout, dtype };
      return { ...start, inputShape, steps: fitted(raw, start, inputShape), seed };
    })
    .filter(({ steps, inputShape }) => steps.length > 0 && elementCount(inputShape) <= 2000);
}

/** Sequences of one to six steps. */
export function sequenceCases(): fc.Arbitrary<SequenceCase> {
  return fc.oneof(casesOf(2), casesOf(1), casesOf(3));
}
