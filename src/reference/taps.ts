// Which taps meet what: shared by the loops of the reference.
import {
  axisPitches,
  type ConvAxis,
  type ConvProblem,
  convFilterShape,
  type PaddingContent,
  sourceIndex,
  volumeAxes,
} from '../problem/index.js';

/** The taps of a filter whose first lies at `origin` that meet one of `size` elements: from the first to before the end. */
export function tapsInside(
  origin: number,
  size: number,
  { filterSize, dilation }: ConvAxis,
): [first: number, end: number] {
  const first = Math.max(0, Math.ceil(-origin / dilation));
  const end = Math.min(filterSize, Math.ceil((size - origin) / dilation));
  return [first, end];
}

/** What every tap of every output meets along an axis: [output · taps + tap] is the input's index, or −1 outside it. */
export function sourceTable(axis: ConvAxis, mode: PaddingContent['mode']): Int32Array {
  const { inputSize, filterSize, stride, dilation, padBegin, outputSize } = axis;
  const table = new Int32Array(outputSize * filterSize);
  for (let output = 0; output < outputSize; output++) {
    for (let tap = 0; tap < filterSize; tap++) {
      const coordinate = output * stride + tap * dilation - padBegin;
      table[output * filterSize + tap] = sourceIndex(coordinate, inputSize, mode);
    }
  }
  return table;
}

/** Where the weights lie: weight (o, i, t, r, s) at first + o·o + i·i + t·depth + r·row + s·column. */
export interface FilterWalk {
  readonly first: number;
  readonly o: number;
  readonly i: number;
  readonly depth: number;
  readonly row: number;
  readonly column: number;
}

/** The walk through a filter; a flipped one is read from its last weight backwards. */
export function filterWalk(problem: ConvProblem): FilterWalk {
  const { o, i, d, h, w } = axisPitches(convFilterShape(problem), problem.filterLayout);
  if (!problem.flipFilter) return { first: 0, o, i, depth: d, row: h, column: w };
  const [depth, rows, columns] = volumeAxes(problem.axes);
  const first = (depth.filterSize - 1) * d + (rows.filterSize - 1) * h + (columns.filterSize - 1) * w;
  return { first, o, i, depth: -d, row: -h, column: -w };
}
