// col2im-gemm: a transposed convolution as one matrix product and a sum. Every input is multiplied with all weights that it meets, a pointwise
// convolution to K·T·R·S channels; then each output adds the products that belong to it. The adjoint of im2col-gemm, with which Y. Jia
// et al., Caffe: Convolutional Architecture for Fast Feature Embedding, arXiv:1408.5093, compute the gradient of an input. For few filters of many
// taps: the weights of all taps fill a tile where those of one would not, and no phase of a stride is a product of its own.
import col2imKernels from '../../shaders/col2im/col2im_f32.wgsl?stored';
import filterColumnsKernel from '../../shaders/filter/filter_columns_f32.wgsl';
import { WorkspaceLimitError } from '../errors.js';
import type { UniformValues } from '../gpu/kernel.js';
import {
  axisPitches,
  type ConvAxis,
  type ConvProblem,
  convInputShape,
  convName,
  convOutputShape,
  type Gather,
  greatestCommonDivisor,
  NO_EPILOGUE,
  storedBytes,
  volumeAxes,
} from '../problem/index.js';
import type { Algorithm, PlanLimits } from './algorithm.js';
import type { RunStepDesign } from './design.js';
import { activationValues, epilogueOverrides, epilogueSlices } from './epilogue.js';
import { designPacking } from './packed-filter.js';
import { PACKED_VARIANTS, pointwise } from './pointwise.js';
import { storageOf } from './storage.js';

/** Largest distance between the taps of an output: kernels multiply two such numbers in 32 bits. */
const MOST_TAP_STEP = 65535;

function tapStepOf({ stride, dilation }: ConvAxis): number {
  return stride / greatestCommonDivisor(stride, dilation);
}

/** The number whose product with `value` is 1 modulo `modulus`, to which it is prime; 0 modulo 1. */
function inverseModulo(value: number, modulus: number): number {
  let [a, b, x, y] = [value % modulus, modulus, 1, 0]; // Euclid's algorithm, extended
  while (b !== 0) [a, b, x, y] = [b, a % b, y, x - Math.floor(a / b) * y];
  return ((x % modulus) + modulus) % modulus;
}

/** Weights that an input of a group is multiplied with: K/G for each tap. */
function weightsOf({ outputChannels, groups, axes }: ConvProblem): number {
  return axes.reduce((product, { filterSize }) => product * filterSize, outputChannels / groups);
}

/** The product of some images: the columns of a band. */
function columnsProblem(problem: ConvProblem, images: number): ConvProblem {
  const unpadded = { filterSize: 1, stride: 1, dilation: 1, padBegin: 0, padEnd: 0 };
  return {
    ...problem,
    operator: 'conv',
    batch: images,
    outputChannels: problem.groups * weightsOf(problem),
    axes: problem.axes.map(({ inputSize }) => ({ ...unpadded, inputSize, outputSize: inputSize })),
    flipFilter: false,
    epilogue: NO_EPILOGUE,
  };
}

/** All taps of the filter as one gather, for packing. */
function allTaps({ axes, flipFilter }: ConvProblem): Gather {
  return volumeAxes(axes).map(({ inputSize, filterSize, dilation }) => ({
    ...{ inputSize, dilation, stride: 1, padBegin: 0, taps: filterSize },
    ...(flipFilter ? { firstTap: filterSize - 1, tapStep: -1 } : { firstTap: 0, tapStep: 1 }),
    ...{ outputs: inputSize, outputFirst: 0, outputStep: 1 },
  })) as unknown as Gather;
}

/** Bytes of the columns of so many images. */
function columnBytes(problem: ConvProblem, images: number): number {
  return storedBytes(convOutputShape(columnsProblem(problem, images)), 'float32');
}

function workspaceError({ operator, rank }: ConvProblem, what: string, bytes: number, allowed: number): Error {
  return new WorkspaceLimitError(
    `${convName(operator, rank)}: the columns of ${what} take ${bytes} bytes, but the workspace may hold ${allowed} (the smaller of workspaceLimitBytes and what the device binds). Raise workspaceLimitBytes.`,
    bytes,
  );
}

/** Images that a band holds: as many as the workspace takes. Throws WorkspaceLimitError if it takes none. */
function imagesEach(problem: ConvProblem, { workspaceLimitBytes, device }: PlanLimits): number {
  const bytes = columnBytes(problem, 1);
  const allowed = Math.min(workspaceLimitBytes, device.limits.maxBindingBytes);
  const images = Math.floor(allowed / bytes);
  if (images === 0) throw workspaceError(problem, 'one image', bytes, allowed);
  return Math.ceil(problem.batch / Math.ceil(problem.batch / images));
}

/** Parameters of a product that begins at another element of the input. */
function fromElement(values: UniformValues, element: number): UniformValues {
  return element === 0 ? values : { ...values, first_input: values.first_input! + element };
}

