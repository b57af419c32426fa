// Sums over positions in parts: the gradient of a filter has few values and long sums, so positions are divided until a device is busy. Each part
// leaves its sums in the workspace, and a last dispatch adds them in their order: results are the same bit for bit in every run. Their
// error bound is that of a direct sum: a value passes at most as many additions as its part has positions and as there are other parts, and each of
// those has at least one position.
import sumKernels from '../../../shaders/backward/filter/filter_gradient_sum_f32.wgsl?stored';
import type { FilterGradientProblem } from '../../problem/filter-gradient.js';
import { type ConvProblem, gathersOf, gemmSize } from '../../problem/index.js';
import type { PlanLimits } from '../algorithm.js';
import { storageOf } from '../storage.js';
import type { FilterGradientStep } from './algorithm.js';
import { operandValues } from './operand-values.js';

/**
 * Invocations that keep a device busy: on hardware some hundred on each of about a hundred cores, as large GPUs have; software has a thread
 * for each core of a processor, which takes a workgroup of 64 at a time. Not measured on hardware.
 */
const BUSY_INVOCATIONS = { software: 1024, hardware: 32768 };

/** Positions that a part has at least: what is written and read again is then little beside what is multiplied. */
export const LEAST_POSITIONS = 32;

/** Sizes of a filter's gradient as a matrix product, in each group. */
export interface FilterGradientSize {
  /** K/G */
  readonly filters: number;
  /** T·R·S·C/G: weights of a filter */
  readonly products: number;
  /** N·O·P·Q: products summed in a weight */
  readonly positions: number;
  /** ⌈K/G / 4⌉ */
  readonly filterQuads: number;
}

export function sizeOf(convolution: ConvProblem): FilterGradientSize {
  const { filters, positions, depth } = gemmSize(convolution, gathersOf(convolution)[0]!);
  return { filters, products: depth, positions, filterQuads: Math.ceil(filters / 4) };
}

/** Bytes of the sums of one part: (G, products, filterQuads) of vec4f. */
export function partBytes({ groups }: ConvProblem, { products, filterQuads }: FilterGradientSize): number {
  return 16 * groups * products * filterQuads;
}

/** How positions, or other steps of a sum, are divided. */
export interface Parts {
  readonly parts: number;
  /** Steps of a part; the last may have fewer. */
  readonly each: number;
}

/**
 * Divides `steps`. None of the parts is empty.
 * @param invocations of a part.
 * @param mostParts that the workspace holds, at least 1.
 */
export function divide(
  steps: number,
  invocations: number,
  mostParts: number,
  { device }: PlanLimits,
  leastSteps = LEAST_POSITIONS,
): Parts {
  const busy = BUSY_INVOCATIONS[device.isSoftware ? 'software' : 'hardware'];
  const parts = Math.max(1, Math.min(Math.ceil(busy / invocations), Math.floor(steps / leastSteps), mostParts));
  const each = Math.ceil(steps / parts);
  return { parts: Math.ceil(steps / each), each };
}

/** The dispatch that adds the parts and writes the result. */
export function sumStep(problem: FilterGradientProblem, parts: number, { device }: PlanLimits): FilterGradientStep {
  const { convolution, accumulates } = problem;
  const kernel = sumKernels[storageOf(convolution.dtype, device)];
  const size = sizeOf(convolution);
  const invocations = convolution.groups * size.products * size.filterQuads;
  return {
    kernel,
    overrides: { ACCUMULATES: accumulates ? 1 : 0 },
    values: operandValues(convolution, { invocations, parts, row_quads: size.filterQuads }),
    workgroups: Math.ceil(invocations / kernel.workgroupSize[0]),
    slices: ({ sums, earlier, output }) => [sums!, earlier ?? sums!, output],
    work: {
      invocations,
      loops: [parts],
      multiplyAdds: 0,
      bytes: (parts + 1 + (accumulates ? 1 : 0)) * partBytes(convolution, size),
    },
  };
}
