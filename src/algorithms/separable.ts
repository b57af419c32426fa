// separable: a filter whose planes are products of a column and a row is applied along rows first and along columns then, R + S products
// an output instead of R·S. Each pass is a problem of its own, planned by an algorithm for single channels; between them lies an
// image of f32 in the workspace. That a filter is of this kind is a fact about its values (src/problem/separable.ts).
//
// Error. A product goes through S roundings in the first pass and R in the second; u[r]·v[s] is off from the weight by
// MOST_FACTOR_ERROR + 5 roundings, 5 of them for the quotient (WGSL 15.7.4.1: 2.5 ULP); one more for the bias. Componentwise, so
//     |ŷ − y| ≤ (R + S + 14) · u · (|w| ∗ |x| + |b|),
// and no more than a direct sum's from 5×5 taps on.
import factorsKernel from '../../shaders/separable/separable_factors_f32.wgsl';
import { WorkspaceLimitError } from '../errors.js';
import type { BufferSlice } from '../gpu/command-stream.js';
import {
  axisPitches,
  type ConvAxis,
  type ConvProblem,
  convFilterShape,
  convName,
  convOutputShape,
  elementCount,
  longestSum,
  MOST_FACTOR_ERROR,
  NO_EPILOGUE,
} from '../problem/index.js';
import type { Algorithm, PlanLimits, RunBuffers } from './algorithm.js';
import { depthwise } from './depthwise.js';
import type { Design, RunStepDesign, StepDesign } from './design.js';
import { direct } from './direct.js';
import { weightOverrides } from './packed-filter.js';
import type { PackBuffers } from './recorded-plan.js';

/** Storage bindings start at multiples of this on every device. */
const ALIGNMENT_BYTES = 256;

/** Roundings of the longest way through both passes. */
export function separableRoundings({ axes }: ConvProblem): number {
  return axes.reduce((sum, { filterSize }) => sum + filterSize, 0) + MOST_FACTOR_ERROR + 5 + 1;
}

/** The axis as it is while the other one is convolved. */
function untouched(size: number): ConvAxis {
  return { inputSize: size, filterSize: 1, stride: 1, dilation: 1, padBegin: 0, padEnd: 0, outputSize: size };
}

/** The problems of both passes: each row with the factors v, then columns with the factors u and the epilogue. */
export function separablePasses(problem: ConvProblem): readonly [along: ConvProblem, across: ConvProblem] {
  const [rows, columns] = problem.axes as readonly [ConvAxis, ConvAxis];
  const both = { ...problem, filterLayout: 'oihw', filterDtype: 'float32', filterIsSeparable: false } as const;
  const filters = problem.outputChannels;
  return [
    { ...both, axes: [untouched(rows.inputSize), columns], epilogue: NO_EPILOGUE },
    { ...both, axes: [rows, untouched(columns.outputSize)], inputChannels: filters, groups: filters },
  ];
}

/** The algorithm for a pass: the first that supports it. */
function algorithmOf(pass: ConvProblem): Algorithm | undefined {
  return [depthwise, direct].find((algorithm) => algorithm.unsupported(pass) === undefined);
}

function designPass(pass: ConvProblem, limits: PlanLimits): Design {
  const algorithm = algorithmOf(pass)!;
  const variant = algorithm.variants.find((each) => algorithm.unsupported(pass, each) === undefined)!;
  return algorithm.design(pass, variant, limits);
}

/** Bytes of the image between the passes. @throws WorkspaceLimitError if there is no room for it. */
function imageBytes(along: ConvProblem, { workspaceLimitBytes, device }: PlanLimits): number {
  const bytes = 4 * Math.max(1, elementCount(convOutputShape(along)));
  const most = Math.min(workspaceLimitBytes, device.limits.maxBindingBytes);
  if (bytes <= most) return bytes;
  throw new WorkspaceLimitError(
    `${convName(along.operator, along.rank)}: the image between the passes along rows and columns takes ${bytes} bytes, but the workspace may hold ${most} (the smaller of workspaceLimitBytes and what the device binds). Raise workspaceLimitBytes, or split the batch.`,
    bytes,
  );
}

const aligned = (bytes: number) => ALIGNMENT_BYTES * Math.ceil(bytes / ALIGNMENT_BYTES);

/** A stretch of a slice. */
function part({ buffer, offsetBytes }: BufferSlice, firstByte: number, sizeBytes: number): BufferSlice {
  return { buffer, offsetBytes: offsetBytes + firstByte, sizeBytes };
}

