// The sums of a convolution's gradients, in float64, straight from the forward operator's index equation. Whatever its options, a forward
// operator is a list of products: output y sums x · w for each of them. So the gradient of an input sums dy · w over the same list,
// and that of a weight dy · x. Nothing is turned round, divided into phases or folded here, as the GPU side does.
import {
  axisPitches,
  type ConvAxis,
  type ConvProblem,
  convFilterShape,
  convInputShape,
  convOutputShape,
  elementCount,
  sourceIndex,
  volumeAxes,
} from '../problem/index.js';
import { filterWalk } from './taps.js';

/** Along an axis: an output, a tap, and the input that the tap joins to the output; −1: the constant in the padding. */
interface Meeting {
  readonly input: number;
  readonly output: number;
  readonly tap: number;
}

/** A convolution asks of every output what its taps meet, a transposed one of every input where its taps lead. */
function meetings({ operator, paddingContent }: ConvProblem, axis: ConvAxis): Meeting[] {
  const { inputSize, filterSize, stride, dilation, padBegin, outputSize } = axis;
  const isTransposed = operator === 'convTranspose';
  const found: Meeting[] = [];
  for (let from = 0; from < (isTransposed ? inputSize : outputSize); from++) {
    for (let tap = 0; tap < filterSize; tap++) {
      const to = from * stride + tap * dilation - padBegin;
      if (!isTransposed) found.push({ input: sourceIndex(to, inputSize, paddingContent.mode), output: from, tap });
      else if (to >= 0 && to < outputSize) found.push({ input: from, output: to, tap });
    }
  }
  return found;
}

/**
 * Calls `visit` for every product of the forward operator, with the flat indices of output, weight and input in their layouts;
 * the input is −1 where it is the constant in the padding.
 */
function forEachProduct(problem: ConvProblem, visit: (output: number, weight: number, input: number) => void): void {
  const { operator, batch: N, groups, inputChannels, outputChannels } = problem;
  const C = inputChannels / groups; // input channels of a group
  const K = outputChannels / groups; // output channels of a group
  const [depths, heights, widths] = volumeAxes(problem.axes).map((axis) => meetings(problem, axis)) as [
    Meeting[],
    Meeting[],
    Meeting[],
  ];
  const xp = axisPitches(convInputShape(problem), problem.inputLayout);
  const yp = axisPitches(convOutputShape(problem), problem.inputLayout);
  const walk = filterWalk(problem);
  for (let n = 0; n < N; n++) {
    for (let k = 0; k < outputChannels; k++) {
      const firstChannel = Math.floor(k / K) * C; // of the group that output channel k belongs to
      for (let c = 0; c < C; c++) {
        // a convolution's filters are numbered over all groups; of a transposed one the input channels are
        const [o, i] = operator === 'conv' ? [k, c] : [k % K, firstChannel + c];
        const firstWeight = walk.first + o * walk.o + i * walk.i;
        const firstOutput = n * yp.n + k * yp.c;
        const firstInput = n * xp.n + (firstChannel + c) * xp.c;
        for (const d of depths) {
          for (const h of heights) {
            const weightRow = firstWeight + d.tap * walk.depth + h.tap * walk.row;
            const outputRow = firstOutput + d.output * yp.d + h.output * yp.h;
            const inputRow = firstInput + d.input * xp.d + h.input * xp.h;
            const isRowInside = d.input >= 0 && h.input >= 0;
            for (const v of widths) {
              const isInside = isRowInside && v.input >= 0;
              visit(
                outputRow + v.output * yp.w,
                weightRow + v.tap * walk.column,
                isInside ? inputRow + v.input * xp.w : -1,
              );
            }
          }
        }
      }
    }
  }
}

/** The gradient of the input, in its layout: dx[i] = Σ dy · w over all products of input i. A constant in the padding has none. */
export function inputGradientSums(problem: ConvProblem, dy: ArrayLike<number>, w: ArrayLike<number>): Float64Array {
  const dx = new Float64Array(elementCount(convInputShape(problem)));
  forEachProduct(problem, (output, weight, input) => {
    if (input >= 0) dx[input]! += dy[output]! * w[weight]!;
  });
  return dx;
}

/**
 * The gradient of the filter, in its layout: dw[j] = Σ dy · x over all products of weight j, those with what lies in the padding included.
 * @param constant what lies in the padding of a problem that pads with a constant.
 */
export function filterGradientSums(
  problem: ConvProblem,
  x: ArrayLike<number>,
  dy: ArrayLike<number>,
  constant = problem.paddingContent.value,
): Float64Array {
  const dw = new Float64Array(elementCount(convFilterShape(problem)));
  forEachProduct(problem, (output, weight, input) => {
    dw[weight]! += dy[output]! * (input < 0 ? constant : x[input]!);
  });
  return dw;
}

/** How many products each value of a gradient sums; those with zeros in the padding do not count. */
export function productCounts(problem: ConvProblem, of: 'input' | 'filter'): Float64Array {
  const counts = new Float64Array(elementCount(of === 'input' ? convInputShape(problem) : convFilterShape(problem)));
  const isPaddingCounted = of === 'filter' && problem.paddingContent.value !== 0;
  forEachProduct(problem, (_, weight, input) => {
    if (input >= 0 || isPaddingCounted) counts[of === 'input' ? input : weight]!++;
  });
  return counts;
}
