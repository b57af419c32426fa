// The gradient of a convolution's input as a problem of its own. The gradient of a convolution is the transposed convolution of the same filter,
// and the other way about (Dumoulin & Visin, chapter 4). Where padding holds values of the input, the problem's output is the padded input,
// of which each element is then added to the one that it is a copy of: the adjoint of padding.
import { type ConvAxis, dilatedSize } from './axis.js';
import { type ConvProblem, convInputShape } from './conv.js';
import type { FloatDType } from './dtype.js';
import { NO_EPILOGUE } from './epilogue.js';
import type { FilterLayout } from './layout.js';
import { type PaddingContent, ZERO_PADDING } from './padding.js';
import type { Shape } from './shape.js';

/** One axis of a padded input that is folded: element c of it is a copy of the input's at c − `before`, or of one that the padding mode finds. */
export interface FoldAxis {
  /** Size of the input. */
  readonly size: number;
  /** Size of the padded input: as much of it as windows meet. */
  readonly paddedSize: number;
  /** Elements before the input's first; negative: so many of the input's first are met by no window. */
  readonly before: number;
}

/** How the gradient of a padded input becomes that of the input. */
export interface PaddingFold {
  readonly mode: Exclude<PaddingContent['mode'], 'constant'>;
  readonly axes: readonly FoldAxis[];
}

/** The gradient of an input: a problem whose input is the gradient, and what is to be done with its output. */
export interface InputGradient {
  /** Its filter is the forward filter, as it lies. */
  readonly problem: ConvProblem;
  /** Undefined where the problem's output is the gradient of the input itself. */
  readonly fold: PaddingFold | undefined;
}

/** The same memory read with the letters o and i exchanged: 'oihw' is the 'iohw' of the adjoint. */
export function adjointFilterLayout(layout: FilterLayout): FilterLayout {
  const swapped: Readonly<Record<string, string>> = { o: 'i', i: 'o' };
  return [...layout].map((letter) => swapped[letter] ?? letter).join('') as FilterLayout;
}

/** What of the padded input windows meet, counted from the input's first element: from −before to its end. */
function foldAxis({ inputSize, filterSize, stride, dilation, padBegin, outputSize }: ConvAxis): FoldAxis {
  const met = (outputSize - 1) * stride + dilatedSize(filterSize, dilation);
  return { size: inputSize, paddedSize: met, before: padBegin };
}

function reachesOut({ size, paddedSize, before }: FoldAxis): boolean {
  return before > 0 || paddedSize - before > size;
}

/** An axis that is not folded. */
function plainAxis({ size }: FoldAxis): FoldAxis {
  return { size, paddedSize: size, before: 0 };
}

/** The axis of the adjoint whose output begins `before` elements before the forward input and has `size`. */
function adjointAxis(axis: ConvAxis, operator: ConvProblem['operator'], { paddedSize, before }: FoldAxis): ConvAxis {
  const { filterSize, stride, dilation, outputSize: inputSize } = axis;
  const padBegin = axis.padBegin - before;
  const extent = dilatedSize(filterSize, dilation);
  // as long as the sizes say; what no window meets is a gradient of 0
  const padEnd =
    operator === 'convTranspose'
      ? (inputSize - 1) * stride + extent - padBegin - paddedSize
      : (paddedSize - 1) * stride + extent - padBegin - inputSize;
  return Object.freeze({ inputSize, filterSize, stride, dilation, padBegin, padEnd, outputSize: paddedSize });
}

/**
 * The problem whose output is the gradient of a forward problem's input. The forward epilogue takes no part; a constant in the
 * padding neither, since its gradient is nobody's.
 * @param accumulate whether an existing gradient is added: by the problem as its residual, or where padding is folded by that.
 */
export function inputGradient(forward: ConvProblem, accumulate: boolean): InputGradient {
  const { operator: forwardOperator, axes, paddingContent, dtype } = forward;
  const operator = forwardOperator === 'conv' ? 'convTranspose' : 'conv';
  const { mode } = paddingContent;
  const reached = axes.map(foldAxis);
  const isFolded = forwardOperator === 'conv' && mode !== 'constant' && reached.some(reachesOut);
  const folds = reached.map((axis) => (isFolded && reachesOut(axis) ? axis : plainAxis(axis)));
  const epilogue = { ...NO_EPILOGUE, hasResidual: accumulate && !isFolded };
  // a padded gradient is rounded to halves once, after it is folded
  const problemType: FloatDType = isFolded ? 'float32' : dtype;
  const problem: ConvProblem = Object.freeze({
    ...forward,
    operator,
    inputChannels: forward.outputChannels,
    outputChannels: forward.inputChannels,
    axes: Object.freeze(axes.map((axis, index) => adjointAxis(axis, operator, folds[index]!))),
    filterLayout: adjointFilterLayout(forward.filterLayout),
    dtype: problemType,
    paddingContent: ZERO_PADDING,
    epilogue: Object.freeze(epilogue),
  });
  return { problem, fold: isFolded ? { mode, axes: folds } : undefined };
}

/** Shape of the gradient of a forward problem's input. */
export function inputGradientShape(forward: ConvProblem): Shape {
  return convInputShape(forward);
}
