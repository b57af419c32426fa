// What a problem costs, whatever the algorithm: floating-point operations of the direct method, and compulsory bytes.
import { type Conv2dProblem, conv2dFilterShape, conv2dInputShape, conv2dOutputShape } from './conv2d.js';
import { elementCount } from './shape.js';

/** Sizes of the GEMM that a problem is equal to, in each group. */
export interface GemmSize {
  /** gemmM = K/G: filters */
  readonly filters: number;
  /** gemmN = N·P·Q: output positions */
  readonly positions: number;
  /** gemmK = (C/G)·R·S: products summed in each output */
  readonly depth: number;
}

/** The GEMM that each group of the problem is equal to. */
export function gemmSize(problem: Conv2dProblem): GemmSize {
  const [rows, columns] = problem.axes;
  return {
    filters: problem.outputChannels / problem.groups,
    positions: problem.batch * rows.outputSize * columns.outputSize,
    depth: (problem.inputChannels / problem.groups) * rows.filterSize * columns.filterSize,
  };
}

/** Floating-point operations of the direct method: one multiplication and one addition for each product. */
export function flopCount(problem: Conv2dProblem): number {
  const { filters, positions, depth } = gemmSize(problem);
  return 2 * problem.groups * filters * positions * depth;
}

/** Bytes of f32 that any algorithm must move at least: input and filter read once, output written once. */
export function compulsoryBytes(problem: Conv2dProblem): number {
  const shapes = [conv2dInputShape(problem), conv2dFilterShape(problem), conv2dOutputShape(problem)];
  return shapes.reduce((sum, shape) => sum + 4 * elementCount(shape), 0);
}
