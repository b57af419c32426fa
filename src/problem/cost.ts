// What a problem costs, whatever the algorithm: floating-point operations of the direct method, and compulsory bytes.
import { type ConvProblem, convFilterShape, convInputShape, convOutputShape } from './conv.js';
import { dtypeBytes } from './dtype.js';
import { type Gather, greatestCommonDivisor } from './lowering.js';
import { elementCount } from './shape.js';

/** Sizes of the GEMM that a gather is equal to, in each group. */
export interface GemmSize {
  /** gemmM = K/G: filters */
  readonly filters: number;
  /** gemmN = N·O·P·Q: output positions */
  readonly positions: number;
  /** gemmK = (C/G)·T·R·S: products summed in each output */
  readonly depth: number;
}

/** The GEMM that each group of a gather is equal to. */
export function gemmSize(problem: ConvProblem, gather: Gather): GemmSize {
  return {
    filters: problem.outputChannels / problem.groups,
    positions: problem.batch * gather.reduce((product, { outputs }) => product * outputs, 1),
    depth: (problem.inputChannels / problem.groups) * gather.reduce((product, { taps }) => product * taps, 1),
  };
}

/** Most products that are summed in an output: (C/G)·T·R·S, if transposed only every (s / gcd(s, d))-th tap of an axis. */
export function longestSum({ operator, inputChannels, groups, axes }: ConvProblem): number {
  const taps = axes.map(({ filterSize, stride, dilation }) =>
    operator === 'conv' ? filterSize : Math.ceil(filterSize / (stride / greatestCommonDivisor(stride, dilation))),
  );
  return (inputChannels / groups) * taps.reduce((product, count) => product * count, 1);
}

/**
 * Floating-point operations of the direct method: one multiplication and one addition for each product. Padding counts, as
 * everywhere; of a transposed convolution every input meets every tap once.
 */
export function flopCount(problem: ConvProblem): number {
  const { operator, batch, inputChannels, outputChannels, groups, axes } = problem;
  const places = operator === 'conv' ? 'outputSize' : 'inputSize';
  const each = axes.reduce((product, axis) => product * axis[places] * axis.filterSize, 1);
  return 2 * batch * each * (inputChannels / groups) * outputChannels;
}

/** Bytes that any algorithm must move at least: input and filter read once, output written once. */
export function compulsoryBytes(problem: ConvProblem): number {
  const { dtype, filterDtype } = problem;
  const values = elementCount(convInputShape(problem)) + elementCount(convOutputShape(problem));
  return dtypeBytes(dtype) * values + dtypeBytes(filterDtype) * elementCount(convFilterShape(problem));
}