/** The dispatch that writes the factors of a filter, those of rows first, to the scratch of the packing, and where they lie. */
function designFactors(problem: ConvProblem) {
  const [rows, columns] = problem.axes as readonly [ConvAxis, ConvAxis];
  const filters = problem.outputChannels;
  const pitches = axisPitches(convFilterShape(problem), problem.filterLayout);
  const [alongBytes, acrossBytes] = [4 * filters * columns.filterSize, 4 * filters * rows.filterSize];
  const firstAcross = aligned(alongBytes);
  const step: StepDesign<PackBuffers> = {
    kernel: factorsKernel,
    overrides: weightOverrides(problem),
    values: {
      filters,
      rows: rows.filterSize,
      columns: columns.filterSize,
      filter_pitch: pitches.o,
      row_pitch: pitches.h,
      column_pitch: pitches.w,
      first_column: firstAcross / 4,
    },
    workgroups: Math.ceil(filters / factorsKernel.workgroupSize[0]),
    slices: ({ filter, scratch }) => [scratch!, filter],
  };
  return {
    step,
    sizeBytes: firstAcross + acrossBytes,
    along: (scratch: BufferSlice) => part(scratch, 0, alongBytes),
    across: (scratch: BufferSlice) => part(scratch, firstAcross, acrossBytes),
  };
}

/** The packing of a pass, of its own filter to its own place. */
function packPass(
  { pack }: Design,
  filterOf: (scratch: BufferSlice) => BufferSlice,
  placeOf: (packed: BufferSlice) => BufferSlice,
): StepDesign<PackBuffers>[] {
  return pack.map((step) => ({
    ...step,
    slices: ({ packedFilter, scratch }) =>
      step.slices({ filter: filterOf(scratch!), packedFilter: placeOf(packedFilter) }),
  }));
}

/** The run of a pass on its own buffers. */
function runPass({ run }: Design, own: (all: RunBuffers) => RunBuffers): RunStepDesign[] {
  return run.map((step) => ({ ...step, slices: (buffers) => step.slices(own(buffers)) }));
}

/** The algorithm. One input channel a group, in planes, with a filter known to be separable. */
export const separable: Algorithm = {
  name: 'separable',
  variants: ['rows-columns'],

  unsupported(problem) {
    const { rank, operator, inputChannels, groups, dtype, paddingContent } = problem;
    if (rank !== 2) return `it takes planes, and the problem has rank ${rank}`;
    if (operator !== 'conv') return 'its passes are convolutions, and the problem is a transposed one';
    const channels = inputChannels / groups;
    if (channels !== 1) return `a filter sums ${channels} channels, and its passes take one`;
    if (!problem.filterIsSeparable) return 'the filter is not known to be a product of a column and a row';
    if (dtype !== 'float32') return `values are stored in ${dtype}, and between its passes they must be in float32`;
    if (paddingContent.mode === 'constant' && paddingContent.value !== 0) {
      return `the padding is ${paddingContent.value}, which the first pass would change`;
    }
    const pass = separablePasses(problem).find((each) => algorithmOf(each) === undefined);
    return pass && direct.unsupported(pass);
  },

  errorGrowth(problem) {
    return separableRoundings(problem) / (longestSum(problem) + 2);
  },

  design(problem, _variant, limits) {
    const [along, across] = separablePasses(problem);
    const workspaceBytes = imageBytes(along, limits);
    const [first, second, factors] = [designPass(along, limits), designPass(across, limits), designFactors(problem)];
    const secondFilter = aligned(first.packedFilterBytes);
    const filterOf = {
      first: (packed: BufferSlice) => part(packed, 0, first.packedFilterBytes),
      second: (packed: BufferSlice) => part(packed, secondFilter, second.packedFilterBytes),
    };
    return {
      workspaceBytes,
      packedFilterBytes: secondFilter + second.packedFilterBytes,
      scratchBytes: factors.sizeBytes,
      bands: 1,
      pack: [
        factors.step,
        ...packPass(first, factors.along, filterOf.first),
        ...packPass(second, factors.across, filterOf.second),
      ],
      run: [
        ...runPass(first, ({ input, packedFilter, workspace }) => ({
          input,
          packedFilter: filterOf.first(packedFilter),
          output: workspace!,
          terms: undefined,
          residual: undefined,
          workspace: undefined,
        })),
        ...runPass(second, (buffers) => ({
          ...buffers,
          input: buffers.workspace!,
          packedFilter: filterOf.second(buffers.packedFilter),
          workspace: undefined,
        })),
      ],
    };
  },
};
