// The gradient of a filter: dW[k, c, t, r, s] = Σ over images and output positions of dy[n, k, o, p, q] · x[n, c, o·stride + t·dilation − pad, …].
// That of a transposed convolution is that of the convolution whose adjoint it is, with operands in each other's place: the gradient, which is
// the larger, lies under the taps, and the filter's axes o and i change names. So one problem serves both operators. (V. Dumoulin,
// F. Visin, A guide to convolution arithmetic for deep learning, arXiv:1603.07285, chapter 4.)
import { NO_ACTIVATION } from './activation.js';
import { type ConvOperator, type ConvProblem, convFilterShape, describeConv } from './conv.js';
import type { FloatDType } from './dtype.js';
import type { Epilogue } from './epilogue.js';
import type { FilterLayout } from './layout.js';
import { type Gather, gathersOf } from './lowering.js';
import type { Shape } from './shape.js';

const NO_EPILOGUE: Epilogue = Object.freeze({
  hasBias: false,
  hasScale: false,
  hasShift: false,
  hasSlope: false,
  hasResidual: false,
  activation: NO_ACTIVATION,
});

/** A gradient of a filter to compute: pure data. */
export interface FilterGradientProblem {
  /** Of the forward problem. If transposed, input and gradient have changed places in `convolution`. */
  readonly operator: ConvOperator;
  /**
   * The ordinary convolution whose filter's gradient this is. Its input lies under the taps, its output's gradient has a value for each
   * position; its filter's shape and layout in memory are those of the forward filter.
   */
  readonly convolution: ConvProblem;
  /** Whether an existing gradient is added. */
  readonly accumulates: boolean;
}

/** The layout with the axes o and i exchanged: the same memory, seen from the adjoint. */
export function exchangedFilterLayout(layout: FilterLayout): FilterLayout {
  const letters: Readonly<Record<string, string>> = { o: 'i', i: 'o' };
  return [...layout].map((letter) => letters[letter] ?? letter).join('') as FilterLayout;
}

/** The gradient of the filter of a forward problem, whose epilogue does not take part. */
export function filterGradientProblem(forward: ConvProblem, accumulates = false): FilterGradientProblem {
  const { operator, inputChannels, outputChannels, axes, filterLayout } = forward;
  const common = { ...forward, epilogue: NO_EPILOGUE, filterDtype: forward.dtype, filterIsSeparable: false };
  const convolution: ConvProblem =
    operator === 'conv'
      ? common
      : {
          ...common,
          operator: 'conv',
          inputChannels: outputChannels,
          outputChannels: inputChannels,
          axes: Object.freeze(
            axes.map((axis) => Object.freeze({ ...axis, inputSize: axis.outputSize, outputSize: axis.inputSize })),
          ),
          filterLayout: exchangedFilterLayout(filterLayout),
        };
  return Object.freeze({ operator, convolution: Object.freeze(convolution), accumulates });
}

/** Stored type of both operands, and of the result. */
export function filterGradientDtype({ convolution }: FilterGradientProblem): FloatDType {
  return convolution.dtype;
}

/** Shape of the result, in the layout of the forward filter. */
export function filterGradientShape({ convolution }: FilterGradientProblem): Shape {
  return convFilterShape(convolution);
}

/** Where the taps of the convolution meet its input: one gather, since it is an ordinary one. */
export function filterGradientGather({ convolution }: FilterGradientProblem): Gather {
  return gathersOf(convolution)[0]!;
}

/** One line that tells the problem. */
export function describeFilterGradient({ operator, convolution }: FilterGradientProblem): string {
  return `the gradient of the filter of ${operator === 'conv' ? '' : 'the adjoint of '}${describeConv(convolution)}`;
}