function axisValues(name: string, axis: ConvAxis): UniformValues {
  const divisor = greatestCommonDivisor(axis.stride, axis.dilation);
  return {
    [`${name}_inputs`]: axis.inputSize,
    [`${name}_outputs`]: axis.outputSize,
    [`${name}_taps`]: axis.filterSize,
    [`${name}_padding`]: axis.padBegin,
    [`${name}_stride`]: axis.stride,
    [`${name}_dilation`]: axis.dilation,
    [`${name}_divisor`]: divisor,
    [`${name}_inverse`]: inverseModulo(axis.dilation / divisor, axis.stride / divisor),
  };
}

/** Parameters of the sums of a band. */
function sumValues(problem: ConvProblem, columns: ConvProblem, firstImage: number): UniformValues {
  const { outputChannels, groups, inputLayout } = problem;
  const [depth, rows, across] = volumeAxes(problem.axes);
  const from = axisPitches(convOutputShape(columns), inputLayout);
  const to = axisPitches(convOutputShape(problem), inputLayout);
  const rowBlocks = across.stride * Math.ceil(across.outputSize / (4 * across.stride));
  return {
    invocations: columns.batch * outputChannels * depth.outputSize * rows.outputSize * rowBlocks,
    row_blocks: rowBlocks,
    filters: outputChannels,
    group_filters: outputChannels / groups,
    ...axisValues('depth', depth),
    ...axisValues('row', rows),
    ...axisValues('column', across),
    weight_pitch: from.c,
    image_pitch: from.n,
    depth_pitch: from.d,
    row_pitch: from.h,
    column_pitch: from.w,
    first_output: firstImage * to.n,
    output_image_pitch: to.n,
    output_filter_pitch: to.c,
    output_depth_pitch: to.d,
    output_row_pitch: to.h,
    output_column_pitch: to.w,
    ...activationValues(problem.epilogue.activation),
  };
}

/** The algorithm. Transposed convolutions, f32. */
export const col2imGemm: Algorithm = {
  name: 'col2im-gemm',
  variants: PACKED_VARIANTS,

  unsupported({ operator, dtype, axes }) {
    if (operator !== 'convTranspose')
      return 'it sums what inputs give to outputs, and the problem is no transposed convolution';
    if (dtype !== 'float32') return `values are stored in ${dtype}, and its columns must be in float32`;
    if (axes.some((axis) => tapStepOf(axis) > MOST_TAP_STEP)) return `a stride exceeds ${MOST_TAP_STEP}`;
    return undefined;
  },

  features: (variant) => pointwise.features!(variant),

  design(problem, variant, limits) {
    const kernel = col2imKernels[storageOf(problem.dtype, limits.device)];
    const images = imagesEach(problem, limits);
    const rowQuads = Math.ceil(weightsOf(problem) / 4);
    const quads = problem.inputChannels * rowQuads;
    const packing = designPacking(
      filterColumnsKernel,
      problem,
      [allTaps(problem)],
      () => ({ quads, rowQuads }),
      limits,
    );
    const meetings = problem.axes.reduce((product, axis) => product * (axis.filterSize / tapStepOf(axis)), 1);
    const imagePitch = axisPitches(convInputShape(problem), problem.inputLayout).n;
    const bands = Array.from({ length: Math.ceil(problem.batch / images) }, (_, band) => {
      const first = band * images;
      return { first, columns: columnsProblem(problem, Math.min(images, problem.batch - first)) };
    });
    const workspaceBytes = columnBytes(problem, images);
    return {
      workspaceBytes,
      packedFilterBytes: packing.bytes,
      bands: bands.length,
      pack: packing.steps,
      run: bands.flatMap(({ first, columns }): RunStepDesign[] => {
        const [multiply] = pointwise.design(columns, variant, limits).run as [RunStepDesign];
        if (bands.length > 1 && multiply.values.first_input === undefined) {
          // the kernel that gathers value by value takes a batch from its first image on
          throw workspaceError(problem, 'the batch', columnBytes(problem, problem.batch), workspaceBytes);
        }
        const values = sumValues(problem, columns, first);
        const invocations = values.invocations!;
        return [
          {
            ...multiply,
            values: fromElement(multiply.values, first * imagePitch),
            slices: (buffers) =>
              multiply.slices({ ...buffers, output: buffers.workspace!, terms: undefined, residual: undefined }),
          },
          {
            kernel,
            overrides: epilogueOverrides(problem.epilogue),
            values,
            workgroups: Math.ceil(invocations / kernel.workgroupSize[0]),
            slices: (buffers) => [buffers.workspace!, buffers.packedFilter, ...epilogueSlices(buffers)],
            work: {
              invocations,
              loops: [meetings],
              multiplyAdds: 0,
              bytes:
                columnBytes(problem, columns.batch) +
                storedBytes(convOutputShape(problem), problem.dtype) / bands.length,
            },
          },
        ];
      }),
    };
  },
};
