// What a problem comes down to: gathers with a stride along three axes. A convolution is one of them. A transposed
// convolution of stride s is one for each of the s phases of an output coordinate: the outputs of a phase meet the same taps,
// every (s / gcd(s, d))-th of the filter, at neighbouring inputs; so each phase is a convolution of stride 1 with fewer taps,
// and the zeros that textbooks put between the strides are never multiplied. (Dumoulin & Visin, chapter 4; sub-pixel form:
// W. Shi et al., Is the deconvolution layer the same as a convolutional layer?, arXiv:1609.07009.)
import { type ConvAxis, volumeAxes } from './axis.js';
import type { ConvProblem } from './conv.js';

/**
 * One axis of a gather. Output number j lies at `outputFirst + j · outputStep`; tap number m is weighed with the filter's
 * `firstTap + m · tapStep`, and meets the input at `j · stride + m · dilation − padBegin`.
 */
export interface GatherAxis {
  readonly inputSize: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padBegin: number;
  /** Number of taps; 0 where the outputs meet none. */
  readonly taps: number;
  readonly firstTap: number;
  readonly tapStep: number;
  /** Number of outputs. */
  readonly outputs: number;
  readonly outputFirst: number;
  readonly outputStep: number;
}

/** A gather along depth, rows and columns. */
export type Gather = readonly [depth: GatherAxis, rows: GatherAxis, columns: GatherAxis];

/** Greatest common divisor of two positive integers. */
export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function flipped(axis: GatherAxis, filterSize: number): GatherAxis {
  return { ...axis, firstTap: filterSize - 1 - axis.firstTap, tapStep: -axis.tapStep };
}

function convolutionAxis({ inputSize, filterSize, stride, dilation, padBegin, outputSize }: ConvAxis): GatherAxis {
  return {
    inputSize,
    stride,
    dilation,
    padBegin,
    taps: filterSize,
    firstTap: 0,
    tapStep: 1,
    outputs: outputSize,
    outputFirst: 0,
    outputStep: 1,
  };
}

/** The phases of an axis of a transposed convolution: one for each output coordinate modulo the stride. */
function transposedPhases(axis: ConvAxis): GatherAxis[] {
  const { inputSize, filterSize, stride, dilation, padBegin, outputSize } = axis;
  const divisor = greatestCommonDivisor(stride, dilation);
  const tapStep = stride / divisor;
  const inputStep = dilation / divisor;
  return Array.from({ length: Math.min(stride, outputSize) }, (_, phase): GatherAxis => {
    const outputs = Math.ceil((outputSize - phase) / stride);
    const place = { inputSize, stride: 1, outputs, outputFirst: phase, outputStep: stride };
    // output p meets input i at tap r where p + padBegin = i · stride + r · dilation
    const first = Array.from({ length: Math.min(tapStep, filterSize) }, (_, r) => r).find(
      (r) => (phase + padBegin - r * dilation) % stride === 0,
    );
    if (first === undefined) return { ...place, dilation: 1, padBegin: 0, taps: 0, firstTap: 0, tapStep: 1 };
    const taps = Math.floor((filterSize - 1 - first) / tapStep) + 1;
    const input = (phase + padBegin - first * dilation) / stride; // that output `phase` meets at tap `first`
    // as r grows i falls: counted from the last tap backwards, inputs grow
    return {
      ...place,
      dilation: inputStep,
      padBegin: (taps - 1) * inputStep - input,
      taps,
      firstTap: first + (taps - 1) * tapStep,
      tapStep: -tapStep,
    };
  });
}

/** The gathers that together compute every output of a problem once. */
export function gathersOf({ operator, axes, flipFilter }: ConvProblem): readonly Gather[] {
  const [depth, rows, columns] = volumeAxes(axes).map((axis) => {
    const phases = operator === 'conv' ? [convolutionAxis(axis)] : transposedPhases(axis);
    return flipFilter ? phases.map((phase) => flipped(phase, axis.filterSize)) : phases;
  }) as [GatherAxis[], GatherAxis[], GatherAxis[]];
  return depth.flatMap((d) => rows.flatMap((r) => columns.map((c): Gather => [d, r, c])));
}

/** Number of gathers that a problem comes down to, without making them. */
export function gatherCount({ operator, axes }: ConvProblem): number {
  if (operator === 'conv') return 1;
  return axes.reduce((product, { stride, outputSize }) => product * Math.min(stride, outputSize), 1);
}
