// A sequence: convolutions, poolings and activations in a row, compiled once, all pipelines at the same time, and run without a
// read-back. An intermediate tensor goes back to the pool as soon as its last reader is recorded, so that the next one
// takes over its buffer.
import { InvalidArgumentError } from '../errors.js';
import type { GpuContext } from '../gpu/context.js';
import {
  assertOptionsObject,
  describe,
  FLOAT_DTYPES,
  type FloatDType,
  formatShape,
  INPUT_LAYOUTS,
  type InputLayout,
  integerAtLeast,
  oneOf,
  parseShape,
  type Rank,
  rejectUnknownOptions,
  type Shape,
  sameShape,
  storedBytes,
} from '../problem/index.js';
import { type Tensor, useTensor } from '../tensor.js';
import type { EngineCore } from './core.js';
import { type SequenceStep, type StepOperation, stepOperation } from './sequence-steps.js';

/** What `engine.sequence` takes besides the steps. */
export interface SequenceOptions {
  /** (N, C, H, W), or as the input layout says. */
  readonly inputShape: Shape;
  /** Layout of every tensor of the sequence; default channels first. */
  readonly inputLayout?: InputLayout;
  /** Stored type of every tensor of the sequence; default 'float32'. */
  readonly dtype?: FloatDType;
  /** Most bytes of workspace of a step; default: that of the engine. */
  readonly workspaceLimitBytes?: number;
  /** Called whenever a step is compiled. */
  readonly onProgress?: (progress: { readonly compiled: number; readonly steps: number }) => void;
}

/** A step of a sequence, compiled. */
export interface CompiledStep {
  /** 'conv2d', 'maxPool2d', 'activation'… */
  readonly operator: string;
  readonly outputShape: Shape;
  /** Name of the algorithm that computes it, if it is a convolution. */
  readonly algorithm: string | undefined;
  /** Bytes of workspace that it borrows. */
  readonly workspaceBytes: number;
  /** Bytes of packed filter and folded epilogue that it keeps. */
  readonly weightBytes: number;
  /** Records the step. */
  run(input: Tensor, residual: Tensor | undefined): Tensor;
  dispose(): void;
}

interface Link {
  readonly step: CompiledStep;
  /** Number of the step whose output is added; −1 the sequence's input. */
  readonly residual: number | undefined;
}

/** What is known of the steps of a sequence. */
export type StepReport = Pick<CompiledStep, 'operator' | 'outputShape' | 'algorithm' | 'workspaceBytes'>;

/** A compiled sequence; made by `engine.sequence`. */
export class Sequence {
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  /** Each step in order; an activation that its convolution does by the way is none of its own. */
  readonly steps: readonly StepReport[];
  /** Most bytes that the tensors of a run (input and output included) and its workspace hold at a time. */
  readonly peakBytes: number;
  /** Bytes that the sequence keeps between runs: packed filters and folded epilogues. */
  readonly weightBytes: number;
  readonly #gpu: GpuContext;
  readonly #links: readonly Link[];
  readonly #lastReader: ReadonlyMap<number, number>;
  readonly #layout: InputLayout;
  readonly #dtype: FloatDType;
  #disposed = false;

  private constructor(
    gpu: GpuContext,
    links: readonly Link[],
    input: { shape: Shape; layout: InputLayout; dtype: FloatDType },
  ) {
    this.#gpu = gpu;
    this.#links = links;
    this.#lastReader = lastReaders(links);
    this.#layout = input.layout;
    this.#dtype = input.dtype;
    this.inputShape = input.shape;
    this.outputShape = links.at(-1)!.step.outputShape;
    this.steps = Object.freeze(
      links.map(({ step: { operator, outputShape, algorithm, workspaceBytes } }) =>
        Object.freeze({ operator, outputShape, algorithm, workspaceBytes }),
      ),
    );
    this.weightBytes = links.reduce((sum, { step }) => sum + step.weightBytes, 0);
    this.peakBytes = this.#peakBytes();
  }

  /** @internal */
  static create(
    ...parts: [GpuContext, readonly Link[], { shape: Shape; layout: InputLayout; dtype: FloatDType }]
  ): Sequence {
    return new Sequence(...parts);
  }

