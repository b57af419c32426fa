// The steps that a sequence can have: checked first, all of them, and compiled afterwards.
import { InvalidArgumentError } from '../errors.js';
import {
  type Activation,
  type AveragePoolOptions,
  assertOptionsObject,
  type ConvGeometryOptions,
  type ConvTransposeGeometryOptions,
  describe,
  type FloatDType,
  type InputLayout,
  integerAtLeast,
  oneOf,
  type PoolKind,
  type PoolOptions,
  poolOutputShape,
  type Rank,
  rejectUnknownOptions,
  type Shape,
} from '../problem/index.js';
import { type Tensor, useTensor } from '../tensor.js';
import { type ActivateOptions, activationCall, borrowActivationPlan, recordActivation } from './activate.js';
import { checkPreparation } from './conv.js';
import type { EpilogueOptions, PlanOptions } from './conv-options.js';
import type { EngineCore } from './core.js';
import { HeldOperands } from './held-operands.js';
import { borrowPoolPlan, poolCall, recordPool } from './pool.js';
import type { CompiledStep } from './sequence.js';

interface ConvStepOptions extends EpilogueOptions, PlanOptions {
  /** As the filter layout says; packed once, and not needed afterwards. */
  readonly filter: Tensor;
  /** Number of the earlier step whose output is added before the activation; −1: the sequence's input. */
  readonly residual?: number;
}

type WithoutLayout<T> = Omit<T, 'inputLayout'>;

/** A step of a sequence: an operator, and its options without those that all steps share. */
export type SequenceStep =
  | { [R in Rank]: { readonly operator: `conv${R}d` } & WithoutLayout<ConvGeometryOptions<R>> & ConvStepOptions }[Rank]
  | {
      [R in Rank]: { readonly operator: `convTranspose${R}d` } & WithoutLayout<ConvTransposeGeometryOptions<R>> &
        ConvStepOptions;
    }[Rank]
  | { [R in Rank]: { readonly operator: `maxPool${R}d` | `l2Pool${R}d` } & WithoutLayout<PoolOptions<R>> }[Rank]
  | { [R in Rank]: { readonly operator: `averagePool${R}d` } & WithoutLayout<AveragePoolOptions<R>> }[Rank]
  | ({ readonly operator: 'activation'; readonly activation: Activation } & ActivateOptions);

/** What a step works on. */
interface StepInput {
  readonly shape: Shape;
  readonly layout: InputLayout;
  readonly dtype: FloatDType;
  readonly rank: Rank;
}

/** A step that is known to be valid. */
export interface StepOperation {
  readonly outputShape: Shape;
  readonly residual: number | undefined;
  compile(): Promise<CompiledStep>;
}

const KINDS = ['conv', 'convTranspose', 'maxPool', 'averagePool', 'l2Pool'] as const;

/** Checks a step. Allocates nothing. */
export function stepOperation(core: EngineCore, place: string, step: SequenceStep, input: StepInput): StepOperation {
  assertOptionsObject(place, step);
  const kinds: Readonly<Record<string, (typeof KINDS)[number]>> = Object.fromEntries(
    KINDS.map((kind) => [`${kind}${input.rank}d`, kind]),
  );
  const operators = [...Object.keys(kinds), 'activation'];
  const operator = oneOf(place, `the operator of a step of a ${input.rank}-D sequence`, step.operator, operators);
  const action = `${place} (${operator})`;
  const { operator: _, ...options } = step;
  if (operator === 'activation') return activationStep(core, action, options as never, input);
  const kind = kinds[operator]!;
  if ((options as { inputLayout?: unknown }).inputLayout !== undefined) {
    throw new InvalidArgumentError(
      `${action}: inputLayout belongs to the sequence, whose tensors all have one layout. Give it there.`,
    );
  }
  if (kind === 'conv' || kind === 'convTranspose') return convStep(core, action, kind, options as never, input);
  return poolStep(core, action, kind.replace('Pool', '') as PoolKind, options as PoolOptions, input);
}

function convStep(
  core: EngineCore,
  action: string,
  operator: 'conv' | 'convTranspose',
  { residual, ...options }: ConvStepOptions,
  { shape, layout, dtype, rank }: StepInput,
): StepOperation {
  if (residual !== undefined) integerAtLeast(action, 'residual', residual, -1);
  const preparation = checkPreparation(
    core,
    operator,
    rank,
    { ...options, inputShape: shape, inputLayout: layout, dtype, residual: residual !== undefined },
    action,
  );
  return {
    outputShape: preparation.outputShape,
    residual,
    async compile() {
      const conv = await preparation.prepare();
      return {
        operator: `${operator}${rank}d`,
        outputShape: conv.outputShape,
        algorithm: conv.algorithm,
        workspaceBytes: conv.workspaceBytes,
        weightBytes: conv.weightBytes,
        run: (input, added) => conv.run(input, added ? { residual: added } : {}),
        dispose: () => conv.dispose(),
      };
    },
  };
}

function poolStep(
  core: EngineCore,
  action: string,
  kind: PoolKind,
  options: PoolOptions,
  { shape, layout, dtype, rank }: StepInput,
): StepOperation {
  if ('returnIndices' in options) {
    throw new InvalidArgumentError(`${action}: a sequence has no place for indices. Leave returnIndices out.`);
  }
  const call = poolCall(core, action, kind, rank, { ...options, inputLayout: layout }, { shape, dtype });
  const outputShape = poolOutputShape(call.problem);
  return {
    outputShape,
    residual: undefined,
    async compile() {
      const loan = await borrowPoolPlan(core, call);
      return {
        operator: `${kind}Pool${rank}d`,
        outputShape,
        algorithm: undefined,
        workspaceBytes: 0,
        weightBytes: 0,
        run: (input) => recordPool(core, call, loan.plan, useTensor(core.gpu, action, 'input', input)).output,
        dispose: () => loan.release(),
      };
    },
  };
}

function activationStep(
  core: EngineCore,
  action: string,
  options: { activation: Activation } & ActivateOptions,
  { shape, layout, dtype }: StepInput,
): StepOperation {
  rejectUnknownOptions(action, options, ['activation', 'slope']);
  const { activation, slope } = options;
  if (activation === undefined) {
    throw new InvalidArgumentError(`${action}: activation is ${describe(activation)}. Give its name.`);
  }
  const call = activationCall(core, action, activation, slope === undefined ? {} : { slope }, { shape, layout, dtype });
  return {
    outputShape: shape,
    residual: undefined,
    async compile() {
      const held = new HeldOperands(core.gpu, call, []);
      try {
        const [loan] = await Promise.all([borrowActivationPlan(core, call), held.prepare()]);
        const terms = held.recordTerms()?.retain();
        return {
          operator: 'activation',
          outputShape: shape,
          algorithm: undefined,
          workspaceBytes: 0,
          weightBytes: terms?.slice.sizeBytes ?? 0,
          run: (input) => recordActivation(core, call, loan.plan, useTensor(core.gpu, action, 'input', input), terms),
          dispose: () => {
            terms?.release();
            loan.release();
          },
        };
      } finally {
        held.release();
      }
    },
  };
}
