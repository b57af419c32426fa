// The CPU reference of conv2d, written to be read: seven plain loops, float64 accumulation. It shares the geometry of
// src/problem with the GPU side, and no arithmetic.
import { InvalidArgumentError } from '../errors.js';
import {
  assertOptionsObject,
  axisPitches,
  CONV2D_GEOMETRY_OPTIONS,
  type Conv2dGeometryOptions,
  type Conv2dProblem,
  type ConvAxis,
  conv2dFilterShape,
  conv2dInputShape,
  conv2dOutputShape,
  conv2dProblem,
  describe,
  elementCount,
  formatShape,
  rejectUnknownOptions,
  type Shape,
} from '../problem/index.js';
import { activate } from './activation.js';

/** A tensor on the CPU: values in row-major order, and their shape. */
export interface ReferenceTensor {
  readonly data: ArrayLike<number>;
  readonly shape: Shape;
}

/** Result of the reference, in float64. */
export interface ReferenceResult {
  readonly data: Float64Array;
  readonly shape: Shape;
}

/** Options of the reference: what is computed, and the bias (K values). */
export interface ReferenceConv2dOptions extends Conv2dGeometryOptions {
  readonly bias?: ArrayLike<number>;
}

/**
 * Convolves on the CPU. Input (N, C, H, W) or (N, H, W, C), filter (K, C/G, R, S) or (R, S, C/G, K), as the layouts say;
 * output (N, K, P, Q) or (N, P, Q, K). "Convolution" is cross-correlation, as in every deep-learning system, unless `flipFilter` asks for the
 * mathematician's:
 *
 *     y[n, k, p, q] = b[k] + Σ over c, r, s of x[n, c, p·stride + r·dilation − pad, q·stride + s·dilation − pad] · w[k, c, r, s]
 *
 * @throws InvalidArgumentError as the engine's conv2d, and when data and shape do not agree.
 */
export function conv2d(
  input: ReferenceTensor,
  filter: ReferenceTensor,
  options: ReferenceConv2dOptions = {},
): ReferenceResult {
  const problem = referenceProblem(input, filter, options);
  return { data: conv2dOfProblem(problem, input.data, filter.data, options.bias), shape: conv2dOutputShape(problem) };
}

/** Checks operands of the reference and normalises their problem. */
export function referenceProblem(
  input: ReferenceTensor,
  filter: ReferenceTensor,
  options: ReferenceConv2dOptions,
): Conv2dProblem {
  for (const [name, operand] of Object.entries({ input, filter })) {
    if (typeof operand?.data?.length !== 'number') {
      throw new InvalidArgumentError(
        `reference conv2d: ${name} must be { data, shape } with an array of values, got ${describe(operand)}.`,
      );
    }
  }
  assertOptionsObject('reference conv2d', options);
  rejectUnknownOptions('reference conv2d', options, [...CONV2D_GEOMETRY_OPTIONS, 'bias']);
  const { bias, ...geometry } = options;
  if (bias !== undefined && typeof bias?.length !== 'number') {
    throw new InvalidArgumentError(`reference conv2d: bias must be an array of values, got ${describe(bias)}.`);
  }
  const problem = conv2dProblem(
    {
      ...geometry,
      inputShape: input.shape,
      filterShape: filter.shape,
      ...(bias === undefined ? {} : { biasShape: [bias.length] }),
    },
    'reference conv2d',
  );
  for (const [name, { data, shape }] of Object.entries({ input, filter })) {
    if (data.length !== elementCount(shape)) {
      throw new InvalidArgumentError(
        `reference conv2d: ${name} has ${data.length} values, but shape ${formatShape(shape)} needs ${elementCount(shape)}.`,
      );
    }
  }
  return problem;
}

/** The loops. `bias` may be given only where the problem has one. Returns the outputs in the problem's input layout. */
export function conv2dOfProblem(
  problem: Conv2dProblem,
  x: ArrayLike<number>,
  w: ArrayLike<number>,
  bias?: ArrayLike<number>,
): Float64Array {
  const { batch: N, outputChannels: K, groups, epilogue } = problem;
  const C = problem.inputChannels / groups; // input channels of a group
  const [rows, columns] = problem.axes;
  const { outputSize: P } = rows;
  const { outputSize: Q } = columns;
  // elements from one index to the next along each axis: this is all that a layout is
  const inputPitch = axisPitches(conv2dInputShape(problem), problem.inputLayout);
  const filterPitch = axisPitches(conv2dFilterShape(problem), problem.filterLayout);
  const outputPitch = axisPitches(conv2dOutputShape(problem), problem.inputLayout);
  const [xn, xc, xh, xw] = [inputPitch.n!, inputPitch.c!, inputPitch.h!, inputPitch.w!];
  const [wo, wi, wh, ww] = [filterPitch.o!, filterPitch.i!, filterPitch.h!, filterPitch.w!];
  const [yn, yc, yh, yw] = [outputPitch.n!, outputPitch.c!, outputPitch.h!, outputPitch.w!];
  const columnStep = columns.dilation * xw; // from a tap to its right neighbour
  // a flipped filter is read from its last weight backwards
  const [firstWeight, rowStep, weightStep] = problem.flipFilter
    ? [(rows.filterSize - 1) * wh + (columns.filterSize - 1) * ww, -wh, -ww]
    : [0, wh, ww];

  const y = new Float64Array(elementCount(conv2dOutputShape(problem)));
  for (let n = 0; n < N; n++) {
    for (let k = 0; k < K; k++) {
      const firstChannel = Math.floor(k / (K / groups)) * C; // of the group that filter k belongs to
      for (let p = 0; p < P; p++) {
        const top = p * rows.stride - rows.padBegin; // input row of the first tap; may lie in the padding
        const [firstRow, endRow] = tapsInside(top, rows);
        for (let q = 0; q < Q; q++) {
          const left = q * columns.stride - columns.padBegin;
          const [firstColumn, endColumn] = tapsInside(left, columns);
          let sum = bias?.[k] ?? 0;
          for (let c = 0; c < C; c++) {
            for (let r = firstRow; r < endRow; r++) {
              const inputRow = n * xn + (firstChannel + c) * xc + (top + r * rows.dilation) * xh + left * xw;
              const filterRow = firstWeight + k * wo + c * wi + r * rowStep;
              for (let s = firstColumn; s < endColumn; s++) {
                sum += x[inputRow + s * columnStep]! * w[filterRow + s * weightStep]!;
              }
            }
          }
          y[n * yn + k * yc + p * yh + q * yw] = activate(epilogue.activation, sum);
        }
      }
    }
  }
  return y;
}

/** The taps of a filter whose first lies at `origin` that meet the input and not its padding: from the first to before the end. */
function tapsInside(origin: number, { inputSize, filterSize, dilation }: ConvAxis): [first: number, end: number] {
  const first = Math.max(0, Math.ceil(-origin / dilation));
  const end = Math.min(filterSize, Math.ceil((inputSize - origin) / dilation));
  return [first, end];
}
