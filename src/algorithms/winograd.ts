// winograd: convolution with 3×3 filters as products of transformed tiles, with 2.25 (tiles of 2×2 outputs) or 4 times (4×4) fewer
// multiplications; with filters of 3 taps along one axis 1.5 or 2 times fewer (A. Lavin, S. Gray, Fast Algorithms for Convolutional Neural Networks, arXiv:1509.09308). The filter is transformed
// when it is packed; a run transforms the input, multiplies (m+2)² matrices for each group in one dispatch, and transforms
// back. Both sides of the product lie in the workspace: where they exceed it, tiles are computed in bands.
// Rounding errors are larger than those of direct sums, by the growth derived in winograd-errors.ts; and an infinity or NaN
// in the input makes all outputs of the tiles that see it NaN.
import filterKernel2x2 from '../../shaders/winograd/winograd_filter_f32_2x2.wgsl';
import filterKernel4x4 from '../../shaders/winograd/winograd_filter_f32_4x4.wgsl';
import registerGemm16x8 from '../../shaders/winograd/winograd_gemm_register_f32_16x8.wgsl';
import subgroupGemm16x8 from '../../shaders/winograd/winograd_gemm_subgroup_f32_16x8.wgsl';
import subgroupGemm32x4 from '../../shaders/winograd/winograd_gemm_subgroup_f32_32x4.wgsl';
import workgroupGemm64x64 from '../../shaders/winograd/winograd_gemm_workgroup_f32_64x64.wgsl';
import inputKernels2x2 from '../../shaders/winograd/winograd_input_f32_2x2.wgsl?stored';
import inputKernels4x4 from '../../shaders/winograd/winograd_input_f32_4x4.wgsl?stored';
import outputKernels2x2 from '../../shaders/winograd/winograd_output_f32_2x2.wgsl?stored';
import outputKernels4x4 from '../../shaders/winograd/winograd_output_f32_4x4.wgsl?stored';
import type { Kernel } from '../gpu/kernel.js';
import { type ConvProblem, convName, gathersOf } from '../problem/index.js';
import type { Algorithm } from './algorithm.js';
import { planBands } from './bands.js';
import { PADDING_CODES } from './codes.js';
import { type RunStepDesign, tileSize } from './design.js';
import { epilogueOverrides, epilogueSlices } from './epilogue.js';
import { designPacking } from './packed-filter.js';
import { storageOf } from './storage.js';
import { workgroupsOf } from './tile-kernels.js';
import { winogradGrowth } from './winograd-errors.js';
import { F2, F4, type Transforms, UNTRANSFORMED } from './winograd-transforms.js';
import {
  gemmValues,
  inputValues,
  outputValues,
  turnedGather,
  type WinogradStretch,
  winogradSizes,
} from './winograd-values.js';

const TILES = {
  f2x2: { transform: F2, filter: filterKernel2x2, inputs: inputKernels2x2, outputs: outputKernels2x2 },
  f4x4: { transform: F4, filter: filterKernel4x4, inputs: inputKernels4x4, outputs: outputKernels4x4 },
} as const;

/** A matrix product: invocations that share a tile, and lanes that a subgroup must have for it, or 0. */
interface Gemm {
  readonly kernel: Kernel;
  readonly invocations: number;
  readonly lanes: number;
}

const GEMMS = {
  'register-16x8': { kernel: registerGemm16x8, invocations: 1, lanes: 0 },
  'subgroup-16x8': { kernel: subgroupGemm16x8, invocations: 4, lanes: 4 },
  'subgroup-32x4': { kernel: subgroupGemm32x4, invocations: 8, lanes: 8 },
  'workgroup-64x64': { kernel: workgroupGemm64x64, invocations: 64, lanes: 0 },
} as const satisfies Record<string, Gemm>;

type TileName = keyof typeof TILES;
type GemmName = keyof typeof GEMMS;

/** Names like 'f2x2-register-16x8'. */
const VARIANTS = (Object.keys(TILES) as TileName[]).flatMap((tile) =>
  (Object.keys(GEMMS) as GemmName[]).map((gemm) => ({ name: `${tile}-${gemm}`, tile, gemm })),
);

function partsOf(variant: string) {
  const { tile, gemm } = VARIANTS.find(({ name }) => name === variant)!;
  return { tile, ...TILES[tile], ...GEMMS[gemm] };
}

/** The transforms of a tile, along the rows' axis and along the columns': axes of one tap stay as they are. */
function transformsOf({ axes }: ConvProblem, tile: TileName): Transforms {
  const { transform } = TILES[tile];
  const [rows = UNTRANSFORMED, columns] = [...(axes.length === 1 ? [undefined] : []), ...axes].map(
    (axis) => axis && (axis.filterSize === 1 ? UNTRANSFORMED : transform),
  );
  return [rows, columns!];
}

/** The transforms of a variant, along the rows' axis and along the columns'. */
export function winogradTransforms(problem: ConvProblem, variant: string): Transforms {
  return transformsOf(problem, partsOf(variant).tile);
}

/** Invocations that keep a device busy; with fewer, an invocation of a transform takes fewer channels. */
const BUSY_INVOCATIONS = { software: 1024, hardware: 32768 };

/**
 * Most bytes of a band on a software adapter, where the processor's cache holds that much and its memory is slow; but as many as the
 * filter has, since every band reads all of it (docs/measurements.md).
 */
const CACHE_BYTES = 2 ** 22;

/**
 * The bound of f2x2 falls below the largest of the direct sums around an output, but that is not the bound of the output itself, which
 * those who ask for no growth want.
 */
const LEAST_GROWTH = 1.01;