  #peakBytes(): number {
    const bytes = (number: number) =>
      storedBytes(number < 0 ? this.inputShape : this.#links[number]!.step.outputShape, this.#dtype);
    return Math.max(
      ...this.#links.map(({ step }, number) => {
        const alive = [...this.#lastReader].filter(
          ([maker, reader]) => maker < number && (reader >= number || maker < 0),
        );
        return step.workspaceBytes + bytes(number) + alive.reduce((sum, [maker]) => sum + bytes(maker), 0);
      }),
    );
  }

  /**
   * Records the sequence for `input` and returns its output at once, without waiting for the GPU.
   * @throws InvalidTensorError if the input was disposed, belongs to another engine, or has another shape, layout or dtype.
   * @throws InvalidArgumentError if the sequence was disposed.
   */
  run(input: Tensor): Tensor {
    const action = 'run';
    this.#gpu.assertAlive(action);
    if (this.#disposed) throw new InvalidArgumentError(`${action}: the sequence was disposed. Make it again.`);
    const expected = { shape: this.inputShape, layout: this.#layout, dtype: this.#dtype };
    useTensor(this.#gpu, action, 'input', input, expected);
    const alive = new Map<number, Tensor>([[-1, input]]);
    try {
      for (const [number, { step, residual }] of this.#links.entries()) {
        const added = residual === undefined ? undefined : alive.get(residual);
        alive.set(number, step.run(alive.get(number - 1)!, added));
        for (const maker of alive.keys()) {
          if (maker < 0 || maker === number || this.#lastReader.get(maker)! > number) continue;
          alive.get(maker)!.dispose();
          alive.delete(maker);
        }
      }
      const last = this.#links.length - 1;
      const output = alive.get(last)!;
      alive.delete(last);
      return output;
    } finally {
      alive.delete(-1); // the caller's
      for (const tensor of alive.values()) tensor.dispose();
    }
  }

  /** Gives filters and plans back. Outputs of earlier runs stay valid. Twice is once. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const { step } of this.#links) step.dispose();
  }

  /** As {@link Sequence.dispose}. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** The last step that reads the output of each step (−1: the input). */
function lastReaders(links: readonly Link[]): Map<number, number> {
  const last = new Map<number, number>();
  for (const [number, { residual }] of links.entries()) {
    last.set(number - 1, Math.max(number, last.get(number - 1) ?? number));
    if (residual !== undefined) last.set(residual, number);
  }
  return last;
}

const OPTION_NAMES = ['inputShape', 'inputLayout', 'dtype', 'workspaceLimitBytes', 'onProgress'] as const;

/** The rank that an input shape has: two of its axes are batch and channels. */
function rankOf(action: string, shape: Shape): Rank {
  const rank = shape.length - 2;
  if (rank >= 1 && rank <= 3) return rank as Rank;
  throw new InvalidArgumentError(
    `${action}: inputShape is ${describe(shape)} with ${shape.length} axes, but must have 3 (1-D), 4 (2-D) or 5 (3-D).`,
  );
}

/** Compiles a sequence. All steps are checked before anything is allocated. */
export async function makeSequence(
  core: EngineCore,
  steps: readonly SequenceStep[],
  options: SequenceOptions,
): Promise<Sequence> {
  const action = 'sequence';
  core.gpu.assertAlive(action);
  if (!Array.isArray(steps) || steps.length === 0) {
    throw new InvalidArgumentError(
      `${action}: steps must be a list with at least one step, got ${describe(steps)}. A step is { operator: 'conv2d', filter, … }.`,
    );
  }
  assertOptionsObject(action, options);
  rejectUnknownOptions(action, options, OPTION_NAMES);
  const { workspaceLimitBytes = core.workspaceLimitBytes, onProgress } = options;
  integerAtLeast(action, 'workspaceLimitBytes', workspaceLimitBytes, 1);
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw new InvalidArgumentError(`${action}: onProgress is ${describe(onProgress)}, but must be a function.`);
  }
  const inputShape = parseShape(action, 'inputShape', options.inputShape);
  const rank = rankOf(action, inputShape);
  const layouts: readonly InputLayout[] = INPUT_LAYOUTS[rank];
  const layout = oneOf(action, 'inputLayout', options.inputLayout ?? layouts[0], layouts);
  const dtype = oneOf(action, 'dtype', options.dtype ?? 'float32', FLOAT_DTYPES);

  const limited = { ...core, workspaceLimitBytes };
  const operations = checkSteps(limited, action, dtype === 'float32' ? fuseActivations(steps) : numbered(steps), {
    shape: inputShape,
    layout,
    dtype,
    rank,
  });
  const compiled = await compileAll(operations, onProgress);
  return Sequence.create(core.gpu, compiled, { shape: inputShape, layout, dtype });
}

/** A step as it will be run, and the number that its user knows it by. */
interface NumberedStep {
  readonly step: SequenceStep;
  /** The numbers of the user's steps that it does: two, if an activation is done by its convolution. */
  readonly numbers: readonly number[];
}

function numbered(steps: readonly SequenceStep[]): NumberedStep[] {
  return steps.map((step, number) => ({ step, numbers: [number] }));
}

/**
 * Lets a convolution do the activation that follows it, unless somebody wants what lies between them. Only in f32, where nothing
 * is rounded between the two: halves would differ from those of the steps run one by one.
 */
function fuseActivations(steps: readonly SequenceStep[]): NumberedStep[] {
  const wanted = new Set(steps.map((step) => (step as { residual?: unknown } | undefined)?.residual));
  const fused: NumberedStep[] = [];
  for (const [number, step] of steps.entries()) {
    const before = fused.at(-1)?.step as ({ operator?: unknown; activation?: unknown } & object) | undefined;
    const follows = typeof before?.operator === 'string' && before.operator.startsWith('conv');
    const isFree = before?.activation === undefined || before.activation === 'none';
    const isGiven = step?.operator === 'activation' && step.activation !== undefined;
    if (isGiven && follows && isFree && !wanted.has(number - 1)) {
      const { operator: _, ...activation } = step;
      fused[fused.length - 1] = { step: { ...before, ...activation } as SequenceStep, numbers: [number - 1, number] };
    } else {
      fused.push({ step, numbers: [number] });
    }
  }
  return fused;
}

/** Checks every step with the shape that the one before it leaves. Allocates nothing. */
function checkSteps(
  core: EngineCore,
  action: string,
  steps: readonly NumberedStep[],
  input: { shape: Shape; layout: InputLayout; dtype: FloatDType; rank: Rank },
): StepOperation[] {
  const places = new Map<number, number>([[-1, -1]]); // by the user's numbers
  const shapes = new Map<number, Shape>([[-1, input.shape]]);
  return steps.map(({ step, numbers }, place) => {
    const number = numbers[0]!;
    const operation = stepOperation(core, `${action}: step ${number}`, step, {
      ...input,
      shape: shapes.get(place - 1)!,
    });
    shapes.set(place, operation.outputShape);
    const residual = operation.residual === undefined ? undefined : places.get(operation.residual);
    for (const own of numbers) places.set(own, place);
    if (operation.residual === undefined) return operation;
    if (residual === undefined) {
      throw new InvalidArgumentError(
        `${action}: the residual of step ${number} is ${operation.residual}, but must be the number of an earlier step, or -1 for the input.`,
      );
    }
    if (!sameShape(shapes.get(residual)!, operation.outputShape)) {
      throw new InvalidArgumentError(
        `${action}: step ${number} adds ${residual < 0 ? `the sequence's input ${formatShape(shapes.get(residual)!)}` : `the output ${formatShape(shapes.get(residual)!)} of step ${operation.residual}`} to its own output of shape ${formatShape(operation.outputShape)}. Both must have one shape.`,
      );
    }
    return { ...operation, residual };
  });
}

/** Compiles all steps at the same time; if one fails, the others are given back. */
async function compileAll(
  operations: readonly StepOperation[],
  onProgress: SequenceOptions['onProgress'],
): Promise<Link[]> {
  let compiled = 0;
  const results = await Promise.allSettled(
    operations.map(async (operation): Promise<Link> => {
      const step = await operation.compile();
      onProgress?.({ compiled: ++compiled, steps: operations.length });
      return { step, residual: operation.residual };
    }),
  );
  const links = results.filter((result) => result.status === 'fulfilled').map(({ value }) => value);
  const failed = results.find((result) => result.status === 'rejected');
  if (!failed) return links;
  for (const { step } of links) step.dispose();
  throw failed.reason;
}
