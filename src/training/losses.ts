// Losses on the GPU: one dispatch computes the gradient and adds the loss to sums that stay there until somebody asks.
import crossEntropyKernel from '../../shaders/training/loss_crossentropy_f32.wgsl';
import squaredErrorKernel from '../../shaders/training/loss_squarederror_f32.wgsl';
import { InvalidArgumentError } from '../errors.js';
import type { BufferSlice } from '../gpu/command-stream.js';
import type { GpuContext } from '../gpu/context.js';
import type { UniformValues } from '../gpu/kernel.js';
import {
  axisPitches,
  axisSize,
  describe,
  elementCount,
  formatShape,
  type InputLayout,
  type Shape,
} from '../problem/index.js';
import { type Tensor, TensorStorage, useTensor } from '../tensor.js';

/** The losses. */
export const LOSSES = ['softmaxCrossEntropy', 'meanSquaredError'] as const;

/**
 * What a network is to make small:
 *
 * | name | value | targets |
 * | --- | --- | --- |
 * | 'softmaxCrossEntropy' | mean of ln Σₖ e^x[k] − x[target] over the batch (and the positions of an output that has several) | numbers of classes, 0 to K − 1, one for each image (and position, row by row) |
 * | 'meanSquaredError' | mean of (y − target)² over all values | a tensor of the output's shape |
 */
export type Loss = (typeof LOSSES)[number];

/** What a step's answers should have been: numbers of classes, or a tensor as the output. */
export type Targets = Tensor | Uint8Array | Uint16Array | Uint32Array | readonly number[];

/** The output of a network. */
export interface LossInput {
  readonly shape: Shape;
  readonly layout: InputLayout;
}

/** Most invocations of a loss, and so most pairs of sums that are read back: 8 KiB. */
const MOST_PARTS = 1024;

/** How a loss is computed for outputs of one shape. */
export interface LossPlan {
  readonly loss: Loss;
  /** Invocations, each with sums of its own. */
  readonly parts: number;
  /** Terms that the loss is the mean of: rows of logits, or values. */
  readonly terms: number;
  /** Records the loss. `keep`: sums go on; else they start here. */
  record(operands: LossOperands, keep: boolean): void;
}

/** The buffers of a loss. */
export interface LossOperands {
  readonly output: BufferSlice;
  readonly targets: BufferSlice;
  readonly gradient: BufferSlice;
  /** (parts) of (loss, right answers) */
  readonly sums: BufferSlice;
}

/** Rows of logits: how many, and how far apart. */
function rowValues({ shape, layout }: LossInput): UniformValues {
  const pitches = axisPitches(shape, layout);
  const [batch, classes] = [axisSize(shape, layout, 'n'), axisSize(shape, layout, 'c')];
  const positions = elementCount(shape) / (batch * classes);
  return {
    rows: batch * positions,
    classes,
    positions,
    image_pitch: pitches.n,
    position_pitch: pitches.w, // spatial axes are dense, so neighbours along a row tell how far apart positions are
    class_pitch: pitches.c,
    factor: 1 / (batch * positions),
  };
}

/** Compiles a loss. */
export async function planLoss(gpu: GpuContext, loss: Loss, input: LossInput): Promise<LossPlan> {
  const values = elementCount(input.shape);
  const isEntropy = loss === 'softmaxCrossEntropy';
  const kernel = isEntropy ? crossEntropyKernel : squaredErrorKernel;
  const own: UniformValues = isEntropy ? rowValues(input) : { values, factor: 2 / values };
  const terms = isEntropy ? own.rows! : values;
  const parts = Math.min(terms, MOST_PARTS);
  const compiled = await gpu.pipelines.get(kernel);
  const workgroups = Math.ceil(parts / kernel.workgroupSize[0]);
  return {
    loss,
    parts,
    terms,
    record({ output, targets, gradient, sums }, keep) {
      const { pooled, slices } = gpu.uploadUniforms([{ kernel, values: { ...own, parts, keep: keep ? 1 : 0 } }]);
      try {
        gpu.faults.guard('record the loss', () =>
          gpu.stream.dispatch({ compiled, workgroups, slices: [slices[0]!, output, targets, gradient, sums] }),
        );
      } finally {
        gpu.release(pooled);
      }
    },
  };
}

/**
 * The targets of a step on the GPU; released by the caller.
 * @throws InvalidArgumentError for targets of the wrong kind or number, or a class that does not exist; InvalidTensorError.
 */
export function targetStorage(
  gpu: GpuContext,
  action: string,
  loss: Loss,
  targets: unknown,
  { shape, layout }: LossInput,
): TensorStorage {
  if (loss === 'meanSquaredError') {
    return useTensor(gpu, action, 'targets', targets, { shape, layout, dtype: 'float32' }).retain();
  }
  const { rows: terms, classes } = rowValues({ shape, layout }) as { rows: number; classes: number };
  const isWords =
    ArrayBuffer.isView(targets) && /^Uint(8|16|32)Array$/.test((targets as Uint8Array)[Symbol.toStringTag]);
  if (!isWords && !Array.isArray(targets)) {
    throw new InvalidArgumentError(
      `${action}: targets must be numbers of classes, in an array or a Uint8Array, Uint16Array or Uint32Array, got ${describe(targets)}.`,
    );
  }
  const numbers = targets as ArrayLike<unknown>;
  if (numbers.length !== terms) {
    throw new InvalidArgumentError(
      `${action}: got ${numbers.length} targets, but the output ${formatShape(shape)} (${layout}) needs ${terms}, one for each ${terms === axisSize(shape, layout, 'n') ? 'image' : 'position of each image'}.`,
    );
  }
  for (let index = 0; index < terms; index++) {
    const number = numbers[index];
    if (Number.isInteger(number) && (number as number) >= 0 && (number as number) < classes) continue;
    throw new InvalidArgumentError(
      `${action}: target ${index} is ${describe(number)}, but must be the number of a class, 0 to ${classes - 1}.`,
    );
  }
  const data = Uint32Array.from(numbers as ArrayLike<number>);
  return new TensorStorage(gpu, gpu.upload('storage', data), data.byteLength);
}