/** The algorithm. Filters of 3×3 taps, or of 3 along one axis; strides and dilations of 1; every other option. */
export const winograd: Algorithm = {
  name: 'winograd',
  variants: VARIANTS.map(({ name }) => name),

  unsupported(problem) {
    const { rank, axes } = problem;
    if (rank === 3) return 'it transforms planes and lines, and the problem has rank 3';
    const taps = axes.map(({ filterSize }) => filterSize);
    if (!taps.includes(3) || taps.some((count) => count !== 3 && count !== 1)) {
      return `the filter has ${taps.join('×')} taps, and it is made for 3×3, 1×3 and 3×1`;
    }
    const stride = axes.find(({ stride }) => stride !== 1)?.stride;
    if (stride !== undefined) return `a stride is ${stride}, and tiles of neighbouring outputs have 1`;
    const dilation = axes.find(({ dilation }) => dilation !== 1)?.dilation;
    if (dilation !== undefined) return `a dilation is ${dilation}, and tiles of neighbouring inputs have 1`;
    return undefined;
  },

  features: (variant) => (partsOf(variant).lanes > 0 ? ['subgroups'] : []),

  lanes: (variant) => partsOf(variant).lanes,

  errorGrowth(problem, variant) {
    return Math.max(winogradGrowth(problem, winogradTransforms(problem, variant)), LEAST_GROWTH);
  },

  design(problem, variant, limits) {
    const { filter, inputs, outputs, kernel, invocations } = partsOf(variant);
    const { device } = limits;
    const { STEP } = kernel.constants; // channels between two barriers
    const storage = storageOf(problem.dtype, device);
    const [inputKernel, outputKernel] = [inputs[storage], outputs[storage]];
    const gathers = gathersOf(problem);
    const { gather, isTurned } = turnedGather(gathers[0]!); // with strides of 1 it is the only one, also of a transposed convolution
    const transforms = winogradTransforms(problem, variant);
    const sizes = winogradSizes(problem, gather, isTurned ? [transforms[1], transforms[0]] : transforms);
    const oneAxis = { ONE_AXIS: transforms.includes(UNTRANSFORMED) ? 1 : 0 };
    const depth = sizes.matrices * (problem.inputChannels + problem.outputChannels);
    const rowQuads = Math.ceil(problem.outputChannels / problem.groups / 4);
    const quads = sizes.matrices * problem.inputChannels * rowQuads;
    const cacheBytes = device.isSoftware ? Math.max(CACHE_BYTES, 16 * quads) : Number.POSITIVE_INFINITY;
    const mostBytes = Math.min(limits.workspaceLimitBytes, device.limits.maxBindingBytes);
    const whole = kernel.constants.TILE_POSITIONS!;
    const wholeBytes = 4 * depth * whole;
    const { bands, pitchQuads, workspaceBytes } = planBands(
      { positions: sizes.tiles, depth },
      wholeBytes <= mostBytes ? whole : 4, // a tile of the product that is partly empty is better than none
      Math.min(mostBytes, Math.max(cacheBytes, wholeBytes)),
      convName(problem.operator, problem.rank),
      'the transformed input and the products',
    );
    const sizeOf = () => ({ quads, rowQuads, quadsEach: sizes.matrices });
    const packing = designPacking(filter, problem, gathers, sizeOf, limits, oneAxis);
    const busy = BUSY_INVOCATIONS[device.isSoftware ? 'software' : 'hardware'];
    const mode = oneAxis.ONE_AXIS ? 'one axis' : undefined;
    return {
      workspaceBytes,
      packedFilterBytes: packing.bytes,
      bands: bands.length,
      pack: packing.steps,
      run: bands.flatMap((band): RunStepDesign[] => {
        const stretch: WinogradStretch = { gather, isTurned, sizes, band, pitchQuads, busy };
        const [input, product, output] = [
          inputValues(problem, stretch),
          gemmValues(problem, kernel, stretch),
          outputValues(problem, stretch),
        ];
        // a row of every matrix, and the outputs of its tiles
        const outputs = transforms.reduce((product, { tile }) => product * tile, 1);
        const rowBytes = 4 * (sizes.matrices + outputs) * band.count;
        return [
          {
            kernel: inputKernel,
            overrides: { ...oneAxis, PADDING: PADDING_CODES[problem.paddingContent.mode] },
            values: input,
            workgroups: Math.ceil(input.invocations! / inputKernel.workgroupSize[0]),
            slices: (buffers) => [buffers.input, buffers.workspace!],
            work: {
              mode,
              invocations: input.invocations!,
              loops: [input.channels_each!],
              multiplyAdds: 0,
              bytes: rowBytes * problem.inputChannels,
            },
          },
          {
            kernel,
            values: product,
            workgroups: workgroupsOf(product.tiles!, kernel, invocations),
            slices: ({ packedFilter, workspace }) => [packedFilter, workspace!],
            work: {
              invocations: product.tiles! * invocations,
              loops: [...(STEP ? [Math.ceil(product.depth! / STEP)] : []), product.depth!],
              multiplyAdds: product.tiles! * tileSize(kernel) * product.depth!,
              bytes: 4 * depth * band.count + 16 * quads,
            },
          },
          {
            kernel: outputKernel,
            overrides: { ...oneAxis, ...epilogueOverrides(problem.epilogue) },
            values: output,
            workgroups: Math.ceil(output.invocations! / outputKernel.workgroupSize[0]),
            slices: (buffers) => [buffers.workspace!, buffers.packedFilter, ...epilogueSlices(buffers)],
            work: {
              mode,
              invocations: output.invocations!,
              loops: [output.filters_each!],
              multiplyAdds: 0,
              bytes: rowBytes * problem.outputChannels,
            },
          },
        ];
      }),
    };
  },
};
